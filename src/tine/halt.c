/* SPDX-License-Identifier: ISC */
/*
 * tine stop: has a running tined stop, as SIGTERM does, and waits until it has
 * ended.
 */
#include "config.h"

#include <bsd/string.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tine/ask.h"

#define NO_WAIT ASK_OTHER

static const char stop_help[] =
    "usage: tine stop [--json] [--no-wait] [--socket path] [-w timeout]\n"
    "\n"
    "Stops the running tined, as SIGTERM does, and waits until it has ended:\n"
    "sessions have drain_timeout to finish.  A second one cuts that short.\n"
    "\n"
    "      --json             print the result as a JSON object\n"
    "      --no-wait          end as soon as the stop has begun\n"
    "      --socket PATH      the control socket of that tined\n"
    "  -w, --timeout TIME     wait this long; 0, the default: for ever\n"
    "  -h, --help             print this\n"
    "\n"
    "Exit status: 0 it has ended (--no-wait: it is stopping), 69 no tined\n"
    "answers or it has not ended in time, 77 not allowed, 64 wrong usage.\n";

static const struct option long_options[] = {
	{ "json", no_argument, NULL, ASK_JSON },
	{ "no-wait", no_argument, NULL, NO_WAIT },
	{ "socket", required_argument, NULL, ASK_SOCKET },
	{ "timeout", required_argument, NULL, 'w' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static bool
parse(int argc, char **argv, struct ask *a)
{
	bool wait = true;
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, "+:hw:", long_options, NULL)) !=
	    -1) {
		if (ask_option(a, opt, optarg))
			continue;
		if (opt == 'h')
			exit(command_help(&command_stop));
		if (opt != NO_WAIT)
			command_option(&command_stop, opt, argv);
		wait = false;
	}
	if (optind < argc)
		command_usage(&command_stop, "%s: too many arguments",
		    argv[optind]);
	return wait;
}

static int
stop_run(int argc, char **argv)
{
	struct ask a = { .command = &command_stop };
	bool wait = parse(argc, argv, &a);
	int status;

	status = ask_send(&a, COMMAND_STOP);
	if (status != 0)
		return ask_print(&a, status);
	status = ask_receive(&a); /* the first packet: it has begun */
	if (status == -1 && !wait) {
		strlcpy(a.last, "stopping", sizeof(a.last));
		return ask_print(&a, 0);
	}
	ask_print_text(&a);
	if (status == -1)
		status = ask_verdict(&a);
	if (status == 0)
		status = ask_wait(&a);
	return ask_print(&a, status);
}

const struct command command_stop = {
	.name = "stop",
	.purpose = "stop tined, and wait until it has ended",
	.help = stop_help,
	.run = stop_run,
};
