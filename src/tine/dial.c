/* SPDX-License-Identifier: ISC */
/*
 * Happy eyeballs.  Each endpoint has a row in a table of attempts.  A refusal
 * starts the next attempt at once, silence does so after 250 ms.
 */
#include "config.h"

#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "tine/dial.h"
#include "tine/units.h"

#define HEAD_START (250 * NS_PER_MS)

struct race {
	struct dial *d;
	struct pollfd pfd[TARGET_MAX];
	int64_t began[TARGET_MAX];
	size_t started;
	size_t running;
	int error; /* the latest failure's */
};

static void
attempt_failed(struct race *r, size_t i, const char *step, int error)
{
	if (r->pfd[i].fd != -1) {
		close(r->pfd[i].fd);
		r->pfd[i].fd = -1;
		r->running--;
	}
	r->error = error;
	r->d->step = step;
	r->d->peer = &r->d->target->ep[i];
}

int
dial_bind(int fd, const struct addr *local)
{
	struct sockaddr_storage ss;
	socklen_t len;
	int on = 1;

	/* connect chooses the port, and knows the other end */
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	len = addr_to_sockaddr(local, &ss);
	return bind(fd, (struct sockaddr *)&ss, len);
}

static void
attempt_start(struct race *r)
{
	const struct endpoint *ep;
	size_t i;
	int fd, on = 1;

	i = r->started++;
	ep = &r->d->target->ep[i];
	r->pfd[i] = (struct pollfd) { .fd = -1, .events = POLLOUT };
	r->began[i] = units_now();
	fd = socket(ep->ss.ss_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1) {
		attempt_failed(r, i, "socket", errno);
		return;
	}
	r->pfd[i].fd = fd;
	r->running++;
	if (ep->ss.ss_family != AF_UNIX)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (r->d->local != NULL && dial_bind(fd, r->d->local) == -1) {
		attempt_failed(r, i, "bind", errno);
		return;
	}
	if (connect(fd, (const struct sockaddr *)&ep->ss, ep->len) == -1 &&
	    errno != EINPROGRESS)
		attempt_failed(r, i, "connect", errno);
}

/* The socket of an attempt that has succeeded, or -1. */
static int
look(struct race *r)
{
	socklen_t len;
	size_t i;
	int error;

	for (i = 0; i < r->started; i++) {
		if (r->pfd[i].fd == -1 || r->pfd[i].revents == 0)
			continue;
		len = sizeof(error);
		if (getsockopt(r->pfd[i].fd, SOL_SOCKET, SO_ERROR, &error,
			&len) == -1)
			error = errno;
		if (error == 0) {
			r->d->peer = &r->d->target->ep[i];
			r->d->took = units_now() - r->began[i];
			return r->pfd[i].fd;
		}
		attempt_failed(r, i, "connect", error);
	}
	return -1;
}

/* False when a signal came that is to end the wait. */
static bool
wait_for_any(struct race *r, int64_t until)
{
	struct timespec ts;
	size_t i;

	units_timespec(until - units_now(), &ts);
	if (ppoll(r->pfd, r->started, &ts, r->d->mask) != -1)
		return true;
	for (i = 0; i < r->started; i++)
		r->pfd[i].revents = 0;
	return r->d->mask == NULL;
}

static void
give_up(struct race *r, int error)
{
	r->error = error;
	r->d->step = "connect";
	r->d->peer = &r->d->target->ep[0];
}

static void
close_others(struct race *r, int winner)
{
	size_t i;

	for (i = 0; i < r->started; i++)
		if (r->pfd[i].fd != -1 && r->pfd[i].fd != winner)
			close(r->pfd[i].fd);
}

int
dial_connect(struct dial *d)
{
	struct race r = { .d = d };
	int64_t deadline, next, until;
	int fd;

	deadline = units_now() + d->timeout;
	next = 0;
	fd = -1;
	while (fd == -1) {
		if (r.started < d->target->n &&
		    (r.running == 0 || units_now() >= next)) {
			attempt_start(&r);
			next = units_now() + HEAD_START;
			continue;
		}
		if (r.running == 0)
			break;
		if (units_now() >= deadline) {
			give_up(&r, ETIMEDOUT);
			break;
		}
		until = r.started < d->target->n && next < deadline ? next :
								      deadline;
		if (!wait_for_any(&r, until)) {
			give_up(&r, ECANCELED);
			break;
		}
		fd = look(&r);
	}
	close_others(&r, fd);
	if (fd == -1)
		errno = r.error;
	return fd;
}
