/* SPDX-License-Identifier: ISC */
/*
 * The loop of one thread.  In a closed loop a connection that is free asks at
 * once; in an open loop requests fall due at a fixed rate, whoever is free,
 * and what a stall holds up is counted from when it was due.
 */
#include "config.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "tine/bench/bench.h"
#include "tine/units.h"

#define EVENTS 512
#define PAUSE  NS_PER_MS
#define LOOK   (100 * NS_PER_MS) /* for a wish to stop */

static uint64_t
share(uint64_t all, const struct plan *p, unsigned int index)
{
	return all / p->threads + (index < all % p->threads);
}

int
worker_init(struct worker *w, const struct plan *p, unsigned int index)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET };
	uint64_t i;

	w->plan = p;
	w->index = index;
	w->nconns = share(p->connections, p, index);
	w->quota = p->total == 0 ? UINT64_MAX : share(p->total, p, index);
	TAILQ_INIT(&w->unused);
	TAILQ_INIT(&w->waiting);
	TAILQ_INIT(&w->active);
	w->conns = calloc(w->nconns + 1, sizeof(*w->conns));
	w->buf = malloc(BENCH_BUFFER);
	w->connect = hist_new();
	w->request = hist_new();
	w->epfd = epoll_create1(EPOLL_CLOEXEC);
	w->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (w->conns == NULL || w->buf == NULL || w->connect == NULL ||
	    w->request == NULL || w->epfd == -1 || w->timer == -1 ||
	    epoll_ctl(w->epfd, EPOLL_CTL_ADD, w->timer, &ev) == -1)
		return -1;
	for (i = 0; i < w->nconns; i++) {
		w->conns[i].fd = -1;
		TAILQ_INSERT_TAIL(&w->unused, &w->conns[i], entry);
	}
	return 0;
}

void
worker_free(struct worker *w)
{
	close(w->epfd);
	close(w->timer);
	free(w->conns);
	free(w->buf);
	hist_free(w->connect);
	hist_free(w->request);
}

/* When the request number k of this worker falls due. */
static int64_t
due_time(const struct worker *w, uint64_t k)
{
	const struct plan *p = w->plan;
	double n = (double)(k * p->threads + w->index);

	return p->start + (int64_t)(n * 1e9 / (double)p->rate);
}

/* No request will be asked any more. */
static bool
is_over(const struct worker *w, int64_t now)
{
	return w->quota == 0 || (w->plan->end != 0 && now >= w->plan->end) ||
	    atomic_load_explicit(&w->plan->stop, memory_order_relaxed);
}

bool
worker_take(struct worker *w, int64_t now, int64_t *due)
{
	if (is_over(w, now))
		return false;
	*due = now;
	if (w->plan->rate != 0 && (*due = due_time(w, w->issued)) > now)
		return false;
	w->quota--;
	w->issued++;
	return true;
}

void
worker_untake(struct worker *w)
{
	w->quota++;
	w->issued--;
}

/* Asks what is due, as long as a connection is free; each is used once. */
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

/* How long to sleep, in ms; a request that falls due earlier sets the timer. */
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
	if (idle && !is_over(w, now)) {
		if (w->plan->rate == 0)
			return 0;
		due = due_time(w, w->issued);
		if (due <= now)
			return 0;
		if (due < until) {
			it.it_value.tv_sec = due / NS_PER_S;
			it.it_value.tv_nsec = due % NS_PER_S;
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
		conn_expire(w, c);
}

static void
close_waiting(struct worker *w)
{
	struct conn *c;

	while ((c = TAILQ_FIRST(&w->waiting)) != NULL)
		conn_close(w, c);
}

void *
worker_run(void *arg)
{
	struct epoll_event ev[EVENTS];
	struct worker *w = arg;
	int64_t now;
	int i, n;

	for (;;) {
		now = units_now();
		begin(w, now);
		if (is_over(w, now)) {
			close_waiting(w);
			if (TAILQ_EMPTY(&w->active) || w->plan->stop)
				break;
		}
		n = epoll_wait(w->epfd, ev, EVENTS, time_to_sleep(w, now));
		for (i = 0; i < n; i++)
			if (ev[i].data.ptr != NULL)
				conn_event(w, ev[i].data.ptr, ev[i].events);
		expire(w, units_now());
	}
	w->ended = units_now();
	eventfd_write(w->done, 1);
	return NULL;
}
