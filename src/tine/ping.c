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

#include "tine/cli.h"
#include "tine/interrupt.h"
#include "tine/ping.h"
#include "tine/units.h"

#define TIMEOUT  (5 * NS_PER_S)
#define INTERVAL NS_PER_S
#define SIZE     64

#define MEMBER(m) offsetof(struct ping, m)

static const struct cli_option ping_options[] = {
	PEER_FAMILY(MEMBER(peer)),
	{ 'b', "bind", "LOCAL", "connect from this IP address", peer_local,
	    MEMBER(peer) },
	{ 'c', "count", "N", "end after N round trips", cli_count,
	    MEMBER(count) },
	{ 'd', "duration", "TIME", "end after this time", cli_duration,
	    MEMBER(duration) },
	{ 'E', "until-eof", NULL,
	    "the response ends when the peer closes; implies -n", cli_flag,
	    MEMBER(until_eof) },
	{ 'i', "interval", "TIME",
	    "from one request to the next (1s); 0: no pause", cli_duration,
	    MEMBER(interval) },
	{ 'n', "new", NULL, "a new connection for each round trip", cli_flag,
	    MEMBER(anew) },
	{ 'q', "quiet", NULL, "the summary only; on a terminal a live line",
	    cli_flag, MEMBER(quiet) },
	{ 's', "size", "SIZE", "bytes in an echo (64); 0: only connect",
	    cli_size, MEMBER(size) },
	{ 'w', "timeout", "TIME", "wait this long for a response (5s)",
	    cli_timeout, MEMBER(peer.timeout) },
	{ 'x', "request", "LINE",
	    "send this line, and expect a line as the response", cli_text,
	    MEMBER(line) },
	{ 0 },
};

void
ping_parse(int argc, char **argv, struct ping *p)
{
	memset(p, 0, sizeof(*p));
	p->peer.timeout = TIMEOUT;
	p->interval = INTERVAL;
	p->size = SIZE;
	p->sock = -1;
	cli_parse(&command_ping, argc, argv, p);
	if (p->until_eof || p->size == 0)
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
	while (!interrupted() && (left = time - units_now()) > 0) {
		units_timespec(left, &ts);
		ppoll(NULL, 0, &ts, interrupt_mask());
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
	if (p->request.kind != REQUEST_CONNECT)
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
		if (interrupted() ||
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
		return CLI_FAILURE;
	error = request_init(&p.request, p.line, p.until_eof, p.size);
	p.connect = hist_new();
	p.answer = hist_new();
	if (error == -1 || p.connect == NULL || p.answer == NULL)
		err(CLI_FAILURE, "start");
	p.term = term_look(STDOUT_FILENO);
	interrupt_catch();
	began = units_now();
	if (p.duration != 0)
		p.deadline = began + p.duration;
	run(&p);
	printed = ping_print_summary(&p, units_now() - began);
	request_free(&p.request);
	free(p.connect);
	free(p.answer);
	return p.answered > 0 && printed == 0 ? 0 : CLI_FAILURE;
}

const struct cli_command command_ping = {
	.name = "ping",
	.purpose = "measure round trips",
	.usage =
	    "tine ping [-46Enq] [-b local] [-c count] [-d duration]\n"
	    "                 [-i interval] [-s size] [-w timeout] [-x request]\n"
	    "                 address\n"
	    "\n"
	    "Measures round trips to an echo service, or with -x and -E to any\n"
	    "other. Ends after a count, a duration, or ^C, with a summary.\n",
	.options = ping_options,
	.notes =
	    "Wrong or short responses count as corrupt. Exit status: 0 at least\n"
	    "one correct response arrived, 1 none did, 64 wrong usage.\n",
	.run = ping_run,
};
