/* SPDX-License-Identifier: ISC */
/*
 * The commands of tine.  A new one is a file of its own and a row in main.c's
 * table; the first row is what runs when no command is named.
 */
#ifndef TINED_CLIENT_COMMAND_H
#define TINED_CLIENT_COMMAND_H

/* Exit statuses beside 0; wrong usage is EX_USAGE of sysexits(3). */
#define EXIT_PROBLEM 1

struct command {
	const char *name;
	const char *purpose; /* one phrase for the list of commands */
	const char *help;    /* all that `tine NAME --help` prints */
	int (*run)(int argc, char **argv);
};

extern const struct command command_connect;
extern const struct command command_ping;
extern const struct command command_bench;
extern const struct command command_reload;
extern const struct command command_stop;

/* Prints the command's help on standard output; 0, or EXIT_PROBLEM. */
int command_help(const struct command *c);

/* Complains on standard error, points to --help, exits with EX_USAGE. */
_Noreturn void command_usage(const struct command *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The usage error behind getopt's '?' and ':' (optopt says which option). */
_Noreturn void command_option(const struct command *c, int opt, char **argv);

#endif
