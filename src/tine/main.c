/* SPDX-License-Identifier: ISC */
/*
 * tine: the client.  Runs the command named first; `tine address` connects.
 */
#include "config.h"

#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/stdfds.h"
#include "tine/cli.h"

static const struct cli_command *const commands[] = {
	&command_connect,
	&command_ping,
	&command_bench,
	&command_reload,
	&command_stop,
	&command_end,
	&command_explain,
	&command_forgive,
	&command_pause,
	&command_resume,
	&command_status,
	&command_list,
	&command_show,
	&command_refused,
	&command_top,
};

#define NCOMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct cli_command *
find(const char *name)
{
	size_t i;

	for (i = 0; i < NCOMMANDS; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static int
overview(void)
{
	size_t i;

	printf("usage: tine [options] address\n"
	       "       tine command [options] address\n\n"
	       "Commands:\n");
	for (i = 0; i < NCOMMANDS; i++)
		printf("  %-10s%s\n", commands[i]->name, commands[i]->purpose);
	printf("  %-10s%s\n\n", "help", "explain a command: tine help ping");
	return cli_help(commands[0]);
}

static int
help(int argc, char **argv)
{
	const struct cli_command *c;

	if (argc < 2)
		return overview();
	if ((c = find(argv[1])) == NULL) {
		warnx("%s: unknown command", argv[1]);
		return CLI_FAILURE;
	}
	return cli_help(c);
}

/* Neither an option nor an address, which has a colon. */
static bool
is_word(const char *s)
{
	return s[0] != '-' && s[0] != '\0' && strpbrk(s, ":/[.") == NULL;
}

static int
unknown(const char *word)
{
	size_t i;

	fprintf(stderr,
	    "tine: %s: not a command, and not an address (host:port)\n"
	    "Commands:",
	    word);
	for (i = 0; i < NCOMMANDS; i++)
		fprintf(stderr, " %s", commands[i]->name);
	fprintf(stderr, " help\n");
	return EX_USAGE;
}

int
main(int argc, char **argv)
{
	const struct cli_command *c;

	if (stdfds_open() == -1)
		err(CLI_FAILURE, "open /dev/null");
	if (argc > 1) {
		if (strcmp(argv[1], "-h") == 0 ||
		    strcmp(argv[1], "--help") == 0)
			return overview();
		if (strcmp(argv[1], "help") == 0)
			return help(argc - 1, argv + 1);
		if ((c = find(argv[1])) != NULL)
			return c->run(argc - 1, argv + 1);
	}
	if (argc == 2 && is_word(argv[1]))
		return unknown(argv[1]);
	return commands[0]->run(argc, argv);
}
