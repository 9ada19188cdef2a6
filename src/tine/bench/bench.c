/* SPDX-License-Identifier: ISC */
/*
 * tine bench: the options, and the checks that belong to them.
 */
#include "config.h"

#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "tine/bench/bench.h"
#include "tine/command.h"
#include "tine/units.h"

#define TIMEOUT     (5 * NS_PER_S)
#define DURATION    (10 * NS_PER_S)
#define CONNECTIONS 32
#define SIZE        64

const char *const bench_error_names[ERROR_KINDS] = {
	[ERROR_REFUSED] = "refused",
	[ERROR_RESET] = "reset",
	[ERROR_TIMED_OUT] = "timed_out",
	[ERROR_CORRUPT] = "corrupt",
	[ERROR_SHORT] = "short",
	[ERROR_OTHER] = "other",
};

enum { OPT_JSON = 256, OPT_HGRM };

static const char bench_help[] =
    "usage: tine bench [-46E] [-b local] [-c connections] [-d duration]\n"
    "                  [-e ending] [-H idle] [-j threads] [-N total]\n"
    "                  [-q requests] [-R rate] [-s size] [-w timeout]\n"
    "                  [-x request] [--json] [--hgrm file] address\n"
    "\n"
    "Loads an echo service, or with -x and -E any other, checks every byte of\n"
    "the answers, and prints rates, errors and latencies.\n"
    "\n"
    "  -4, --ipv4             use IPv4 only\n"
    "  -6, --ipv6             use IPv6 only\n"
    "  -b, --bind LOCAL       connect from this IP address, or in turn from\n"
    "                         all of this network\n"
    "  -c, --connections N    connections at once (32)\n"
    "  -d, --duration TIME    ask for this long (10s, unless -N is given)\n"
    "  -e, --ending HOW       close: the client closes after the last answer;\n"
    "                         half: it half-closes and waits for the peer\n"
    "  -E, --until-eof        the answer ends when the peer closes\n"
    "  -H, --idle N           hold N idle connections meanwhile\n"
    "  -j, --threads N        threads (1)\n"
    "  -N, --total N          ask this many requests\n"
    "  -q, --requests N       requests on each connection (1); 0: no end\n"
    "  -R, --rate N           requests that fall due each second, latency\n"
    "                         counted from when they do; without it each\n"
    "                         follows the answer before\n"
    "  -s, --size SIZE        bytes in an echo (64); 0: only connect\n"
    "  -w, --timeout TIME     for connecting, and for an answer (5s)\n"
    "  -x, --request LINE     send this line and take a line as the answer\n"
    "      --json             print the result as a JSON object\n"
    "      --hgrm FILE        write latencies for HdrHistogram's plotter\n"
    "  -h, --help             print this\n"
    "\n"
    "Exit status: 0 every request was answered right, 1 some were not,\n"
    "64 wrong usage.\n";

static const struct option long_options[] = {
	{ "ipv4", no_argument, NULL, '4' },
	{ "ipv6", no_argument, NULL, '6' },
	{ "bind", required_argument, NULL, 'b' },
	{ "connections", required_argument, NULL, 'c' },
	{ "duration", required_argument, NULL, 'd' },
	{ "ending", required_argument, NULL, 'e' },
	{ "until-eof", no_argument, NULL, 'E' },
	{ "idle", required_argument, NULL, 'H' },
	{ "threads", required_argument, NULL, 'j' },
	{ "total", required_argument, NULL, 'N' },
	{ "requests", required_argument, NULL, 'q' },
	{ "rate", required_argument, NULL, 'R' },
	{ "size", required_argument, NULL, 's' },
	{ "timeout", required_argument, NULL, 'w' },
	{ "request", required_argument, NULL, 'x' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "hgrm", required_argument, NULL, OPT_HGRM },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char *
set_ending(struct plan *p, const char *arg)
{
	if (strcmp(arg, "close") == 0)
		p->ending = ENDING_CLOSE;
	else if (strcmp(arg, "half") == 0)
		p->ending = ENDING_HALF;
	else
		return "neither close nor half";
	return NULL;
}

/* An option with a number: NULL or the reason why it is wrong. */
static const char *
set_value(struct plan *p, int opt, const char *arg)
{
	switch (opt) {
	case 'c':
		return units_count(arg, &p->connections);
	case 'd':
		return units_duration(arg, &p->duration);
	case 'e':
		return set_ending(p, arg);
	case 'H':
		return units_count(arg, &p->idle);
	case 'j':
		return units_count(arg, &p->threads);
	case 'N':
		return units_count(arg, &p->total);
	case 'q':
		return units_count(arg, &p->requests);
	case 'R':
		return units_count(arg, &p->rate);
	default:
		return units_size(arg, &p->size);
	}
}

static void
set_option(struct plan *p, int opt, char **argv)
{
	const char *why;

	switch (opt) {
	case 'E':
		p->until_eof = true;
		break;
	case 'x':
		p->line = optarg;
		break;
	case OPT_JSON:
		p->json = true;
		break;
	case OPT_HGRM:
		p->hgrm = optarg;
		break;
	case 'h':
		exit(command_help(&command_bench));
	case '?':
	case ':':
		command_option(&command_bench, opt, argv);
	default:
		if ((why = set_value(p, opt, optarg)) != NULL)
			command_usage(&command_bench, "-%c %s: %s", opt, optarg,
			    why);
	}
}

static void
check(struct plan *p)
{
	const struct command *c = &command_bench;

	if (p->total == 0 && p->duration == 0)
		p->duration = DURATION;
	if (p->connections == 0 && p->idle == 0)
		command_usage(c, "-c 0 needs idle connections, -H");
	if (p->connections == 0 && p->duration == 0)
		command_usage(c, "-c 0 needs a duration, -d");
	if (p->threads == 0 || p->threads > BENCH_THREADS_MAX)
		command_usage(c, "-j: from 1 to %d", BENCH_THREADS_MAX);
	if (p->threads > p->connections && p->connections > 0)
		p->threads = p->connections;
	/* with these an answer or its absence ends the connection */
	if (p->until_eof || (p->line == NULL && p->size == 0))
		p->requests = 1;
}

void
bench_parse(int argc, char **argv, struct plan *p)
{
	int opt;

	memset(p, 0, sizeof(*p));
	peer_init(&p->peer);
	p->peer.timeout = TIMEOUT;
	p->connections = CONNECTIONS;
	p->requests = 1;
	p->size = SIZE;
	p->threads = 1;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, "+:46Eb:c:d:e:H:j:N:q:R:s:w:x:h",
		    long_options, NULL)) != -1)
		if (!peer_option(&p->peer, &command_bench, opt, optarg))
			set_option(p, opt, argv);
	check(p);
}

static int
bench_run(int argc, char **argv)
{
	static struct plan p;
	const char *why;
	int error, status;

	bench_parse(argc, argv, &p);
	if (peer_resolve(&p.peer, &command_bench, argc - optind,
		argv + optind) == -1)
		return EXIT_PROBLEM;
	if (p.line != NULL || p.until_eof)
		error = question_line(&p.question, p.line, p.until_eof);
	else
		error = question_echo(&p.question, p.size);
	if (error == -1)
		err(EXIT_PROBLEM, "start");
	if (run_choose(&p) == -1)
		return EXIT_PROBLEM;
	if ((why = sources_choose(&p)) != NULL)
		command_usage(&command_bench, "-b: %s", why);
	status = run_all(&p);
	question_free(&p.question);
	return status;
}

const struct command command_bench = {
	.name = "bench",
	.purpose = "load a server and measure it",
	.help = bench_help,
	.run = bench_run,
};
