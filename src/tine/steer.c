/* SPDX-License-Identifier: ISC */
/*
 * tine pause, resume, explain and forgive: commands about a service.
 */
#include "config.h"

#include <bsd/string.h>
#include <getopt.h>
#include <stddef.h>
#include <string.h>

#include "base/addr.h"
#include "tine/ask.h"
#include "tine/units.h"

#define TIMEOUT (5 * NS_PER_S)

struct steer {
	struct ask ask;      /* first, for its options */
	int64_t time;        /* --for, ns */
	const char *service; /* -s */
};

static int
ask_for(struct steer *s, enum command_verb verb)
{
	int status = ask_send(&s->ask, verb);

	if (status == 0)
		status = ask_verdict(&s->ask);
	return ask_print(&s->ask, status);
}

/* The operand, of which there must be one. */
static const char *
operand(const struct cli_command *c, const char *what, int argc, char **argv)
{
	if (argc == optind)
		cli_usage(c, "no %s", what);
	if (argc - optind > 1)
		cli_usage(c, "%s: too many arguments", argv[optind + 1]);
	return argv[optind];
}

static void
set_service(struct steer *s, const char *name)
{
	if (strlcpy(s->ask.request.service, name, COMMAND_NAME_MAX) >=
	    COMMAND_NAME_MAX)
		cli_usage(s->ask.command, "%s: the name is too long", name);
}

static int
send_command(const struct cli_command *c, enum command_verb verb, int argc,
    char **argv)
{
	struct steer s = { .ask = { .command = c, .timeout = TIMEOUT } };

	cli_parse(c, argc, argv, &s);
	set_service(&s, operand(c, "service", argc, argv));
	s.ask.request.ms = (s.time + NS_PER_MS - 1) / NS_PER_MS;
	return ask_for(&s, verb);
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

static void
set_address(struct steer *s, const char *text)
{
	struct command_request *r = &s->ask.request;
	struct addr a;

	if (addr_from_ip(text, &a) == -1)
		cli_usage(s->ask.command, "%s: not an IP address", text);
	r->family = a.family == AF_INET ? 4 : 6;
	r->bits = a.family == AF_INET ? 32 : 128;
	memcpy(r->network, a.ip, a.family == AF_INET ? 4 : 16);
}

static int
explain_run(int argc, char **argv)
{
	const struct cli_command *c = &command_explain;
	struct steer s = {
		.ask = { .command = c, .timeout = TIMEOUT, .prints = true }
	};

	cli_parse(c, argc, argv, &s);
	if (argc - optind != 2)
		cli_usage(c, "not one service and one address");
	set_service(&s, argv[optind]);
	set_address(&s, argv[optind + 1]);
	return ask_for(&s, COMMAND_EXPLAIN);
}

static int
forgive_run(int argc, char **argv)
{
	const struct cli_command *c = &command_forgive;
	struct steer s = { .ask = { .command = c, .timeout = TIMEOUT } };

	cli_parse(c, argc, argv, &s);
	set_address(&s, operand(c, "address", argc, argv));
	if (s.service != NULL)
		set_service(&s, s.service);
	return ask_for(&s, COMMAND_FORGIVE);
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

/* Of resume and explain. */
static const struct cli_option plain_options[] = {
	OPTION_JSON,
	OPTION_SOCKET,
	{ 0 },
};

static const struct cli_option forgive_options[] = {
	OPTION_JSON,
	{ 's', "service", "NAME", "only by this service", cli_text,
	    offsetof(struct steer, service) },
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
	.options = plain_options,
	.permutes = true,
	.notes = EXIT_STATUS,
	.run = resume_run,
};

const struct cli_command command_forgive = {
	.name = "forgive",
	.purpose = "let a source that is over its rate connect again",
	.usage =
	    "tine forgive [-s service] [--json] [--socket path] address\n"
	    "\n"
	    "Forgets how often a source has connected (cps_per_source), of one\n"
	    "service or of all.\n",
	.options = forgive_options,
	.permutes = true,
	.notes =
	    "Exit status: 0 done, 1 no service counts that source, 69 tined is\n"
	    "not running, 77 not allowed, 64 wrong usage.\n",
	.run = forgive_run,
};

const struct cli_command command_explain = {
	.name = "explain",
	.purpose = "show what would happen to a connection",
	.usage =
	    "tine explain [--json] [--socket path] service address\n"
	    "\n"
	    "Shows whether a connection from an address would be served now, and\n"
	    "which rule or limit decides. Nothing is counted.\n",
	.options = plain_options,
	.permutes = true,
	.notes = EXIT_STATUS,
	.run = explain_run,
};
