/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/string.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/clock.h"
#include "logger/log.h"
#include "main/acceptors.h"
#include "main/commands.h"
#include "main/logproc.h"
#include "main/lost.h"
#include "main/notify.h"
#include "main/reap.h"
#include "main/reload.h"
#include "main/signals.h"
#include "main/state.h"
#include "main/stop.h"
#include "main/supervise.h"

#define IGNORED_MS 1000 /* between two notices of a signal that is ignored */

/* One turn: waits at most until due, then handles what is ready. */
static void
turn(struct tined *t, int64_t due)
{
	int64_t left = due == 0 ? -1 : due - clock_ms();
	sigset_t open;

	if (due != 0 && left < 0)
		left = 0;
	signals_open(&open);
	watch_wait(&t->watch, left > INT_MAX ? INT_MAX : (int)left, &open);
}

/* Kills an acceptor that has neither become ready nor ended in its time; none is
 * late where main is. */
static int64_t
check_due(struct acceptor *a, int64_t now)
{
	if (a->due == 0 || a->due > now)
		return a->due;
	if (now - a->due > PULSE_LATE_MS) {
		a->due = now + PULSE_WAIT_MS;
		return a->due;
	}
	kill(a->pid, SIGKILL);
	a->due = 0;
	return 0;
}

static int64_t
check_acceptors(struct tined *t, int64_t now)
{
	struct acceptor *a;
	struct served *s;
	int64_t next = 0;

	TAILQ_FOREACH (s, &t->served, entry)
		TAILQ_FOREACH (a, &s->acceptors, entry) {
			next = clock_earlier(next, check_due(a, now));
			next = clock_earlier(next, pulse_step(a, now));
		}
	return next;
}

/* Whether the first generation of s, or meanwhile another service, has failed;
 * then t->failure says why. */
static bool
start_failed(struct tined *t, const struct served *s, int64_t until)
{
	struct start_failure *f = &t->failure;
	const struct acceptor *a;
	unsigned int n = 0;

	turn(t, until);
	if (f->code != 0)
		return true;
	reap(t);
	TAILQ_FOREACH (a, &s->acceptors, entry)
		n++;
	if (signals_seen(SIGTERM) > 0)
		strlcpy(f->why, "interrupted", sizeof(f->why));
	else if (n < s->now.conf->acceptors)
		strlcpy(f->why, "its acceptor ended before it was ready",
		    sizeof(f->why));
	else if (clock_ms() >= until)
		strlcpy(f->why, "its acceptor was not ready in 5 s",
		    sizeof(f->why));
	else
		return false;
	f->code = EX_OSERR;
	f->served = s;
	return true;
}

int
supervise_start(struct tined *t, char *text, size_t size)
{
	int64_t until = clock_ms() + READY_MS;
	const struct start_failure *f = &t->failure;
	struct served *s;

	TAILQ_FOREACH (s, &t->served, entry)
		while (acceptors_ready(s, false) < s->now.conf->acceptors) {
			if (!start_failed(t, s, until))
				continue;
			snprintf(text, size, "%s: %s", f->served->name, f->why);
			return f->code;
		}
	return 0;
}

/* A signal without a meaning: said once a second, however often it comes. */
static void
say_ignored(int sig, const char *name, int64_t *said)
{
	int64_t now = clock_ms();

	if (signals_take(sig) == 0 || (*said != 0 && now - *said < IGNORED_MS))
		return;
	*said = now;
	log_event(LEVEL_NOTICE, "signal", "name", name, "msg", "ignored", NULL);
}

static void
run_signals(struct tined *t)
{
	static int64_t said_usr2, said_alrm;
	int n;

	/* First: what else has died of it is not restarted. */
	if ((n = signals_take(SIGTERM)) > 0) {
		stop_begin(t);
		if (n > 1)
			stop_begin(t);
	}
	reap(t);
	if (signals_take(SIGHUP) > 0)
		reload_begin(t);
	if (signals_take(SIGUSR1) > 0)
		state_log(t);
	say_ignored(SIGUSR2, "SIGUSR2", &said_usr2);
	say_ignored(SIGALRM, "SIGALRM", &said_alrm);
	commands_run(t);
}

static int64_t
run_timers(struct tined *t)
{
	int64_t now = clock_ms(), due;
	struct served *s;

	due = reap_due(t, now);
	due = clock_earlier(due, check_acceptors(t, now));
	due = clock_earlier(due, adopt_expire(&t->adopted, now));
	TAILQ_FOREACH (s, &t->served, entry) {
		due = clock_earlier(due, served_trim(s, now));
		if (!t->stopping)
			acceptors_restart(t, s, now);
		due = clock_earlier(due, acceptors_tell(s, now));
		if (s->missing > 0)
			due = clock_earlier(due, s->restart_at);
		if (s->wake)
			acceptors_wake(s);
	}
	logproc_restart(t, now);
	if (t->logger.pid == 0)
		due = clock_earlier(due, t->logger.restart_at);
	due = clock_earlier(due, logproc_look(t, now));
	due = clock_earlier(due, logproc_tell(t, now));
	due = clock_earlier(due, reload_step(t, now));
	due = clock_earlier(due, state_refresh(t, now));
	due = clock_earlier(due, stop_step(t, now));
	due = clock_earlier(due, commands_step(t, now));
	due = clock_earlier(due, lost_report(t, now));
	return clock_earlier(due, notify_watchdog(now));
}

void
supervise_run(struct tined *t)
{
	int64_t due = run_timers(t); /* the start may have left something */

	while (!stop_is_over(t)) {
		turn(t, due);
		run_signals(t);
		reload_sweep(t);
		due = run_timers(t);
	}
}
