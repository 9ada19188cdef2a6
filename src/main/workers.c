/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/io.h"
#include "ipc/scoreboard_main.h"
#include "main/ledger.h"
#include "main/overview_write.h"
#include "main/pulse.h"
#include "main/spawn.h"
#include "main/worker_control.h"
#include "main/workers.h"

#define BACKOFF_MIN_MS 100
#define BACKOFF_MAX_MS 10000
#define HEALTHY_MS     60000

static void
worker_free(struct worker *w)
{
	watch_close(&w->control);
	free(w->place.pages);
	free(w);
}

static struct worker *
worker_new(struct served *s, const struct generation *g, bool next)
{
	struct worker *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->served = s;
	w->state = WORKER_STARTING;
	w->next = next;
	w->held = next || s->paused;
	w->end = g->conf->leftovers == LEFTOVERS_END;
	w->since = clock_ms();
	w->due = w->since + READY_MS;
	w->control.fd = w->pid = -1;
	return w;
}

/* Its settings say where its section of the scoreboard is. */
static int
try_start(struct tined *t, struct worker *w, const struct generation *g)
{
	struct served *s = w->served;
	int pair[2], settings;

	if (scoreboard_take(s->board, g->conf->instances, &w->place) == -1)
		return -1;
	if (g->conf->cps_per_source.rate != 0)
		scoreboard_use_buckets(s->board, true);
	/* The others first: the new one may count sessions at once. */
	served_grown(s);
	w->npages = s->board->npages;
	settings = settings_copy(g->settings, &w->place, w->held);
	if (settings == -1 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		goto out;
	if (watch_add(&t->watch, &w->control, pair[0], worker_control_ready) ==
	    0)
		w->pid = spawn_acceptor(t->acceptor_fd, s, g, settings,
		    pair[1]);
	io_close(pair[1]);
out:
	io_close(settings);
	return w->pid == -1 ? -1 : 0;
}

/* 0, or -1 with the reason reported. */
static int
start_one(struct tined *t, struct served *s, const struct generation *g,
    bool next)
{
	struct worker *w = worker_new(s, g, next);

	if (w != NULL && try_start(t, w, g) == 0) {
		TAILQ_INSERT_TAIL(&s->workers, w, entry);
		overview_touch(t);
		return 0;
	}
	worker_complain(t, next, s, "cannot start an acceptor",
	    errno == ENOSPC ? "too many old ones still drain" :
			      strerror(errno));
	if (w != NULL) {
		scoreboard_release(s->board, &w->place);
		worker_free(w);
	}
	return -1;
}

int
workers_start(struct tined *t, struct served *s, const struct generation *g,
    bool next)
{
	unsigned int i;

	if (g->conf->builtin == BUILTIN_NONE)
		t->ran_programs = true;
	for (i = 0; i < g->conf->acceptors; i++)
		if (start_one(t, s, g, next) == -1)
			return -1;
	return 0;
}

static int64_t
restart(struct tined *t, struct served *s, int64_t now)
{
	if (s->missing == 0)
		return 0;
	if (s->restart_at > now)
		return s->restart_at;
	/* A reload has the sockets: it takes over, or gives them back. */
	if (s->lead != NULL)
		return now + BACKOFF_MIN_MS;
	for (; s->missing > 0; s->missing--)
		if (start_one(t, s, &s->now, false) == -1) {
			s->restart_at = now + s->backoff;
			return s->restart_at;
		}
	return 0;
}

/* Replacing and stopping */

void
workers_kill(struct served *s, bool all)
{
	struct worker *w;

	TAILQ_FOREACH (w, &s->workers, entry)
		if (all || w->next)
			kill(w->pid, SIGKILL);
}

void
workers_replace(struct served *s)
{
	struct worker *w;

	TAILQ_FOREACH (w, &s->workers, entry) {
		if (w->next) {
			w->next = false;
			continue;
		}
		if (w->state != WORKER_DRAINING)
			w->due = 0;
		w->state = WORKER_DRAINING;
		w->untold = true; /* one that drains may get new prefixes */
	}
}

void
workers_forget(struct served *s)
{
	struct worker *w;

	while ((w = TAILQ_FIRST(&s->workers)) != NULL) {
		TAILQ_REMOVE(&s->workers, w, entry);
		worker_free(w);
	}
}

/* Kills one that has not become ready, closed its listeners or ended in time; but
 * gives it more time where main itself is late. */
static int64_t
check_due(struct worker *w, int64_t now)
{
	if (w->due == 0 || w->due > now)
		return w->due;
	if (now - w->due > PULSE_LATE_MS)
		w->due = now + PULSE_WAIT_MS;
	else {
		kill(w->pid, SIGKILL);
		w->due = 0;
	}
	return w->due;
}

int64_t
workers_step(struct tined *t, struct served *s, int64_t now)
{
	struct worker *w;
	int64_t due = restart(t, s, now);

	TAILQ_FOREACH (w, &s->workers, entry) {
		due = clock_earlier(due, check_due(w, now));
		due = clock_earlier(due, pulse_step(w, now));
	}
	due = clock_earlier(due, worker_control_resume(t, s, now));
	due = clock_earlier(due, worker_control_tell(s, now));
	if (s->wake)
		worker_control_wake(s);
	return due;
}

struct worker *
worker_find(struct tined *t, pid_t pid)
{
	struct worker *w;
	struct served *s;

	TAILQ_FOREACH (s, &t->served, entry)
		TAILQ_FOREACH (w, &s->workers, entry)
			if (w->pid == pid)
				return w;
	return NULL;
}

unsigned int
workers_count(const struct served *s, bool next, enum worker_state state)
{
	const struct worker *w;
	unsigned int n = 0;

	TAILQ_FOREACH (w, &s->workers, entry)
		n += w->next == next && w->state == state;
	return n;
}

unsigned int
workers_broken(const struct served *s)
{
	const struct worker *w;
	unsigned int n = 0;

	TAILQ_FOREACH (w, &s->workers, entry)
		if (w->state == WORKER_READY)
			n += w->nbroken;
	return n;
}

/* Their end */

static void
schedule_restart(struct served *s, const struct worker *w, int64_t now)
{
	if (s->backoff == 0 || now - w->since > HEALTHY_MS)
		s->backoff = BACKOFF_MIN_MS;
	else if (s->missing == 0)
		s->backoff = s->backoff * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS :
							       s->backoff * 2;
	s->missing++;
	s->restart_at = now + s->backoff;
}

static void
say_died(const struct worker *w, int status)
{
	const bool killed = WIFSIGNALED(status);
	char how[48], msg[80];

	snprintf(how, sizeof(how), "%s %d",
	    killed ? "killed by signal" : "exited with",
	    killed ? WTERMSIG(status) : WEXITSTATUS(status));
	snprintf(msg, sizeof(msg), "acceptor %d %s", (int)w->pid, how);
	served_error(w->served, msg);
	w->served->restarts++;
	log_event(LEVEL_ERROR, "restarted", "service", w->served->name, "pid",
	    LOG_NUMBER(w->pid), "msg", how, "after_ms",
	    LOG_NUMBER(w->served->backoff), NULL);
}

void
worker_exit(struct tined *t, struct worker *w, int status)
{
	struct served *s = w->served;
	bool missed;

	worker_control_ready(&w->control); /* it may have said why */
	/* One that failed to start in place of one that died, too. */
	missed = w->state == WORKER_READY ||
	    (w->state == WORKER_STARTING && !s->retired && !t->starting);
	overview_touch(t); /* before its counters move */
	TAILQ_REMOVE(&s->workers, w, entry);
	adopt_section(&t->adopted, w);
	if (missed && !w->next && !t->stopping) {
		ledger_renew(s);
		schedule_restart(s, w, clock_ms());
		say_died(w, status);
	}
	if (w->not_shown > 0)
		log_message(LEVEL_WARNING,
		    "%s: %" PRIu64 " messages of the acceptor %d are not shown",
		    s->name, w->not_shown, (int)w->pid);
	worker_free(w);
	s->wake = true;
}
