/* SPDX-License-Identifier: ISC */
/*
 * tine ping: round trips.
 */
#include "config.h"

#include <err.h>
#include <getopt.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tine/command.h"
#include "tine/ping.h"
#include "tine/stop.h"
#include "tine/units.h"

#define TIMEOUT  (5 * NS_PER_S)
#define INTERVAL NS_PER_S
#define SIZE     64

static const char ping_help[] =
    "usage: tine ping [-46Enq] [-b local] [-c count] [-d duration]\n"
    "                 [-i interval] [-s size] [-w timeout] [-x request]\n"
    "                 address\n"
    "\n"
    "Measures round trips to an echo service, or with -x and -E to any other.\n"
    "Ends after a count, a duration, or ^C, with a summary.\n"
    "\n"
    "  -4, --ipv4             use IPv4 only\n"
    "  -6, --ipv6             use IPv6 only\n"
    "  -b, --bind LOCAL       connect from this IP address\n"
    "  -c, --count N          end after N round trips\n"
    "  -d, --duration TIME    end after this time\n"
    "  -E, --until-eof        the answer ends when the peer closes; with -n\n"
    "  -i, --interval TIME    from one to the next (1s); 0: without a pause\n"
    "  -n, --new              a new connection for each round trip\n"
    "  -q, --quiet            the summary only; on a terminal a live line\n"
    "  -s, --size SIZE        bytes in an echo (64); 0: only connect\n"
    "  -w, --timeout TIME     wait this long for an answer (5s)\n"
    "  -x, --request LINE     send this line and take a line as the answer\n"
    "  -h, --help             print this\n"
    "\n"
    "Wrong or short answers count as corrupt. Exit status: 0 at least one\n"
    "right answer came back, 1 none did, 64 wrong usage.\n";

static const struct option long_options[] = {
	{ "ipv4", no_argument, NULL, '4' },
	{ "ipv6", no_argument, NULL, '6' },
	{ "bind", required_argument, NULL, 'b' },
	{ "count", required_argument, NULL, 'c' },
	{ "duration", required_argument, NULL, 'd' },
	{ "until-eof", no_argument, NULL, 'E' },
	{ "interval", required_argument, NULL, 'i' },
	{ "new", no_argument, NULL, 'n' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "size", required_argument, NULL, 's' },
	{ "timeout", required_argument, NULL, 'w' },
	{ "request", required_argument, NULL, 'x' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* An option with a value: NULL or the reason why it is wrong. */
static const char *
set_value(struct ping *p, int opt, const char *arg)
{
	switch (opt) {
	case 'c':
		return units_count(arg, &p->count);
	case 'd':
		return units_duration(arg, &p->duration);
	case 'i':
		return units_duration(arg, &p->interval);
	case 's':
		return units_size(arg, &p->size);
	default:
		p->line = arg;
		return NULL;
	}
}

static void
set_option(struct ping *p, int opt, char **argv)
{
	const char *why;

	switch (opt) {
	case 'E':
		p->until_eof = true;
		p->anew = true;
		break;
	case 'n':
		p->anew = true;
		break;
	case 'q':
		p->quiet = true;
		break;
	case 'c':
	case 'd':
	case 'i':
	case 's':
	case 'x':
		if ((why = set_value(p, opt, optarg)) != NULL)
			command_usage(&command_ping, "-%c %s: %s", opt, optarg,
			    why);
		break;
	case 'h':
		exit(command_help(&command_ping));
	default:
		command_option(&command_ping, opt, argv);
	}
}

void
ping_parse(int argc, char **argv, struct ping *p)
{
	int opt;

	memset(p, 0, sizeof(*p));
	peer_init(&p->peer);
	p->peer.timeout = TIMEOUT;
	p->interval = INTERVAL;
	p->size = SIZE;
	p->sock = -1;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, "+:46Eb:c:d:i:nqs:w:x:h",
		    long_options, NULL)) != -1)
		if (!peer_option(&p->peer, &command_ping, opt, optarg))
			set_option(p, opt, argv);
	if (p->size == 0)
		p->anew = true;
}

/* Until the time, ^C, or the end of the run. */
static void
sleep_until(const struct ping *p, int64_t time)
{
	struct timespec ts;
	int64_t left;

	if (p->deadline != 0 && p->deadline < time)
		time = p->deadline;
	while (!stop_asked() && (left = time - units_now()) > 0) {
		ts.tv_sec = left / NS_PER_S;
		ts.tv_nsec = left % NS_PER_S;
		ppoll(NULL, 0, &ts, stop_mask());
	}
}

static void
count(struct ping *p, const struct round *r, enum verdict v)
{
	p->sent++;
	if (r->connect >= 0)
		hist_add(p->connect, (uint64_t)r->connect);
	if (v == VERDICT_CORRUPT)
		p->corrupt++;
	if (v == VERDICT_LOST)
		p->lost++;
	if (v != VERDICT_ANSWERED)
		return;
	p->answered++;
	if (p->question.kind != QUESTION_CONNECT)
		hist_add(p->answer, (uint64_t)r->answer);
}

static void
run(struct ping *p)
{
	const struct endpoint *ep = &p->peer.target.ep[0];
	struct round r;
	enum verdict v;
	int64_t next;
	uint64_t n;

	next = units_now();
	for (n = 1; p->count == 0 || n <= p->count; n++) {
		memset(&r, 0, sizeof(r));
		r.number = n;
		r.ep = ep;
		v = ping_round(p, &r);
		if (v == VERDICT_STOPPED)
			break;
		ep = r.ep;
		count(p, &r, v);
		ping_print_round(p, &r, v);
		next += p->interval;
		if (next < units_now())
			next = units_now();
		if (p->count == 0 || n < p->count)
			sleep_until(p, next);
		if (stop_asked() ||
		    (p->deadline != 0 && units_now() >= p->deadline))
			break;
	}
}

static int
ping_run(int argc, char **argv)
{
	static struct ping p;
	int64_t began;
	int error, printed;

	ping_parse(argc, argv, &p);
	if (peer_resolve(&p.peer, &command_ping, argc - optind,
		argv + optind) == -1)
		return EXIT_PROBLEM;
	if (p.line != NULL || p.until_eof)
		error = question_line(&p.question, p.line, p.until_eof);
	else
		error = question_echo(&p.question, p.size);
	p.connect = hist_new();
	p.answer = hist_new();
	if (error == -1 || p.connect == NULL || p.answer == NULL)
		err(EXIT_PROBLEM, "start");
	p.term = term_look(STDOUT_FILENO);
	stop_catch();
	began = units_now();
	if (p.duration != 0)
		p.deadline = began + p.duration;
	run(&p);
	printed = ping_print_summary(&p, units_now() - began);
	question_free(&p.question);
	hist_free(p.connect);
	hist_free(p.answer);
	return p.answered > 0 && printed == 0 ? 0 : EXIT_PROBLEM;
}

const struct command command_ping = {
	.name = "ping",
	.purpose = "measure round trips",
	.help = ping_help,
	.run = ping_run,
};
