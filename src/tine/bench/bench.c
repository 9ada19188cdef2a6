/* SPDX-License-Identifier: ISC */
/*
 * tine bench: its options, and the main thread, which starts the workers,
 * shows the progress, and reports.
 */
#include "config.h"

#include <sys/eventfd.h>
#include <sys/resource.h>

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tine/bench/idle.h"
#include "tine/bench/progress.h"
#include "tine/bench/report.h"
#include "tine/bench/thread.h"
#include "tine/cli.h"
#include "tine/interrupt.h"
#include "tine/term.h"
#include "tine/units.h"

#define SPARE   16 /* descriptors beside the connections' */
#define REFRESH (200 * NS_PER_MS)

/* Raises the limit of open files as needed; -1 after a message. */
static int
raise_limit(const struct plan *p)
{
	struct rlimit rl;
	rlim_t need;

	need = p->connections + 4 * p->threads + SPARE;
	if (getrlimit(RLIMIT_NOFILE, &rl) == -1)
		return 0;
	if (rl.rlim_max < need) {
		/* a privileged process may raise the hard limit */
		struct rlimit more = { need, need };

		if (setrlimit(RLIMIT_NOFILE, &more) == 0)
			return 0;
		warnx("%llu connections at once: only %llu open files are "
		      "allowed",
		    (unsigned long long)p->connections,
		    (unsigned long long)rl.rlim_max);
		return -1;
	}
	rl.rlim_cur = rl.rlim_max;
	setrlimit(RLIMIT_NOFILE, &rl);
	return 0;
}

/* Until all workers have ended; shows the progress meanwhile. */
static void
watch(struct plan *p, const struct worker *w, int done)
{
	struct pollfd pfd = { .fd = done, .events = POLLIN };
	struct timespec ts = { 0, REFRESH };
	bool live = term_look(STDERR_FILENO).live;
	uint64_t ended = 0;
	eventfd_t n;

	while (ended < p->threads) {
		if (live)
			progress_show(p, w);
		if (ppoll(&pfd, 1, &ts, interrupt_mask()) == 1 &&
		    eventfd_read(done, &n) == 0)
			ended += n;
		if (interrupted())
			p->stop = true;
	}
	if (live)
		progress_clear();
}

static int
work(struct plan *p, struct worker *w)
{
	uint64_t i;
	int done;

	if ((done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) == -1)
		return -1;
	for (i = 0; i < p->threads; i++) {
		w[i].done = done;
		if (worker_init(&w[i], p, (unsigned int)i) == -1)
			return -1;
	}
	p->start = units_now();
	p->end = p->duration != 0 ? p->start + p->duration : 0;
	for (i = 0; i < p->threads; i++)
		if ((errno = pthread_create(&w[i].thread, NULL, thread_run,
			 &w[i])) != 0)
			return -1;
	watch(p, w, done);
	for (i = 0; i < p->threads; i++)
		pthread_join(w[i].thread, NULL);
	close(done);
	return 0;
}

static int
report(const struct plan *p, const struct result *r)
{
	int status = 0;

	if (p->json)
		report_json(p, r);
	else
		report_text(p, r);
	if (cli_flush() == -1)
		status = CLI_FAILURE;
	if (p->hgrm != NULL && report_hgrm(p->hgrm, r->request) == -1) {
		warn("write %s", p->hgrm);
		status = CLI_FAILURE;
	}
	if (r->nerrors + r->idle_failed + r->idle_lost > 0 ||
	    (p->connections > 0 && r->requests == 0))
		status = CLI_FAILURE;
	return status;
}

static int
run(struct plan *p)
{
	struct result r = { 0 };
	struct worker *w;
	struct idle *idle = NULL;
	int status;
	uint64_t i;

	if (raise_limit(p) == -1)
		return CLI_FAILURE;
	if (p->idle > 0) {
		progress_say("opening idle connections");
		if ((idle = idle_open(p, &r)) == NULL)
			return CLI_FAILURE;
	}
	if ((w = calloc(p->threads, sizeof(*w))) == NULL)
		err(CLI_FAILURE, "start");
	interrupt_catch();
	if (work(p, w) == -1)
		err(CLI_FAILURE, "start");
	if (idle != NULL)
		idle_close(idle, &r);
	result_add_up(&r, p, w);
	status = report(p, &r);
	for (i = 0; i < p->threads; i++)
		worker_free(&w[i]);
	free(w);
	return status;
}

