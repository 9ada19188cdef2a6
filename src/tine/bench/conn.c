/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

#include "tine/bench/conn.h"
#include "tine/dial.h"
#include "tine/units.h"

/* Below it a request is one segment, which Nagle's algorithm never holds. */
#define SMALL 1024

static enum bench_error
kind_of(int error)
{
	switch (error) {
	case ECONNREFUSED:
	case ENOENT: /* a Unix path */
		return ERROR_REFUSED;
	case ECONNRESET:
	case ECONNABORTED:
	case EPIPE:
		return ERROR_RESET;
	case ETIMEDOUT:
	case EAGAIN: /* a Unix listener whose queue is full */
		return ERROR_TIMED_OUT;
	default:
		return ERROR_OTHER;
	}
}

void
conn_fail(struct worker *w, struct conn *c, enum bench_error kind, int error)
{
	tally_add(&w->tally.errors[kind], 1);
	if ((kind == ERROR_RESET || kind == ERROR_SHORT) && c->asked <= 1 &&
	    c->received == 0)
		tally_add(&w->tally.unanswered, 1);
	if (kind == ERROR_OTHER)
		atomic_store_explicit(&w->tally.other, error,
		    memory_order_relaxed);
	conn_close(w, c);
}

void
conn_fail_errno(struct worker *w, struct conn *c, int error)
{
	conn_fail(w, c, kind_of(error), error);
}

void
conn_close(struct worker *w, struct conn *c)
{
	if (c->fd != -1)
		close(c->fd);
	c->fd = -1;
	if (c->state == CONN_WAITING)
		TAILQ_REMOVE(&w->waiting, c, entry);
	else
		TAILQ_REMOVE(&w->active, c, entry);
	c->state = CONN_FREE;
	TAILQ_INSERT_HEAD(&w->unused, c, entry);
}

void
conn_step(struct worker *w, struct conn *c, enum conn_state state, int64_t now)
{
	if (c->state == CONN_WAITING)
		TAILQ_REMOVE(&w->waiting, c, entry);
	else if (c->state == CONN_FREE)
		TAILQ_REMOVE(&w->unused, c, entry);
	else
		TAILQ_REMOVE(&w->active, c, entry);
	c->state = state;
	c->expiry = now + w->plan->peer.timeout;
	if (state == CONN_WAITING)
		TAILQ_INSERT_TAIL(&w->waiting, c, entry);
	else
		TAILQ_INSERT_TAIL(&w->active, c, entry);
}

bool
conn_is_last(const struct plan *p, const struct conn *c)
{
	return p->requests != 0 && c->asked >= p->requests;
}

void
conn_succeed(struct worker *w, int64_t took)
{
	hist_add(w->request, (uint64_t)(took > 0 ? took : 0));
	tally_add(&w->tally.requests, 1);
}

void
conn_connected(struct worker *w, struct conn *c)
{
	const struct plan *p = w->plan;
	int64_t now = units_now();

	hist_add(w->connect, (uint64_t)(now - c->began));
	tally_add(&w->tally.connections, 1);
	conn_step(w, c, CONN_ASKING, now);
	/* an open loop counts from when the request was due */
	if (p->rate == 0)
		c->due = now;
	if (p->request.size == 0 && p->ending == ENDING_HALF)
		shutdown(c->fd, SHUT_WR);
	if (p->request.kind == REQUEST_CONNECT) {
		conn_succeed(w, p->rate == 0 ? now - c->began : now - c->due);
		conn_close(w, c);
	}
}

int
conn_push(struct worker *w, struct conn *c)
{
	const struct plan *p = w->plan;
	const char *piece;
	size_t size;
	ssize_t n;

	while (c->sent < p->request.size) {
		piece = request_at(&p->request, c->offset, c->sent, &size);
		n = send(c->fd, piece, size, MSG_NOSIGNAL);
		if (n == -1 && errno == EAGAIN)
			return 0;
		if (n == -1) {
			conn_fail_errno(w, c, errno);
			return -1;
		}
		if (c->state == CONN_CONNECTING)
			conn_connected(w, c);
		c->sent += (uint64_t)n;
		tally_add(&w->tally.sent, (uint64_t)n);
	}
	if (p->ending == ENDING_HALF && c->state == CONN_ASKING &&
	    conn_is_last(p, c))
		shutdown(c->fd, SHUT_WR);
	return 0;
}

static bool
watch(struct worker *w, struct conn *c, int op)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET };

	if (c->wants_out)
		ev.events |= EPOLLOUT;
	ev.data.ptr = c;
	return epoll_ctl(w->epfd, op, c->fd, &ev) == 0;
}

/* After a push that could not send all: wait until more can be sent. */
static void
watch_out(struct worker *w, struct conn *c)
{
	if (c->sent == w->plan->request.size || c->wants_out)
		return;
	c->wants_out = true;
	if (!watch(w, c, EPOLL_CTL_MOD))
		conn_fail_errno(w, c, errno);
}

static void
ask(struct worker *w, struct conn *c)
{
	c->offset = request_offset(&w->plan->request,
	    w->issued * w->plan->threads + w->index);
	c->sent = 0;
	c->received = 0;
	c->asked++;
}

void
conn_ask(struct worker *w, struct conn *c, int64_t due)
{
	c->due = due;
	conn_step(w, c, CONN_ASKING, units_now());
	ask(w, c);
	if (conn_push(w, c) == 0)
		watch_out(w, c);
}

/*
 * Whether a connect failed for lack of a free local port, or of a place in a
 * Unix listener's queue: then it is retried, up to the timeout.
 */
static bool
must_wait(struct worker *w, const struct conn *c, int error)
{
	if (error != EADDRNOTAVAIL && error != EAGAIN) {
		w->waits_since = 0;
		return false;
	}
	tally_add(&w->tally.waits, 1);
	if (w->waits_since == 0)
		w->waits_since = c->began;
	return c->began - w->waits_since < w->plan->peer.timeout;
}

/* The socket; 0, or an errno. */
static int
start(struct worker *w, struct conn *c)
{
	const struct plan *p = w->plan;
	struct addr from;
	int on = 1;

	c->fd = socket(p->ep.ss.ss_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd == -1)
		return errno;
	if (p->ep.ss.ss_family != AF_UNIX &&
	    (p->requests != 1 || p->request.size > SMALL))
		setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (p->local.n > 0) {
		from = local_address(&p->local,
		    w->opened * p->threads + w->index);
		if (dial_bind(c->fd, &from) == -1)
			return errno;
	}
	return 0;
}

static int
reach(const struct worker *w, const struct conn *c)
{
	const struct endpoint *ep = &w->plan->ep;

	if (connect(c->fd, (const struct sockaddr *)&ep->ss, ep->len) == 0 ||
	    errno == EINPROGRESS)
		return 0;
	return errno;
}

bool
conn_open(struct worker *w, struct conn *c, int64_t due)
{
	const struct plan *p = w->plan;
	int error;

	c->began = units_now();
	c->due = due;
	c->asked = 0;
	conn_step(w, c, CONN_CONNECTING, c->began);
	w->opened++;
	if ((error = start(w, c)) == 0) {
		error = reach(w, c);
		if (must_wait(w, c, error)) {
			conn_close(w, c);
			return false;
		}
	}
	ask(w, c);
	if (error != 0) {
		conn_fail_errno(w, c, error);
		return true;
	}
	if (conn_push(w, c) == -1)
		return true;
	c->wants_out = c->state == CONN_CONNECTING || c->sent < p->request.size;
	if (!watch(w, c, EPOLL_CTL_ADD))
		conn_fail_errno(w, c, errno);
	return true;
}
