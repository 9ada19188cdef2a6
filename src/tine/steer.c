/* SPDX-License-Identifier: ISC */
/*
 * tine pause and tine resume: commands about one service.
 */
#include "config.h"

#include <bsd/string.h>
#include <getopt.h>
#include <stddef.h>
#include <string.h>

#include "tine/ask.h"
#include "tine/units.h"

#define TIMEOUT (5 * NS_PER_S)

struct steer {
	struct ask ask; /* first, for its options */
	int64_t time;   /* --for, ns */
};

static int
send_command(const struct cli_command *c, enum command_verb verb, int argc,
    char **argv)
{
	struct steer s = { .ask = { .command = c, .timeout = TIMEOUT } };
	int status;

	cli_parse(c, argc, argv, &s);
	if (argc - optind != 1)
		cli_usage(c,
		    argc == optind ? "no service" : "too many arguments");
	if (strlcpy(s.ask.request.service, argv[optind], COMMAND_NAME_MAX) >=
	    COMMAND_NAME_MAX)
		cli_usage(c, "%s: the name is too long", argv[optind]);
	s.ask.request.ms = (s.time + NS_PER_MS - 1) / NS_PER_MS;
	status = ask_send(&s.ask, verb);
	if (status == 0)
		status = ask_verdict(&s.ask);
	return ask_print(&s.ask, status);
}

static int
pause_run(int argc, char **argv)
{
	return send_command(&command_pause, COMMAND_PAUSE, argc, argv);
}

static int
resume_run(int argc, char **argv)
{
	return send_command(&command_resume, COMMAND_RESUME, argc, argv);
}

#define OPTION_JSON                                                            \
	{                                                                      \
		0, "json", NULL, "print the result as a JSON object",          \
		    cli_flag, offsetof(struct steer, ask.json)                 \
	}
#define OPTION_SOCKET                                                          \
	{                                                                      \
		0, "socket", "PATH", "the control socket of that tined",       \
		    cli_text, offsetof(struct steer, ask.socket)               \
	}

static const struct cli_option pause_options[] = {
	{ 0, "for", "TIME", "resume after this time", cli_timeout,
	    offsetof(struct steer, time) },
	OPTION_JSON,
	OPTION_SOCKET,
	{ 0 },
};

static const struct cli_option resume_options[] = {
	OPTION_JSON,
	OPTION_SOCKET,
	{ 0 },
};

#define EXIT_STATUS                                                            \
	"Exit status: 0 done, 1 there is no such service, 69 tined is not\n"   \
	"running, 77 not allowed, 64 wrong usage.\n"

const struct cli_command command_pause = {
	.name = "pause",
	.purpose = "let a service accept no connection",
	.usage =
	    "tine pause [--for time] [--json] [--socket path] service\n"
	    "\n"
	    "Pauses a service: its sessions go on, and new clients wait in the\n"
	    "queue until it is resumed.\n",
	.options = pause_options,
	.permutes = true,
	.notes = EXIT_STATUS,
	.run = pause_run,
};

const struct cli_command command_resume = {
	.name = "resume",
	.purpose = "end the pause of a service",
	.usage = "tine resume [--json] [--socket path] service\n"
		 "\n"
		 "Lets a service that was paused accept connections again.\n",
	.options = resume_options,
	.permutes = true,
	.notes = EXIT_STATUS,
	.run = resume_run,
};
