/* SPDX-License-Identifier: ISC */
/*
 * tine reload and tine stop: commands to a running tined.
 */
#include "config.h"

#include <bsd/string.h>
#include <getopt.h>
#include <stddef.h>

#include "tine/ask.h"
#include "tine/units.h"

/* Longer than two reloads, one of which may be running already. */
#define RELOAD_TIMEOUT (45 * NS_PER_S)

#define OPTION_JSON                                                            \
	{                                                                      \
		0, "json", NULL, "print the result as a JSON object",          \
		    cli_flag, offsetof(struct ask, json)                       \
	}
#define OPTION_SOCKET                                                          \
	{                                                                      \
		0, "socket", "PATH", "the control socket of that tined",       \
		    cli_text, offsetof(struct ask, socket)                     \
	}
#define OPTION_TIMEOUT(help)                                                   \
	{                                                                      \
		'w', "timeout", "TIME", help, cli_duration,                    \
		    offsetof(struct ask, timeout)                              \
	}

static void
parse(struct ask *a, int argc, char **argv)
{
	cli_parse(a->command, argc, argv, a);
	if (optind < argc)
		cli_usage(a->command, "%s: too many arguments", argv[optind]);
}

static int
reload_run(int argc, char **argv)
{
	struct ask a = { .command = &command_reload,
		.timeout = RELOAD_TIMEOUT };
	int status;

	parse(&a, argc, argv);
	status = ask_send(&a, COMMAND_RELOAD);
	if (status == 0)
		status = ask_verdict(&a);
	return ask_print(&a, status);
}

static int
stop_run(int argc, char **argv)
{
	struct ask a = { .command = &command_stop };
	int status;

	parse(&a, argc, argv);
	status = ask_send(&a, COMMAND_STOP);
	if (status != 0)
		return ask_print(&a, status);
	status = ask_receive(&a); /* the first packet: it has begun */
	if (status == -1 && a.no_wait) {
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

static const struct cli_option reload_options[] = {
	OPTION_JSON,
	OPTION_SOCKET,
	OPTION_TIMEOUT("wait this long (45s); 0: forever"),
	{ 0 },
};

static const struct cli_option stop_options[] = {
	OPTION_JSON,
	{ 0, "no-wait", NULL, "end as soon as the stop has begun", cli_flag,
	    offsetof(struct ask, no_wait) },
	OPTION_SOCKET,
	OPTION_TIMEOUT("wait this long; 0, the default: forever"),
	{ 0 },
};

const struct cli_command command_reload = {
	.name = "reload",
	.purpose = "reload the configuration of tined, and wait for the result",
	.usage =
	    "tine reload [--json] [--socket path] [-w timeout]\n"
	    "\n"
	    "Tells the running tined to reload its configuration, waits for the\n"
	    "result, and prints every mistake as file:line: message.\n",
	.options = reload_options,
	.notes =
	    "Exit status: 0 the new configuration is in effect; 78 it has\n"
	    "mistakes, 69 a resource that it needs is unavailable, 71 the system\n"
	    "failed, and nothing has changed; 69 tined is not running; 77 not\n"
	    "allowed; 64 wrong usage.\n",
	.run = reload_run,
};

const struct cli_command command_stop = {
	.name = "stop",
	.purpose = "stop tined, and wait until it has ended",
	.usage =
	    "tine stop [--json] [--no-wait] [--socket path] [-w timeout]\n"
	    "\n"
	    "Stops the running tined, as SIGTERM does, and waits until it has\n"
	    "ended: sessions have drain_timeout to finish. A second stop ends\n"
	    "that wait.\n",
	.options = stop_options,
	.notes =
	    "Exit status: 0 it has ended (--no-wait: it is stopping), 69 tined\n"
	    "is not running or has not ended in time, 77 not allowed, 64 wrong usage.\n",
	.run = stop_run,
};
