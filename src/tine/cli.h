/* SPDX-License-Identifier: ISC */
/*
 * The commands of tine and their options.  A command is a row in main.c's
 * table and has a table of options, from which its command line is parsed and
 * its help is printed.
 */
#ifndef TINED_TINE_CLI_H
#define TINED_TINE_CLI_H

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses beside 0; wrong usage is EX_USAGE of sysexits(3). */
#define CLI_FAILURE 1

/* --help is an option of every command and in no table. */
struct cli_option {
	int letter;       /* 0: none */
	const char *name; /* NULL ends a table */
	const char *arg;  /* the value's name in the help; NULL: no value */
	const char *help; /* lines of at most 54 characters */
	/* Sets the member; NULL, or the reason why arg is wrong. */
	const char *(*set)(const char *arg, void *member);
	size_t offset; /* of the member in the command's struct */
};

struct cli_command {
	const char *name;
	const char *purpose; /* one phrase for the list of commands */
	const char *usage;   /* the help above the options */
	const char *notes;   /* and below them */
	const struct cli_option *options;
	bool permutes; /* options may follow operands */
	int (*run)(int argc, char **argv);
};

extern const struct cli_command command_connect;
extern const struct cli_command command_ping;
extern const struct cli_command command_bench;
extern const struct cli_command command_reload;
extern const struct cli_command command_stop;
extern const struct cli_command command_end;
extern const struct cli_command command_explain;
extern const struct cli_command command_forgive;
extern const struct cli_command command_pause;
extern const struct cli_command command_resume;
extern const struct cli_command command_status;
extern const struct cli_command command_list;
extern const struct cli_command command_show;
extern const struct cli_command command_refused;
extern const struct cli_command command_top;

/*
 * Parses the options into the command's struct, values, which holds the
 * defaults; the operands begin at optind.  Wrong usage and --help end the
 * program.
 */
void cli_parse(const struct cli_command *c, int argc, char **argv,
    void *values);

/* What a row's set may be; the member is of the type named. */
const char *cli_flag(const char *arg, void *member);     /* bool */
const char *cli_text(const char *arg, void *member);     /* const char * */
const char *cli_count(const char *arg, void *member);    /* uint64_t */
const char *cli_size(const char *arg, void *member);     /* uint64_t */
const char *cli_duration(const char *arg, void *member); /* int64_t, ns */
const char *cli_timeout(const char *arg, void *member);  /* the same, not 0 */
const char *cli_version(const char *arg, void *member);  /* prints it, ends */

/* Prints the command's help on standard output; 0, or CLI_FAILURE. */
int cli_help(const struct cli_command *c);

/* Prints the message and a pointer to --help; exits with EX_USAGE. */
_Noreturn void cli_usage(const struct cli_command *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Flushes standard output; 0, or -1 after a warning. */
int cli_flush(void);

/* Prints s as a JSON string, quotes included, on standard output. */
void cli_json_string(const char *s);

#endif
