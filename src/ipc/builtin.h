/*
 * The built-in services by name.  The one list from which main's checks, the
 * acceptor's table and the completions are made: a new service is a row here
 * and a file in src/service that defines `const struct service service_NAME`.
 */
#ifndef TINED_BASE_BUILTIN_H
#define TINED_BASE_BUILTIN_H

#define BUILTINS(X)                                                            \
	X(chargen, "RFC 864: characters without end")                          \
	X(daytime, "RFC 867: date and time as a line of text")                 \
	X(discard, "RFC 863: reads and throws away")                           \
	X(echo, "RFC 862: returns what it was sent")                           \
	X(time, "RFC 868: seconds since 1900 as four bytes")                   \
	X(whoami, "what tined knows of the connection")

#define BUILTIN_ENUM(name, help) BUILTIN_##name,
enum builtin { BUILTIN_NONE = -1, BUILTINS(BUILTIN_ENUM) BUILTIN_COUNT };
#undef BUILTIN_ENUM

/* The number of a built-in service, BUILTIN_NONE where there is none. */
enum builtin builtin_find(const char *name);

/* Its name; its purpose as one phrase.  Never NULL for a valid number. */
const char *builtin_name(enum builtin b);
const char *builtin_help(enum builtin b);

#endif
