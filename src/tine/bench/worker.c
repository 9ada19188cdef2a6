/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>

#include <stdlib.h>
#include <unistd.h>

#include "tine/bench/worker.h"

const char *const worker_error_names[ERROR_KINDS] = {
	[ERROR_REFUSED] = "refused",
	[ERROR_RESET] = "reset",
	[ERROR_TIMED_OUT] = "timed_out",
	[ERROR_CORRUPT] = "corrupt",
	[ERROR_SHORT] = "short",
	[ERROR_OTHER] = "other",
};

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
	w->buf = malloc(WORKER_BUFFER);
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
	free(w->connect);
	free(w->request);
}

int64_t
worker_due(const struct worker *w, int64_t now)
{
	const struct plan *p = w->plan;
	double n = (double)(w->issued * p->threads + w->index);

	if (p->rate == 0)
		return now;
	return p->start + (int64_t)(n * 1e9 / (double)p->rate);
}

bool
worker_is_over(const struct worker *w, int64_t now)
{
	return w->quota == 0 || (w->plan->end != 0 && now >= w->plan->end) ||
	    atomic_load_explicit(&w->plan->stop, memory_order_relaxed);
}

bool
worker_take(struct worker *w, int64_t now, int64_t *due)
{
	if (worker_is_over(w, now) || (*due = worker_due(w, now)) > now)
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
