/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <sysexits.h>

#include "base/clock.h"
#include "logger/log.h"
#include "main/command_accept.h"
#include "main/commands.h"
#include "main/logproc.h"
#include "main/notify.h"
#include "main/overview_write.h"
#include "main/reaper.h"
#include "main/reload.h"
#include "main/signals.h"
#include "main/state.h"
#include "main/supervise.h"
#include "main/worker_control.h"
#include "main/workers.h"

#define GRACE_MS  2000  /* for an acceptor whose sessions have ended */
#define MARGIN_MS 15000 /* for the logger, and a machine that is busy */
#define EXTEND_MS 10000 /* between two requests for more time */

/* One turn: waits at most until due, then handles what is ready. */
static void
turn(struct tined *t, int64_t due)
{
	int64_t left = due == 0 ? -1 : due - clock_ms();
	sigset_t open;

	if (due != 0 && left < 0)
		left = 0;
	signals_open(&open);
	watch_wait(&t->watch, WATCH_MOST, left > INT_MAX ? INT_MAX : (int)left,
	    &open);
}

/* The start */

/* Waits for s.  0, or -1 where it or meanwhile another service has failed: then
 * t->failure has the reason. */
static int
await(struct tined *t, const struct served *s, int64_t until)
{
	const char *why;

	turn(t, until);
	if (t->failure.exit_code == 0)
		reap(t);
	if (t->failure.exit_code != 0)
		return -1;
	if (signals_seen(SIGTERM) > 0)
		why = "interrupted";
	else if (workers_count(s, false, WORKER_STARTING) +
		workers_count(s, false, WORKER_READY) <
	    s->now.conf->acceptors)
		why = "its acceptor ended before it was ready";
	else if (clock_ms() >= until)
		why = "its acceptor was not ready in 5 s";
	else
		return 0;
	return errors_fail(&t->failure, EX_OSERR, "%s: %s", s->name, why);
}

int
supervise_start(struct tined *t)
{
	int64_t until = clock_ms() + READY_MS;
	struct served *s;

	TAILQ_FOREACH (s, &t->served, entry)
		while (workers_count(s, false, WORKER_READY) <
		    s->now.conf->acceptors)
			if (await(t, s, until) == -1)
				return -1;
	return 0;
}

/* The stop */

/* The second one ends the wait for sessions. */
static void
stop(struct tined *t)
{
	int64_t now = clock_ms(), ms = t->stopping ? 0 : t->config->drain_ms;
	struct served *s;

	if (!t->stopping) {
		t->stopping = true;
		reload_abandon(t);
		notify_send("STOPPING=1");
		log_event(LEVEL_NOTICE, "draining", "sessions",
		    LOG_NUMBER(state_sessions(t)), NULL);
	}
	overview_touch(t);
	t->stop_due = now + ms + SESSION_KILL_MS + GRACE_MS;
	TAILQ_FOREACH (s, &t->served, entry) {
		s->missing = 0;
		generation_close(&s->now);
		generation_close(&s->next);
		listeners_close(&s->tail);
		worker_control_stop(s, ms > INT_MAX ? INT_MAX : (int)ms);
	}
	adopt_stop(&t->adopted, now + ms);
}

/* Kills acceptors that do not end in time; when to call again, or 0. */
static int64_t
stop_step(struct tined *t, int64_t now)
{
	struct served *s;

	if (t->stop_due == 0)
		return 0;
	if (t->stop_due <= now) {
		TAILQ_FOREACH (s, &t->served, entry)
			workers_kill(s, true);
		t->stop_due = 0;
		return 0;
	}
	if (!notify_wanted())
		return t->stop_due;
	/* A service manager has its own limit for a stop, and forgets what it was
	 * asked for when it reloads its units: asked again and again. */
	if (t->extend_at <= now) {
		notify_send("EXTEND_TIMEOUT_USEC=%" PRId64,
		    (t->stop_due - now + MARGIN_MS) * 1000);
		t->extend_at = now + EXTEND_MS;
	}
	return clock_earlier(t->stop_due, t->extend_at);
}

static bool
is_stopped(const struct tined *t)
{
	const struct served *s;

	if (!t->stopping || t->adopted.n > 0)
		return false;
	TAILQ_FOREACH (s, &t->served, entry)
		if (!TAILQ_EMPTY(&s->workers))
			return false;
	return true;
}

/* The loop */

/* Logged once a second, however often it comes. */
static void
ignore_signal(int sig, const char *name, struct log_pace *pace)
{
	if (signals_take(sig) > 0 && log_may_say(pace, clock_ms()))
		log_event(LEVEL_NOTICE, "signal", "name", name, "msg",
		    "ignored", NULL);
}

static void
run_signals(struct tined *t)
{
	static struct log_pace usr2, alrm;
	int n;

	/* Before children are reaped: what died of the same signal is not
	 * restarted. */
	for (n = signals_take(SIGTERM); n > 0; n--)
		stop(t);
	reap(t);
	if (signals_take(SIGHUP) > 0)
		reload_begin(t);
	if (signals_take(SIGUSR1) > 0) {
		state_log(t);
		commands_log(t);
	}
	ignore_signal(SIGUSR2, "SIGUSR2", &usr2);
	ignore_signal(SIGALRM, "SIGALRM", &alrm);
}

static void
run_commands(struct tined *t)
{
	struct commands *c = &t->commands;

	if (c->nstops > 0) {
		for (; c->nstops > 0; c->nstops--)
			stop(t);
		commands_draining(t, state_sessions(t));
	}
	if (c->wants_reload) {
		c->wants_reload = false;
		reload_begin(t);
	}
}

static int64_t
run_timers(struct tined *t)
{
	int64_t now = clock_ms(), due;
	struct served *s;

	due = reap_due(t, now);
	due = clock_earlier(due, adopt_expire(&t->adopted, now));
	TAILQ_FOREACH (s, &t->served, entry) {
		due = clock_earlier(due, served_trim(s, now));
		due = clock_earlier(due, workers_step(t, s, now));
	}
	due = clock_earlier(due, logproc_step(t, now));
	due = clock_earlier(due, reload_step(t, now));
	due = clock_earlier(due, state_refresh(t, now));
	due = clock_earlier(due, stop_step(t, now));
	due = clock_earlier(due, command_accept_step(t, now));
	due = clock_earlier(due, overview_step(t, now));
	due = clock_earlier(due, state_log_lost(t, now));
	return clock_earlier(due, notify_watchdog(now));
}

void
supervise_run(struct tined *t)
{
	int64_t due;

	offspring_open(&t->reaping.list);
	due = run_timers(t); /* the start may have left something */
	while (!is_stopped(t)) {
		turn(t, due);
		run_signals(t);
		run_commands(t);
		reload_sweep(t);
		due = run_timers(t);
	}
}
