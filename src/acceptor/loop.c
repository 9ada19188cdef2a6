/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/signalfd.h>

#include <bsd/unistd.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "acceptor/accept.h"
#include "acceptor/events.h"
#include "acceptor/leave.h"
#include "acceptor/loop.h"
#include "acceptor/orders.h"
#include "acceptor/reap.h"
#include "base/clock.h"
#include "base/sys.h"
#include "ipc/builtin.h"

#define LOOK_AGAIN_MS 1000 /* while full, should a wake-up be lost */
#define SWEEP_MS      5000 /* the kernel's queue of signals may run full */
#define FIRST_DOOR    3    /* in the poll set */
#define LAST_WORDS_MS 1000 /* for the log, once the last session has ended */
#define POLL_PAUSE_MS 100  /* after a ppoll that failed */
#define POLL_TRIES    10   /* then main is left to start another acceptor */

int
loop_signals(struct acceptor *a)
{
	sigset_t ends;

	/* A session ends by TERM, and has this mask from its first instruction
	 * on. */
	if (sys_block_all_but(SYS_FATAL | SYS_SIGNAL(SIGTERM)) == -1)
		return -1;
	sigemptyset(&ends);
	sigaddset(&ends, SIGCHLD);
	sigaddset(&ends, SYS_END_SIGNAL);
	a->ends = signalfd(-1, &ends, SFD_NONBLOCK | SFD_CLOEXEC);
	return a->ends == -1 ? -1 : 0;
}

/* What to poll for: control, log, ends, the doors that are open, who lingers.
 * Door i's place in the set is kept, so that the answer finds it. */
static unsigned int
fill_poll(struct acceptor *a, int64_t now)
{
	struct pollfd *p = a->poll;
	unsigned int i;

	p[0] = (struct pollfd) { a->orphan ? -1 : SETTINGS_FD_CONTROL, POLLIN,
		0 };
	p[1] = (struct pollfd) { a->log_full ? SETTINGS_FD_LOG : -1, POLLOUT,
		0 };
	p[2] = (struct pollfd) { a->ends, POLLIN, 0 };
	p += FIRST_DOOR;
	for (i = 0; i < a->settings->nlisteners; i++, p++) {
		p->fd = a->waiting || a->full || a->rate_until > now ||
			a->door[i].paused > now ?
		    -1 :
		    a->door[i].fd;
		p->events = POLLIN;
		p->revents = 0;
	}
	p += linger_poll(&a->linger, p);
	return (unsigned int)(p - a->poll);
}

/* The next moment at which there is something to do without an event. */
static int64_t
next_due(const struct acceptor *a, int64_t now, int64_t said_due)
{
	int64_t due = clock_earlier(children_due(&a->children), said_due);
	unsigned int i;

	due = clock_earlier(due, linger_due(&a->linger));
	due = clock_earlier(due, a->stop_ms);
	due = clock_earlier(due, a->over_ms);
	due = clock_earlier(due, a->leave_ms);
	due = clock_earlier(due, reap_due(a));
	if (a->children.nrunning > 0)
		due = clock_earlier(due, a->sweep_ms);
	if (a->rate_until > now)
		due = clock_earlier(due, a->rate_until);
	if (a->full)
		due = clock_earlier(due, now + LOOK_AGAIN_MS);
	if (a->title_count != a->children.nrunning)
		due = clock_earlier(due, a->title_ms + TITLE_MS);
	for (i = 0; i < a->settings->nlisteners; i++)
		if (a->door[i].fd != -1 && a->door[i].paused > now)
			due = clock_earlier(due, a->door[i].paused);
	return due;
}

static void
refresh_title(struct acceptor *a, int64_t now)
{
	if (a->title_count == a->children.nrunning ||
	    now < a->title_ms + TITLE_MS)
		return;
	a->title_ms = now;
	a->title_count = a->children.nrunning;
	setproctitle("%s %u/%u%s", a->settings->service, a->title_count,
	    a->settings->instances, a->draining ? " draining" : "");
}

void
loop_title(struct acceptor *a)
{
	a->title_count = UINT32_MAX;
	a->title_ms = 0;
	refresh_title(a, clock_ms());
}

/*
 * Memory may be had again.  EINVAL stays: RLIMIT_NOFILE was set below the size
 * of the poll set, by another process of this user.
 */
static void
poll_failed(struct acceptor *a)
{
	const struct timespec ts = { .tv_nsec = POLL_PAUSE_MS * 1000000L };
	char text[128];

	if (errno != ENOMEM && ++a->poll_tries >= POLL_TRIES) {
		snprintf(text, sizeof(text), "ppoll: %s%s", strerror(errno),
		    errno == EINVAL ? " (RLIMIT_NOFILE)" : "");
		event_error(a, text);
		_exit(EX_OSERR);
	}
	(void)ppoll(NULL, 0, &ts, NULL);
}

/* Sleeps until something happens; whether a poll answer is there. */
static bool
wait_for_events(struct acceptor *a, int64_t now, int64_t said_due)
{
	unsigned int n = fill_poll(a, now);
	struct timespec ts, *timeout;
	int ready;

	timeout = clock_timeout(next_due(a, now, said_due), now, &ts);
	ready = ppoll(a->poll, n, timeout, NULL);
	/* Nothing for a while: a wake-up may have been lost, look again. */
	if (ready == 0)
		a->full = false;
	if (ready == -1 && errno != EINTR)
		poll_failed(a);
	else
		a->poll_tries = 0;
	return ready > 0;
}

static void
answer_doors(struct acceptor *a)
{
	const struct pollfd *p = a->poll + FIRST_DOOR;
	unsigned int i;

	for (i = 0; i < a->settings->nlisteners; i++)
		if (p[i].revents != 0 && a->door[i].fd != -1)
			accept_some(a, i);
}

static void
run_timers(struct acceptor *a, int64_t now)
{
	if (a->children.nrunning > 0 && a->sweep_ms <= now) {
		a->sweep_ms = now + SWEEP_MS;
		reap_sweep(a, now);
		if (a->settings->builtin != BUILTIN_NONE)
			reap_halted(a, now);
	}
	reap_look(a, now);
	reap_expire(a, now);
	linger_run(&a->linger, a->poll + FIRST_DOOR + a->settings->nlisteners,
	    now);
	if (a->stop_ms != 0 && a->stop_ms <= now) {
		a->stop_ms = 0;
		reap_stop(a, now);
	}
	refresh_title(a, now);
}

/* Drained, its sessions have ended or can be left to main, and the log has all
 * of it or had its chance. */
static bool
is_over(struct acceptor *a, int64_t now)
{
	if (!a->draining ||
	    (a->children.nrunning > 0 && !leave_possible(a, now))) {
		a->over_ms = 0;
		return false;
	}
	if (!a->log_full && TAILQ_EMPTY(&a->children.ended) &&
	    a->linger.n == 0 && !leftovers_pending(&a->left))
		return true;
	if (a->over_ms == 0)
		a->over_ms = now + LAST_WORDS_MS;
	return a->over_ms <= now;
}

void
loop_run(struct acceptor *a)
{
	int64_t now = clock_ms(), said_due = 0;

	while (!is_over(a, now)) {
		bool ready = wait_for_events(a, now, said_due);

		now = clock_ms();
		if (ready && a->poll[2].revents != 0)
			reap_ended(a, now);
		if (ready && a->poll[0].revents != 0)
			orders_take(a, now);
		if (ready)
			answer_doors(a);
		run_timers(a, now);
		event_flush(a);
		said_due = event_catch_up(a, now);
	}
	event_last_words(a);
	leave_slots(a);
}
