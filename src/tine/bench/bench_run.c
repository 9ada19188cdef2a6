/* SPDX-License-Identifier: ISC */
/*
 * The main thread of a bench: starts the workers, shows the progress, and
 * adds up what they have found.
 */
#include "config.h"

#include <sys/eventfd.h>
#include <sys/resource.h>

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tine/bench/bench.h"
#include "tine/stop.h"
#include "tine/term.h"
#include "tine/units.h"

#define SPARE   16 /* descriptors beside the connections' */
#define REFRESH (200 * NS_PER_MS)

int
run_choose(struct plan *p)
{
	const struct endpoint *ep;
	int fd;

	p->ep = p->peer.target.ep[0];
	if (p->peer.target.n == 1)
		return 0;
	/* of several the one that answers first */
	if ((fd = peer_dial(&p->peer, &ep, NULL)) == -1)
		return -1;
	p->ep = *ep;
	close(fd);
	return 0;
}

/* Room for all connections; -1 after saying that there is none. */
static int
raise_limit(const struct plan *p)
{
	struct rlimit rl;
	rlim_t need;

	need = p->connections + 4 * p->threads + SPARE;
	if (getrlimit(RLIMIT_NOFILE, &rl) == -1)
		return 0;
	if (rl.rlim_max < need) {
		/* with the privilege for it even the hard limit gives way */
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
		if (ppoll(&pfd, 1, &ts, stop_mask()) == 1 &&
		    eventfd_read(done, &n) == 0)
			ended += n;
		if (stop_asked())
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
		if ((errno = pthread_create(&w[i].thread, NULL, worker_run,
			 &w[i])) != 0)
			return -1;
	watch(p, w, done);
	for (i = 0; i < p->threads; i++)
		pthread_join(w[i].thread, NULL);
	close(done);
	return 0;
}

/* What had fallen due in an open loop by its end, but was never asked. */
static uint64_t
overdue(const struct plan *p, const struct worker *w, int64_t end)
{
	uint64_t due, issued = 0, i;

	if (p->rate == 0)
		return 0;
	if (p->end != 0 && end > p->end)
		end = p->end;
	due = (uint64_t)((double)(end - p->start) * (double)p->rate / 1e9);
	if (p->total != 0 && due > p->total)
		due = p->total;
	for (i = 0; i < p->threads; i++)
		issued += w[i].issued;
	return due > issued ? due - issued : 0;
}

static void
add_up(const struct plan *p, const struct worker *w, struct result *r)
{
	const struct tally *t;
	int64_t ended = p->start;
	uint64_t i;
	int k;

	for (i = 0; i < p->threads; i++) {
		t = &w[i].tally;
		r->connections += t->connections;
		r->requests += t->requests;
		r->sent += t->sent;
		r->received += t->received;
		r->waits += t->waits;
		r->unanswered += t->unanswered;
		for (k = 0; k < ERROR_KINDS; k++) {
			r->errors[k] += t->errors[k];
			r->nerrors += t->errors[k];
		}
		if (t->other != 0)
			r->other = t->other;
		if (w[i].ended > ended)
			ended = w[i].ended;
		if (i > 0) {
			hist_merge(w[0].connect, w[i].connect);
			hist_merge(w[0].request, w[i].request);
		}
	}
	r->seconds = (double)(ended - p->start) / 1e9;
	r->overdue = overdue(p, w, ended);
	r->connect = w[0].connect;
	r->request = w[0].request;
}

static int
report(const struct plan *p, const struct result *r)
{
	int status = 0;

	if (p->json)
		json_print(p, r);
	else
		text_print(p, r);
	if (fflush(stdout) == EOF) {
		warn("write standard output");
		status = EXIT_PROBLEM;
	}
	if (p->hgrm != NULL && hgrm_write(p->hgrm, r->request) == -1) {
		warn("write %s", p->hgrm);
		status = EXIT_PROBLEM;
	}
	if (r->nerrors + r->idle_failed + r->idle_lost > 0 ||
	    (p->connections > 0 && r->requests == 0))
		status = EXIT_PROBLEM;
	return status;
}

int
run_all(struct plan *p)
{
	struct result r = { 0 };
	struct worker *w;
	struct idle *idle = NULL;
	int status;
	uint64_t i;

	if (raise_limit(p) == -1)
		return EXIT_PROBLEM;
	if (p->idle > 0) {
		progress_say("opening idle connections");
		if ((idle = idle_open(p, &r)) == NULL)
			return EXIT_PROBLEM;
	}
	if ((w = calloc(p->threads, sizeof(*w))) == NULL)
		err(EXIT_PROBLEM, "start");
	stop_catch();
	if (work(p, w) == -1)
		err(EXIT_PROBLEM, "start");
	if (idle != NULL)
		idle_close(idle, &r);
	add_up(p, w, &r);
	status = report(p, &r);
	for (i = 0; i < p->threads; i++)
		worker_free(&w[i]);
	free(w);
	return status;
}
