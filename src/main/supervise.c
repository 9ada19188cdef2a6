/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/control.h"
#include "main/acceptors.h"
#include "main/log/log.h"
#include "main/logproc.h"
#include "main/lost.h"
#include "main/notify.h"
#include "main/reap.h"
#include "main/reload.h"
#include "main/signals.h"
#include "main/state.h"
#include "main/stop.h"
#include "main/supervise.h"

/* Why an acceptor does not start, and whose it is. */
struct failure {
	const struct served *served;
	char why[CONTROL_TEXT_MAX];
};

/* What an acceptor failed of, while it was not yet ready. */
static void
acceptor_failed(const struct tined *t, const struct failure *f)
{
	if (t->starting)
		return; /* it is said on standard error, once */
	log_message(LEVEL_ERROR, "%s: the acceptor does not start: %s",
	    f->served->name, f->why);
}

static size_t
fill_poll(struct tined *t, struct pollfd **set, struct acceptor ***who)
{
	struct acceptor *a;
	struct served *s;
	size_t n = 0, max = 0;

	TAILQ_FOREACH (s, &t->served, entry)
		TAILQ_FOREACH (a, &s->acceptors, entry)
			max++;
	*set = reallocarray(*set, max + 1, sizeof(**set));
	*who = reallocarray(*who, max + 1, sizeof(**who));
	if (*set == NULL || *who == NULL)
		return 0;
	TAILQ_FOREACH (s, &t->served, entry)
		TAILQ_FOREACH (a, &s->acceptors, entry) {
			if (a->control == -1)
				continue;
			(*set)[n] = (struct pollfd) { a->control, POLLIN, 0 };
			(*who)[n++] = a;
		}
	return n;
}

/* One turn: waits at most until due, then hears what the acceptors say. */
static int
turn(struct tined *t, int64_t due, struct failure *f)
{
	static struct pollfd *set;
	static struct acceptor **who;
	size_t n = fill_poll(t, &set, &who), i;
	struct timespec ts;
	sigset_t open;
	int code = 0, got;

	signals_open(&open);
	if (ppoll(set, n, clock_timeout(due, clock_ms(), &ts), &open) <= 0)
		return 0;
	for (i = 0; i < n; i++) {
		if (set[i].revents == 0)
			continue;
		if ((got = acceptor_listen(who[i], f->why)) == 0)
			continue;
		code = got;
		f->served = who[i]->served;
		acceptor_failed(t, f);
	}
	return code;
}

/* Kills what has neither become ready nor ended in its time. */
static int64_t
check_due(struct tined *t, int64_t now)
{
	struct acceptor *a;
	struct served *s;
	int64_t next = 0;

	TAILQ_FOREACH (s, &t->served, entry)
		TAILQ_FOREACH (a, &s->acceptors, entry) {
			if (a->due != 0 && a->due <= now) {
				kill(a->pid, SIGKILL);
				a->due = 0;
			}
			next = clock_earlier(next, a->due);
		}
	return next;
}

/* Why the first generation of s, or meanwhile of another service, will not
 * become ready; 0 while it may. */
static int
start_failed(struct tined *t, const struct served *s, int64_t until,
    struct failure *f)
{
	const struct acceptor *a;
	unsigned int n = 0;
	int code;

	if ((code = turn(t, until, f)) != 0)
		return code;
	if (signals_take(SIGCHLD) > 0)
		reap(t);
	TAILQ_FOREACH (a, &s->acceptors, entry)
		n++;
	f->served = s;
	strlcpy(f->why, "interrupted", sizeof(f->why));
	if (signals_seen(SIGTERM) > 0)
		return EX_OSERR;
	strlcpy(f->why, "its acceptor ended before it was ready",
	    sizeof(f->why));
	if (n < s->now.conf->acceptors)
		return EX_OSERR;
	strlcpy(f->why, "its acceptor was not ready in 5 s", sizeof(f->why));
	return clock_ms() >= until ? EX_OSERR : 0;
}

int
supervise_start(struct tined *t, char *text, size_t size)
{
	int64_t until = clock_ms() + READY_MS;
	struct failure f = { .served = NULL };
	struct served *s;
	int code;

	TAILQ_FOREACH (s, &t->served, entry)
		while (acceptors_ready(s, false) < s->now.conf->acceptors) {
			if ((code = start_failed(t, s, until, &f)) == 0)
				continue;
			snprintf(text, size, "%s: %s", f.served->name, f.why);
			return code;
		}
	return 0;
}

static void
run_signals(struct tined *t)
{
	int n;

	if (signals_take(SIGCHLD) > 0)
		reap(t);
	if ((n = signals_take(SIGTERM)) > 0) {
		stop_begin(t);
		if (n > 1)
			stop_begin(t);
	}
	if (signals_take(SIGHUP) > 0)
		reload_begin(t);
	if (signals_take(SIGUSR1) > 0)
		state_log(t);
}

static int64_t
run_timers(struct tined *t)
{
	int64_t now = clock_ms(), due;
	struct served *s;

	due = reap_due(t, now);
	due = clock_earlier(due, check_due(t, now));
	due = clock_earlier(due, adopt_expire(&t->adopted, now));
	TAILQ_FOREACH (s, &t->served, entry) {
		if (!t->stopping)
			acceptors_restart(t, s, now);
		if (s->missing > 0)
			due = clock_earlier(due, s->restart_at);
	}
	logproc_restart(t, now);
	if (t->logger.pid == 0)
		due = clock_earlier(due, t->logger.restart_at);
	due = clock_earlier(due, logproc_tell(t, now));
	due = clock_earlier(due, reload_step(t, now));
	due = clock_earlier(due, state_refresh(t, now));
	due = clock_earlier(due, stop_step(t, now));
	due = clock_earlier(due, lost_report(t, now));
	return clock_earlier(due, notify_watchdog(now));
}

void
supervise_run(struct tined *t)
{
	struct failure f;
	int64_t due = run_timers(t); /* the start may have left something */

	while (!stop_is_over(t)) {
		turn(t, due, &f);
		run_signals(t);
		reload_sweep(t);
		due = run_timers(t);
	}
}
