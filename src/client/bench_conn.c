/* SPDX-License-Identifier: ISC */
/*
 * The life of a connection under load, in as few system calls as it takes:
 * socket, connect, send (which over loopback finds the connection made),
 * epoll_ctl, recv, close.  Registered once, edge-triggered; for EPOLLOUT only
 * where something is left to send.
 */
#include "config.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

#include "client/bench.h"
#include "client/units.h"

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
		return ERROR_TIMED_OUT;
	default:
		return ERROR_OTHER;
	}
}

static void
fail(struct worker *w, struct conn *c, enum bench_error kind, int error)
{
	tally_add(&w->tally.errors[kind], 1);
	if (kind == ERROR_OTHER)
		atomic_store_explicit(&w->tally.other, error,
		    memory_order_relaxed);
	conn_close(w, c);
}

static void
fail_errno(struct worker *w, struct conn *c, int error)
{
	fail(w, c, kind_of(error), error);
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
conn_expire(struct worker *w, struct conn *c)
{
	fail(w, c, ERROR_TIMED_OUT, ETIMEDOUT);
}

/* A new step begins: the connection goes to the end of those that expire. */
static void
step(struct worker *w, struct conn *c, enum conn_state state, int64_t now)
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

static bool
is_last(const struct plan *p, const struct conn *c)
{
	return p->requests != 0 && c->asked >= p->requests;
}

/* An answer is whole and right. */
static void
succeed(struct worker *w, int64_t took)
{
	hist_add(w->request, (uint64_t)(took > 0 ? took : 0));
	tally_add(&w->tally.requests, 1);
}

static void
connected(struct worker *w, struct conn *c)
{
	const struct plan *p = w->plan;
	int64_t now = units_now();

	hist_add(w->connect, (uint64_t)(now - c->began));
	tally_add(&w->tally.connections, 1);
	step(w, c, CONN_ASKING, now);
	/* an open loop counts from when the request was due */
	if (p->rate == 0)
		c->due = now;
	if (p->question.size == 0 && p->ending == ENDING_HALF)
		shutdown(c->fd, SHUT_WR);
	if (p->question.kind == QUESTION_CONNECT) {
		succeed(w, p->rate == 0 ? now - c->began : now - c->due);
		conn_close(w, c);
	}
}

/*
 * Sends what is left of the request.  The first success of it says that the
 * connection is made.  0, or -1 when the connection is gone.
 */
static int
push(struct worker *w, struct conn *c)
{
	const struct plan *p = w->plan;
	const char *piece;
	size_t size;
	ssize_t n;

	while (c->sent < p->question.size) {
		piece = question_at(&p->question, c->offset, c->sent, &size);
		n = send(c->fd, piece, size, MSG_NOSIGNAL);
		if (n == -1 && errno == EAGAIN)
			return 0;
		if (n == -1) {
			fail_errno(w, c, errno);
			return -1;
		}
		if (c->state == CONN_CONNECTING)
			connected(w, c);
		c->sent += (uint64_t)n;
		tally_add(&w->tally.sent, (uint64_t)n);
	}
	if (p->ending == ENDING_HALF && c->state == CONN_ASKING &&
	    is_last(p, c))
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

/* After a push that could not send all: hear of it when more can be sent. */
static void
watch_out(struct worker *w, struct conn *c)
{
	if (c->sent == w->plan->question.size || c->wants_out)
		return;
	c->wants_out = true;
	if (!watch(w, c, EPOLL_CTL_MOD))
		fail_errno(w, c, errno);
}

static void
ask(struct worker *w, struct conn *c)
{
	c->offset = question_offset(&w->plan->question,
	    w->issued * w->plan->threads + w->index);
	c->sent = 0;
	c->received = 0;
	c->asked++;
}

void
conn_ask(struct worker *w, struct conn *c, int64_t due)
{
	c->due = due;
	step(w, c, CONN_ASKING, units_now());
	ask(w, c);
	if (push(w, c) == 0)
		watch_out(w, c);
}

/* The socket, on its way; 0, or an errno. */
static int
start(struct worker *w, struct conn *c)
{
	const struct plan *p = w->plan;
	int on = 1;

	c->fd = socket(p->ep.ss.ss_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd == -1)
		return errno;
	if (p->ep.ss.ss_family != AF_UNIX &&
	    (p->requests != 1 || p->question.size > SMALL))
		setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (p->sources.n > 0 &&
	    sources_bind(&p->sources, c->fd,
		w->opened * p->threads + w->index) == -1)
		return errno;
	if (connect(c->fd, (const struct sockaddr *)&p->ep.ss, p->ep.len) ==
		-1 &&
	    errno != EINPROGRESS)
		return errno;
	return 0;
}

bool
conn_open(struct worker *w, struct conn *c, int64_t due)
{
	const struct plan *p = w->plan;
	int error;

	c->began = units_now();
	c->due = due;
	c->asked = 0;
	step(w, c, CONN_CONNECTING, c->began);
	w->opened++;
	error = start(w, c);
	/* no free port, or no place in a Unix listener's queue */
	if (error == EADDRNOTAVAIL || error == EAGAIN) {
		tally_add(&w->tally.waits, 1);
		conn_close(w, c);
		return false;
	}
	ask(w, c);
	if (error != 0) {
		fail_errno(w, c, error);
		return true;
	}
	if (push(w, c) == -1)
		return true;
	c->wants_out = c->state == CONN_CONNECTING ||
	    c->sent < p->question.size;
	if (!watch(w, c, EPOLL_CTL_ADD))
		fail_errno(w, c, errno);
	return true;
}

/* The answer is whole: count it, then go on, or end. */
static void
answered(struct worker *w, struct conn *c)
{
	const struct plan *p = w->plan;
	int64_t now = units_now(), due;

	if (is_last(p, c) && p->ending == ENDING_HALF) {
		c->took = now - c->due;
		step(w, c, CONN_CLOSING, now);
		return;
	}
	succeed(w, now - c->due);
	if (is_last(p, c))
		conn_close(w, c);
	else if (worker_take(w, now, &due))
		conn_ask(w, c, p->rate == 0 ? now : due);
	else
		step(w, c, CONN_WAITING, now);
}

/* The peer has closed. */
static void
at_eof(struct worker *w, struct conn *c)
{
	if (c->state == CONN_CLOSING ||
	    w->plan->question.kind == QUESTION_EOF) {
		if (c->state != CONN_CLOSING)
			c->took = units_now() - c->due;
		succeed(w, c->took);
		conn_close(w, c);
	} else if (c->state == CONN_WAITING)
		conn_close(w, c);
	else
		fail(w, c, ERROR_SHORT, 0);
}

/* Takes n more bytes; false when that was the end of the connection. */
static bool
take(struct worker *w, struct conn *c, size_t n)
{
	enum answer answer = ANSWER_WRONG;

	tally_add(&w->tally.received, n);
	if (c->state == CONN_ASKING)
		answer = question_judge(&w->plan->question, c->offset,
		    c->received, w->buf, n);
	c->received += n;
	if (answer == ANSWER_WRONG)
		fail(w, c, ERROR_CORRUPT, 0);
	else if (answer == ANSWER_WHOLE)
		answered(w, c);
	return c->state != CONN_FREE;
}

/* Reads until there is nothing more; a short read says so, without RDHUP. */
static void
pull(struct worker *w, struct conn *c, bool hangup)
{
	ssize_t n;

	for (;;) {
		n = recv(c->fd, w->buf, BENCH_BUFFER, 0);
		if (n == -1) {
			if (errno != EAGAIN)
				fail_errno(w, c, errno);
			return;
		}
		if (n == 0) {
			at_eof(w, c);
			return;
		}
		if (!take(w, c, (size_t)n))
			return;
		if (n < BENCH_BUFFER && !hangup)
			return;
	}
}

void
conn_event(struct worker *w, struct conn *c, uint32_t events)
{
	socklen_t len = sizeof(int);
	int error = 0;

	if (c->state == CONN_CONNECTING) {
		if ((events & (EPOLLERR | EPOLLHUP)) != 0)
			getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len);
		if (error != 0) {
			fail_errno(w, c, error);
			return;
		}
		if (w->plan->question.size == 0)
			connected(w, c);
	}
	if (c->state == CONN_FREE)
		return;
	if ((events & EPOLLOUT) != 0 && c->sent < w->plan->question.size &&
	    push(w, c) == -1)
		return;
	if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
		pull(w, c, (events & (EPOLLRDHUP | EPOLLHUP)) != 0);
}
