/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>

#include "tine/bench/conn.h"
#include "tine/bench/receive.h"
#include "tine/units.h"

/* The response is complete: count it, then continue or end. */
static void
answered(struct worker *w, struct conn *c)
{
	const struct plan *p = w->plan;
	int64_t now = units_now(), due;

	if (conn_is_last(p, c) && p->ending == ENDING_HALF) {
		c->took = now - c->due;
		conn_step(w, c, CONN_CLOSING, now);
		return;
	}
	conn_succeed(w, now - c->due);
	if (conn_is_last(p, c))
		conn_close(w, c);
	else if (worker_take(w, now, &due))
		conn_ask(w, c, p->rate == 0 ? now : due);
	else
		conn_step(w, c, CONN_WAITING, now);
}

/* The peer has closed. */
static void
at_eof(struct worker *w, struct conn *c)
{
	if (c->state == CONN_CLOSING || w->plan->request.kind == REQUEST_EOF) {
		if (c->state != CONN_CLOSING)
			c->took = units_now() - c->due;
		conn_succeed(w, c->took);
		conn_close(w, c);
	} else if (c->state == CONN_WAITING)
		conn_close(w, c);
	else
		conn_fail(w, c, ERROR_SHORT, 0);
}

/* Between requests a failure of the connection is not an error. */
static void
failed(struct worker *w, struct conn *c, int error)
{
	if (c->state == CONN_WAITING)
		conn_close(w, c);
	else
		conn_fail_errno(w, c, error);
}

/* Takes n more bytes; false when that was the end of the connection. */
static bool
take(struct worker *w, struct conn *c, size_t n)
{
	enum response response = RESPONSE_WRONG;

	tally_add(&w->tally.received, n);
	if (c->state == CONN_ASKING)
		response = request_check(&w->plan->request, c->offset,
		    c->received, w->buf, n);
	c->received += n;
	if (response == RESPONSE_WRONG)
		conn_fail(w, c, ERROR_CORRUPT, 0);
	else if (response == RESPONSE_WHOLE)
		answered(w, c);
	return c->state != CONN_FREE;
}

/* Reads until there is no more; without RDHUP a short read shows that. */
static void
pull(struct worker *w, struct conn *c, bool hangup)
{
	ssize_t n;

	for (;;) {
		n = recv(c->fd, w->buf, WORKER_BUFFER, 0);
		if (n == -1 && errno == EAGAIN)
			return;
		if (n == -1) {
			failed(w, c, errno);
			return;
		}
		if (n == 0) {
			at_eof(w, c);
			return;
		}
		if (!take(w, c, (size_t)n))
			return;
		if (n < WORKER_BUFFER && !hangup)
			return;
	}
}

void
receive_event(struct worker *w, struct conn *c, uint32_t events)
{
	socklen_t len = sizeof(int);
	int error = 0;

	if (c->state == CONN_CONNECTING) {
		if ((events & (EPOLLERR | EPOLLHUP)) != 0)
			getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len);
		if (error != 0) {
			conn_fail_errno(w, c, error);
			return;
		}
		if (w->plan->request.size == 0)
			conn_connected(w, c);
	}
	if (c->state == CONN_FREE)
		return;
	if ((events & EPOLLOUT) != 0 && c->sent < w->plan->request.size &&
	    conn_push(w, c) == -1)
		return;
	if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
		pull(w, c, (events & (EPOLLRDHUP | EPOLLHUP)) != 0);
}
