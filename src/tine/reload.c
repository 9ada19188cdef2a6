/* SPDX-License-Identifier: ISC */
/*
 * tine reload: has a running tined read its configuration, and waits for what
 * becomes of it.
 */
#include "config.h"

#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#include "tine/ask.h"
#include "tine/units.h"

/* More than two reloads take, one of which may be running already. */
#define TIMEOUT (45 * NS_PER_S)

static const char reload_help[] =
    "usage: tine reload [--json] [--socket path] [-w timeout]\n"
    "\n"
    "Has the running tined read its configuration, waits for the verdict, and\n"
    "prints every mistake as file:line: message.\n"
    "\n"
    "      --json             print the result as a JSON object\n"
    "      --socket PATH      the control socket of that tined\n"
    "  -w, --timeout TIME     wait this long (45s); 0: for ever\n"
    "  -h, --help             print this\n"
    "\n"
    "Exit status: 0 the new configuration is in force; 78 it has mistakes, 69\n"
    "something it needs is not to be had, 71 the system failed, and nothing\n"
    "has changed; 69 no tined answers; 77 not allowed; 64 wrong usage.\n";

static const struct option long_options[] = {
	{ "json", no_argument, NULL, ASK_JSON },
	{ "socket", required_argument, NULL, ASK_SOCKET },
	{ "timeout", required_argument, NULL, 'w' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int
reload_run(int argc, char **argv)
{
	struct ask a = { .command = &command_reload, .timeout = TIMEOUT };
	int opt, status;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, "+:hw:", long_options, NULL)) !=
	    -1) {
		if (ask_option(&a, opt, optarg))
			continue;
		if (opt == 'h')
			return command_help(&command_reload);
		command_option(&command_reload, opt, argv);
	}
	if (optind < argc)
		command_usage(&command_reload, "%s: too many arguments",
		    argv[optind]);
	status = ask_send(&a, COMMAND_RELOAD);
	if (status == 0)
		status = ask_verdict(&a);
	return ask_print(&a, status);
}

const struct command command_reload = {
	.name = "reload",
	.purpose =
	    "have tined read its configuration, and wait for the verdict",
	.help = reload_help,
	.run = reload_run,
};
