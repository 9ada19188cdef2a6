/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/epoll.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "base/io.h"
#include "ipc/watch.h"

#define FAILURES_MAX 16

int
watch_open(struct watch_set *set)
{
	set->epoll = epoll_create1(EPOLL_CLOEXEC);
	return set->epoll == -1 ? -1 : 0;
}

int
watch_add(struct watch_set *set, struct watch *w, int fd,
    void (*ready)(struct watch *w))
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = w };

	w->set = set;
	w->fd = fd;
	w->failed = 0;
	w->ready = ready;
	if (epoll_ctl(set->epoll, EPOLL_CTL_ADD, fd, &ev) == -1) {
		io_close(fd);
		w->fd = -1;
		return -1;
	}
	return 0;
}

int
watch_write(struct watch *w)
{
	struct epoll_event ev = { .events = EPOLLOUT, .data.ptr = w };

	return epoll_ctl(w->set->epoll, EPOLL_CTL_MOD, w->fd, &ev);
}

void
watch_edge(struct watch *w)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET, .data.ptr = w };

	epoll_ctl(w->set->epoll, EPOLL_CTL_MOD, w->fd, &ev);
}

void
watch_close(struct watch *w)
{
	if (w->fd == -1)
		return;
	/* close() is not enough: main has the same pipe open. */
	epoll_ctl(w->set->epoll, EPOLL_CTL_DEL, w->fd, NULL);
	close(w->fd);
	w->fd = -1;
}

bool
watch_may_fail(struct watch *w, bool failed)
{
	w->failed = failed ? w->failed + 1 : 0;
	return w->failed < FAILURES_MAX;
}

int
watch_wait(struct watch_set *set, int most, int timeout, const sigset_t *open)
{
	struct epoll_event ev[WATCH_MOST];
	struct watch *w;
	int i, n;

	/* After an error the caller waits again. */
	n = epoll_pwait(set->epoll, ev, most, timeout, open);
	for (i = 0; i < n; i++) {
		w = ev[i].data.ptr;
		w->ready(w);
	}
	return n < 0 ? 0 : n;
}
