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
#include "acceptor/ends.h"
#include "acceptor/events.h"
#include "acceptor/expire.h"
#include "acceptor/leave.h"
#include "acceptor/loop.h"
#include "acceptor/orders.h"
#include "base/clock.h"
#include "base/sys.h"
#include "ipc/builtin.h"

#define LOOK_AGAIN_MS  1000 /* while full, if a wake-up was lost */
#define SWEEP_MS       5000 /* the kernel's queue of signals may be full */
#define FIRST_LISTENER 3    /* in the poll set */
#define LOG_WAIT_MS    1000 /* for the pipe, after the last session */
#define POLL_PAUSE_MS  100  /* after a ppoll that failed */
#define POLL_TRIES     10   /* then main starts another acceptor */
#define CHOSEN_MOST    4096 /* slots in a turn, for tine end */

int
loop_signals(struct acceptor *a)
{
	sigset_t ends;

	/* Sessions inherit the mask, and end by TERM. */
	if (sys_block_all_but(SYS_FATAL | SYS_SIGNAL(SIGTERM)) == -1)
		return -1;
	sigemptyset(&ends);
	sigaddset(&ends, SIGCHLD);
	sigaddset(&ends, SYS_END_SIGNAL);
	a->ends = signalfd(-1, &ends, SFD_NONBLOCK | SFD_CLOEXEC);
	return a->ends == -1 ? -1 : 0;
}

/* Polls control socket, log, ended children, listeners, lingering
 * connections.  Listener i always has the same place in the set. */
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
	p += FIRST_LISTENER;
	for (i = 0; i < a->settings->nlisteners; i++, p++) {
		p->fd = a->waiting || a->full || a->rate_until > now ||
			a->listener[i].paused > now ?
		    -1 :
		    a->listener[i].fd;
		p->events = POLLIN;
		p->revents = 0;
	}
	p += linger_poll(&a->linger, p);
	return (unsigned int)(p - a->poll);
}

/* The next timeout, or 0. */
static int64_t
next_due(const struct acceptor *a, int64_t now, int64_t log_due)
{
	int64_t due = clock_earlier(children_due(&a->children), log_due);
	unsigned int i;

	due = clock_earlier(due, linger_due(&a->linger));
	due = clock_earlier(due, a->stop_ms);
	due = clock_earlier(due, a->over_ms);
	due = clock_earlier(due, a->leave_ms);
	due = clock_earlier(due, ends_due(a));
	if (a->ending_at != 0)
		due = now;
	if (a->children.nrunning > 0)
		due = clock_earlier(due, a->sweep_ms);
	if (a->rate_until > now)
		due = clock_earlier(due, a->rate_until);
	if (a->full)
		due = clock_earlier(due, now + LOOK_AGAIN_MS);
	if (a->title_count != a->children.nrunning)
		due = clock_earlier(due, a->title_ms + TITLE_MS);
	for (i = 0; i < a->settings->nlisteners; i++)
		if (a->listener[i].fd != -1 && a->listener[i].paused > now)
			due = clock_earlier(due, a->listener[i].paused);
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

/* ENOMEM may be temporary.  EINVAL is not: another process of this user has
 * set RLIMIT_NOFILE below the size of the poll set. */
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

/* Waits for events; whether a->poll has any. */
static bool
wait_for_events(struct acceptor *a, int64_t now, int64_t log_due)
{
	unsigned int n = fill_poll(a, now);
	struct timespec ts, *timeout;
	int ready;

	timeout = clock_timeout(next_due(a, now, log_due), now, &ts);
	ready = ppoll(a->poll, n, timeout, NULL);
	/* A wake-up may have been lost: try again. */
	if (ready == 0)
		a->full = false;
	if (ready == -1 && errno != EINTR)
		poll_failed(a);
	else
		a->poll_tries = 0;
	return ready > 0;
}

static void
accept_ready(struct acceptor *a)
{
	const struct pollfd *p = a->poll + FIRST_LISTENER;
	unsigned int i;

	for (i = 0; i < a->settings->nlisteners; i++)
		if (p[i].revents != 0 && a->listener[i].fd != -1)
			accept_some(a, i);
}

static void
run_timers(struct acceptor *a, int64_t now)
{
	if (a->children.nrunning > 0 && a->sweep_ms <= now) {
		a->sweep_ms = now + SWEEP_MS;
		ends_sweep(a, now);
		if (a->settings->builtin != BUILTIN_NONE)
			expire_stopped(a, now);
	}
	ends_look(a, now);
	expire_due(a, now);
	(void)expire_chosen(a, now, CHOSEN_MOST);
	linger_run(&a->linger,
	    a->poll + FIRST_LISTENER + a->settings->nlisteners, now);
	if (a->stop_ms != 0 && a->stop_ms <= now) {
		a->stop_ms = 0;
		expire_all(a, now);
	}
	refresh_title(a, now);
}

/* Drained, sessions ended or left to main, and all records written, or the
 * time for that is over. */
static bool
is_over(struct acceptor *a, int64_t now)
{
	if (!a->draining ||
	    (a->children.nrunning > 0 && !leave_possible(a, now))) {
		a->over_ms = 0;
		return false;
	}
	if (!a->log_full && TAILQ_EMPTY(&a->children.queue[CHILD_ENDED]) &&
	    a->linger.n == 0 && !leftovers_pending(&a->left))
		return true;
	if (a->over_ms == 0)
		a->over_ms = now + LOG_WAIT_MS;
	return a->over_ms <= now;
}

void
loop_run(struct acceptor *a)
{
	int64_t now = clock_ms(), log_due = 0;

	while (!is_over(a, now)) {
		bool ready = wait_for_events(a, now, log_due);

		now = clock_ms();
		if (ready && a->poll[2].revents != 0)
			ends_read(a, now);
		if (ready && a->poll[0].revents != 0)
			orders_take(a, now);
		if (ready)
			accept_ready(a);
		run_timers(a, now);
		event_flush(a);
		log_due = event_suppressed(a, now, false);
	}
	(void)event_suppressed(a, now, true);
	leave_slots(a);
}
