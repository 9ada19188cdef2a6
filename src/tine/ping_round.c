/* SPDX-License-Identifier: ISC */
/*
 * One request to a peer, and its response, within a deadline.  After anything
 * but a correct response the connection is closed: what may still arrive on it
 * is not the response to a later request.
 */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "tine/dial.h"
#include "tine/ping.h"
#include "tine/interrupt.h"
#include "tine/units.h"

static enum verdict
failed(struct round *r, enum verdict v, const char *step, int error)
{
	if (error == ECANCELED)
		return VERDICT_STOPPED;
	r->step = step;
	r->error = error;
	return v;
}

/* Waits; 0, or an error: ETIMEDOUT, ECANCELED when the run is to end. */
static int
wait_for(const struct ping *p, short events, int64_t until)
{
	struct pollfd pfd = { .fd = p->sock, .events = events };
	struct timespec ts;
	int64_t now, end;
	int n;

	end = p->deadline != 0 && p->deadline < until ? p->deadline : until;
	for (;;) {
		if (interrupted())
			return ECANCELED;
		if ((now = units_now()) >= end)
			return end == until ? ETIMEDOUT : ECANCELED;
		units_timespec(end - now, &ts);
		n = ppoll(&pfd, 1, &ts, interrupt_mask());
		if (n == 1)
			return 0;
	}
}

static enum verdict
connect_first(struct ping *p, struct round *r)
{
	struct dial d = { .target = &p->peer.target, .mask = interrupt_mask() };
	int64_t left;

	d.timeout = p->peer.timeout;
	if (p->deadline != 0) {
		left = p->deadline - units_now();
		d.timeout = left < d.timeout ? left : d.timeout;
	}
	if (p->peer.bound)
		d.local = &p->peer.local.addr;
	p->sock = dial_connect(&d);
	r->ep = d.peer;
	if (p->sock == -1) {
		if (errno == ETIMEDOUT && d.timeout < p->peer.timeout)
			return VERDICT_STOPPED;
		return failed(r, VERDICT_LOST, d.step, errno);
	}
	r->connect = d.took;
	return VERDICT_ANSWERED;
}

/* What io_read returned is n. */
static enum verdict
judge(const struct ping *p, struct round *r, const char *buf, ssize_t n)
{
	if (n == 0 && p->request.kind == REQUEST_EOF)
		return VERDICT_ANSWERED;
	if (n == 0)
		return failed(r,
		    r->received > 0 ? VERDICT_CORRUPT : VERDICT_LOST,
		    "closed by the peer", 0);
	if (request_check(&p->request, request_offset(&p->request, r->number),
		r->received, buf, (size_t)n) == RESPONSE_WRONG)
		return failed(r, VERDICT_CORRUPT, "wrong response", 0);
	r->received += (uint64_t)n;
	return VERDICT_ANSWERED;
}

static bool
whole(const struct ping *p, const struct round *r, const char *buf, size_t n)
{
	if (p->request.kind == REQUEST_ECHO)
		return r->received == p->request.size;
	return p->request.kind == REQUEST_LINE && buf[n - 1] == '\n';
}

/* Sends and receives at the same time: an echo may be larger than buffers. */
static enum verdict
exchange(struct ping *p, struct round *r, int64_t until)
{
	static char buf[256 * 1024];
	uint64_t sent = 0;
	const char *piece;
	enum verdict v;
	size_t size;
	ssize_t n;
	int error;

	for (;;) {
		if (sent < p->request.size) {
			piece = request_at(&p->request,
			    request_offset(&p->request, r->number), sent,
			    &size);
			n = send(p->sock, piece, size, MSG_NOSIGNAL);
			if (n == -1 && errno != EAGAIN)
				return failed(r, VERDICT_LOST, "write", errno);
			sent += n > 0 ? (uint64_t)n : 0;
		}
		error = wait_for(p,
		    sent < p->request.size ? POLLIN | POLLOUT : POLLIN, until);
		if (error != 0)
			return failed(r, VERDICT_LOST, "read", error);
		n = io_read(p->sock, buf, sizeof(buf));
		if (n == -1 && errno == EAGAIN)
			continue;
		if (n == -1)
			return failed(r, VERDICT_LOST, "read", errno);
		v = judge(p, r, buf, n);
		if (v != VERDICT_ANSWERED || n == 0 ||
		    whole(p, r, buf, (size_t)n))
			return v;
	}
}

enum verdict
ping_round(struct ping *p, struct round *r)
{
	enum verdict v = VERDICT_ANSWERED;
	int64_t began;

	r->connect = -1;
	if (p->sock == -1)
		v = connect_first(p, r);
	began = units_now();
	if (v == VERDICT_ANSWERED && p->request.kind != REQUEST_CONNECT)
		v = exchange(p, r, began + p->peer.timeout);
	r->answer = units_now() - began;
	if (p->sock != -1 && (p->anew || v != VERDICT_ANSWERED)) {
		close(p->sock);
		p->sock = -1;
	}
	return v;
}
