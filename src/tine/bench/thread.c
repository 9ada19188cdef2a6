/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include <errno.h>

#include "tine/bench/conn.h"
#include "tine/bench/receive.h"
#include "tine/bench/thread.h"
#include "tine/units.h"

#define EVENTS 512
#define PAUSE  NS_PER_MS
#define LOOK   (100 * NS_PER_MS) /* how often to look at plan->stop */

/* Sends what is due while a connection is free, each of which is used once. */
static void
begin(struct worker *w, int64_t now)
{
	struct conn *c;
	int64_t due;
	uint64_t n;

	for (n = 0; n < w->nconns; n++) {
		if ((c = TAILQ_FIRST(&w->waiting)) == NULL &&
		    (w->paused > now || (c = TAILQ_FIRST(&w->unused)) == NULL))
			return;
		if (!worker_take(w, now, &due))
			return;
		if (c->state == CONN_WAITING)
			conn_ask(w, c, due);
		else if (!conn_open(w, c, due)) {
			worker_untake(w);
			w->paused = now + PAUSE;
			return;
		}
	}
}

/* How long to sleep, in ms; a request that is due earlier sets the timer. */
static int
time_to_sleep(struct worker *w, int64_t now)
{
	struct itimerspec it = { { 0, 0 }, { 0, 0 } };
	const struct conn *c;
	int64_t until = now + LOOK, due;
	bool idle;

	if ((c = TAILQ_FIRST(&w->active)) != NULL && c->expiry < until)
		until = c->expiry;
	if (w->plan->end > now && w->plan->end < until)
		until = w->plan->end;
	if (w->paused > now && w->paused < until)
		until = w->paused;
	idle = !TAILQ_EMPTY(&w->waiting) ||
	    (w->paused <= now && !TAILQ_EMPTY(&w->unused));
	if (idle && !worker_is_over(w, now)) {
		if ((due = worker_due(w, now)) <= now)
			return 0;
		if (due < until) {
			units_timespec(due, &it.it_value);
			timerfd_settime(w->timer, TFD_TIMER_ABSTIME, &it, NULL);
		}
	}
	return (int)((until - now + NS_PER_MS - 1) / NS_PER_MS);
}

static void
expire(struct worker *w, int64_t now)
{
	struct conn *c;

	while ((c = TAILQ_FIRST(&w->active)) != NULL && c->expiry <= now)
		conn_fail(w, c, ERROR_TIMED_OUT, ETIMEDOUT);
}

static void
close_waiting(struct worker *w)
{
	struct conn *c;

	while ((c = TAILQ_FIRST(&w->waiting)) != NULL)
		conn_close(w, c);
}

void *
thread_run(void *arg)
{
	struct epoll_event ev[EVENTS];
	struct worker *w = arg;
	int64_t now;
	int i, n;

	for (;;) {
		now = units_now();
		begin(w, now);
		if (worker_is_over(w, now)) {
			close_waiting(w);
			if (TAILQ_EMPTY(&w->active) || w->plan->stop)
				break;
		}
		n = epoll_wait(w->epfd, ev, EVENTS, time_to_sleep(w, now));
		for (i = 0; i < n; i++)
			if (ev[i].data.ptr != NULL)
				receive_event(w, ev[i].data.ptr, ev[i].events);
		expire(w, units_now());
	}
	w->ended = units_now();
	eventfd_write(w->done, 1);
	return NULL;
}
