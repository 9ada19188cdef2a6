/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "main/logproc.h"
#include "main/overview_write.h"
#include "main/pulse.h"
#include "main/reaper.h"
#include "main/signals.h"
#include "main/workers.h"

#define SIGNALS     64    /* in a turn */
#define AGAIN_MS    100   /* until what has failed is tried again */
#define SWEEP_MS    5000  /* between two searches for ends without a signal */
#define ADOPT_US    50000 /* for dead acceptors, in a turn */
#define SEARCH_US   5000  /* without a list of the children, in a turn */
#define SHARE       2     /* a search takes one part of the time in so many */
#define REST_MAX_MS 10000

static void
look_in(struct tined *t, int64_t ms)
{
	t->reaping.due = clock_earlier(t->reaping.due, clock_ms() + ms);
}

/*
 * Acceptors first: main must adopt a session before it reaps it.  False where
 * some acceptors may still be left: then nothing else is reaped either.
 */
static bool
reap_acceptors(struct tined *t)
{
	int64_t start = clock_us();
	struct worker *w, *next;
	struct served *s;
	bool all = true;
	int status;
	pid_t pid;

	TAILQ_FOREACH (s, &t->served, entry)
		TAILQ_FOREACH_SAFE (w, &s->workers, entry, next) {
			pid = waitpid(w->pid, &status, WNOHANG);
			if (pid == -1) {
				look_in(t, AGAIN_MS);
				all = false;
			}
			if (pid != w->pid)
				continue;
			worker_exit(t, w, status);
			if (clock_us() - start < ADOPT_US)
				continue;
			look_in(t, 0);
			return false;
		}
	return all;
}

static bool
has_ended(struct tined *t, pid_t pid)
{
	siginfo_t si = { .si_pid = 0 };
	int what = WEXITED | WNOHANG | WNOWAIT;

	if (pid == t->logger.pid)
		what |= WSTOPPED;
	if (waitid(P_PID, (id_t)pid, &si, what) == -1)
		look_in(t, AGAIN_MS);
	if (si.si_pid == pid && si.si_code == CLD_STOPPED) {
		logproc_stopped(t);
		return false;
	}
	return si.si_pid == pid;
}

static void
reap_one(struct tined *t, pid_t pid)
{
	struct rusage ru;
	int status;

	if (worker_find(t, pid) != NULL) {
		look_in(t, 0); /* it died just now */
		return;
	}
	adopt_peek(&t->adopted, pid);
	if (wait4(pid, &status, WNOHANG, &ru) != pid) {
		look_in(t, AGAIN_MS);
		return;
	}
	if (t->adopted.n > 0)
		overview_touch(t);
	if (pid == t->logger.pid)
		logproc_exit(t);
	else
		adopt_exit(&t->adopted, pid, status, &ru);
}

/* One that a signal has named. */
static void
look_at(struct tined *t, pid_t pid)
{
	struct worker *w;

	if (has_ended(t, pid))
		reap_one(t, pid);
	else if ((w = worker_find(t, pid)) != NULL)
		pulse_soon(w, clock_ms()); /* it was stopped */
}

/* One signal may report several ends: the others are searched for. */
void
reap(struct tined *t)
{
	pid_t pid[SIGNALS];
	size_t i, n = 0;

	while (n < SIGNALS && (pid[n] = signals_child()) != 0)
		n++;
	if (n == 0)
		return;
	if (reap_acceptors(t))
		for (i = 0; i < n; i++)
			look_at(t, pid[i]);
	look_in(t, 0);
}

/* Main's own processes, and the sessions it has adopted. */
static unsigned int
count_own(const struct tined *t)
{
	bool looks_up = t->reload.stage == RELOAD_LOOKUP &&
	    t->reload.lookup.watch.fd != -1;
	unsigned int n = (t->logger.pid > 0) + looks_up;
	const struct worker *w;
	const struct served *s;

	TAILQ_FOREACH (s, &t->served, entry)
		TAILQ_FOREACH (w, &s->workers, entry)
			n++;
	return n + (unsigned int)t->adopted.n;
}

/* Without a list of the children: the kernel searches all of them each time. */
static void
search(struct tined *t)
{
	int64_t start = clock_us();
	siginfo_t si;

	while (reap_acceptors(t)) {
		si.si_pid = 0;
		if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) == -1)
			look_in(t, AGAIN_MS);
		if (si.si_pid == 0)
			return;
		reap_one(t, si.si_pid);
		if (clock_us() - start < SEARCH_US)
			continue;
		look_in(t, 0);
		return;
	}
}

/* At the end of the list. */
static void
count_leftovers(struct tined *t)
{
	struct reaping *r = &t->reaping;
	unsigned int own = count_own(t);

	if (r->list.whole && !r->list.failed)
		r->leftovers = r->alive > own ? r->alive - own : 0;
	r->alive = 0;
}

static void
look_at_part(struct tined *t)
{
	struct reaping *r = &t->reaping;
	pid_t pid;

	offspring_read(&r->list);
	if (r->list.failed) {
		look_in(t, AGAIN_MS);
		search(t);
	}
	while ((pid = offspring_next(&r->list)) != 0)
		if (has_ended(t, pid))
			offspring_keep(&r->list, pid);
		else
			r->alive++;
	if (r->list.last)
		count_leftovers(t);
}

/* Looks at a part of the list of main's children; after the last part reaps some of
 * those that have ended, once sessions of acceptors that died are adopted. */
static void
look_through_list(struct tined *t)
{
	struct reaping *r = &t->reaping;
	unsigned int i;

	if (!offspring_keeps(&r->list))
		look_at_part(t);
	if (!r->list.last) {
		look_in(t, 0);
		return;
	}
	if (!reap_acceptors(t)) {
		r->list.nkept = 0; /* they will be found again */
		return;
	}
	/* There may be more than this pass has found. */
	if (offspring_keeps(&r->list))
		look_in(t, 0);
	for (i = 0; i < OFFSPRING_TURN && offspring_keeps(&r->list); i++)
		reap_one(t, offspring_kept(&r->list));
}

int64_t
reap_due(struct tined *t, int64_t now)
{
	struct reaping *r = &t->reaping;
	int64_t start = clock_cpu_us(), rest;

	if (r->due > now)
		return r->due;
	r->due = clock_beat(now, SWEEP_MS);
	if (r->list.fd != -1)
		look_through_list(t);
	else
		search(t);
	rest = clock_rest(clock_cpu_us() - start, SHARE, REST_MAX_MS);
	if (r->due < rest)
		r->due = rest;
	return r->due;
}
