/* SPDX-License-Identifier: ISC */
/*
 * The built-in services by name: the one list of them.  A new service is a row
 * here and a file in src/service that defines the function service_NAME.
 */
#ifndef TINED_IPC_BUILTIN_H
#define TINED_IPC_BUILTIN_H

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

/* The built-in service of that name, or BUILTIN_NONE. */
enum builtin builtin_find(const char *name);

/* Its name; its purpose as one phrase.  NULL for an invalid number. */
const char *builtin_name(enum builtin b);
const char *builtin_help(enum builtin b);

#endif