static int
bench_run(int argc, char **argv)
{
	static struct plan p;
	const char *why;
	int status;

	plan_parse(argc, argv, &p);
	if (peer_resolve(&p.peer, &command_bench, argc - optind,
		argv + optind) == -1)
		return CLI_FAILURE;
	if (request_init(&p.request, p.line, p.until_eof, p.size) == -1)
		err(CLI_FAILURE, "start");
	if (plan_choose(&p) == -1)
		return CLI_FAILURE;
	if ((why = plan_local(&p)) != NULL)
		cli_usage(&command_bench, "-b: %s", why);
	status = run(&p);
	request_free(&p.request);
	return status;
}

static const char *
set_ending(const char *arg, void *member)
{
	if (strcmp(arg, "close") == 0)
		*(enum ending *)member = ENDING_CLOSE;
	else if (strcmp(arg, "half") == 0)
		*(enum ending *)member = ENDING_HALF;
	else
		return "neither close nor half";
	return NULL;
}

#define MEMBER(m) offsetof(struct plan, m)

static const struct cli_option bench_options[] = {
	PEER_FAMILY(MEMBER(peer)),
	{ 'b', "bind", "LOCAL",
	    "connect from this IP address, or in turn from\n"
	    "all of this network",
	    peer_network, MEMBER(peer) },
	{ 'c', "connections", "N", "connections at once (32)", cli_count,
	    MEMBER(connections) },
	{ 'd', "duration", "TIME",
	    "send requests for this long (10s, unless -N is given)",
	    cli_duration, MEMBER(duration) },
	{ 'e', "ending", "HOW",
	    "close: the client closes after the last response;\n"
	    "half: it half-closes and waits for the peer",
	    set_ending, MEMBER(ending) },
	{ 'E', "until-eof", NULL, "the response ends when the peer closes",
	    cli_flag, MEMBER(until_eof) },
	{ 'H', "idle", "N", "hold N idle connections meanwhile", cli_count,
	    MEMBER(idle) },
	{ 'j', "threads", "N", "threads (1)", cli_count, MEMBER(threads) },
	{ 'N', "total", "N", "send this many requests", cli_count,
	    MEMBER(total) },
	{ 'q', "requests", "N", "requests on each connection (1); 0: no limit",
	    cli_count, MEMBER(requests) },
	{ 'R', "rate", "N",
	    "requests that are due each second, latency being\n"
	    "counted from then; without it each follows the\n"
	    "response before",
	    cli_count, MEMBER(rate) },
	{ 's', "size", "SIZE", "bytes in an echo (64); 0: only connect",
	    cli_size, MEMBER(size) },
	{ 'w', "timeout", "TIME", "for connecting, and for a response (5s)",
	    cli_timeout, MEMBER(peer.timeout) },
	{ 'x', "request", "LINE",
	    "send this line, and expect a line as the response", cli_text,
	    MEMBER(line) },
	{ 0, "json", NULL, "print the result as a JSON object", cli_flag,
	    MEMBER(json) },
	{ 0, "hgrm", "FILE", "write latencies for HdrHistogram's plotter",
	    cli_text, MEMBER(hgrm) },
	{ 0 },
};

const struct cli_command command_bench = {
	.name = "bench",
	.purpose = "load a server and measure it",
	.usage =
	    "tine bench [-46E] [-b local] [-c connections] [-d duration]\n"
	    "                  [-e ending] [-H idle] [-j threads] [-N total]\n"
	    "                  [-q requests] [-R rate] [-s size] [-w timeout]\n"
	    "                  [-x request] [--json] [--hgrm file] address\n"
	    "\n"
	    "Loads an echo service, or with -x and -E any other, checks every\n"
	    "byte of the responses, and prints rates, errors and latencies.\n",
	.options = bench_options,
	.notes =
	    "Exit status: 0 every request got a correct response, 1 some did\n"
	    "not, 64 wrong usage.\n",
	.run = bench_run,
};
