/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/accept.h"
#include "acceptor/ends.h"
#include "acceptor/events.h"
#include "acceptor/limits.h"
#include "acceptor/orders.h"
#include "acceptor/reap.h"
#include "acceptor/start.h"
#include "base/clock.h"
#include "base/sys.h"
#include "ipc/control.h"

#define BUDGET 64 /* connections of a listener in a round of the loop */

/* Gives back what the limits have counted for a connection. */
static void
give_back(struct acceptor *a, const struct pending *c)
{
	if (c->token)
		limits_not_started(a->board, a->settings);
	if (c->counted)
		limits_source_left(a->board, a->settings, &c->source);
	if (c->instance)
		reap_leave(a);
}

/*
 * Checks limits before accept; if full, clients stay in the backlog.  A token
 * and an instance are taken here: if they were only checked, all acceptors of
 * the service would see the same last one.
 */
static bool
reserve(struct acceptor *a, struct pending *c)
{
	const struct settings *s = a->settings;
	int64_t wait_ms = 0;

	if (s->when_full != WHEN_FULL_QUEUE)
		return true;
	if (s->cps.rate != 0)
		wait_ms = limits_start(a->board, s, clock_us());
	c->token = wait_ms == 0;
	if (!c->token) {
		a->rate_until = clock_ms() + wait_ms;
		return false;
	}
	c->instance = limits_enter(a->board, s);
	a->full = !c->instance;
	if (a->full)
		give_back(a, c);
	return c->instance;
}

/* Counts it by the limits of sessions. */
static enum refusal
count(struct acceptor *a, struct pending *c)
{
	if (!c->instance)
		c->instance = limits_enter(a->board, a->settings);
	if (!c->instance)
		return REFUSED_INSTANCES;
	c->source = c->peer;
	return limits_source(a->board, a->settings, c->now_us, &c->source,
	    &c->nth);
}

/*
 * After accept: the reason to refuse it, or REFUSED_NOT; then it is counted by
 * all limits.  The service's token is taken last or given back, so that a
 * source that is refused does not use up those of others.
 */
static enum refusal
admit(struct acceptor *a, struct pending *c)
{
	const struct settings *s = a->settings;
	enum refusal why;

	if (!limits_allow(s, &c->peer))
		return REFUSED_ACCESS;
	why = count(a, c);
	if (why == REFUSED_INSTANCES || why == REFUSED_PER_SOURCE) {
		/* Sessions that have ended since the last round must not
		 * count. */
		ends_read(a, c->now);
		why = count(a, c);
	}
	if (why != REFUSED_NOT)
		return why;
	c->counted = true;
	if (!c->token)
		c->token = limits_start(a->board, s, c->now_us) == 0;
	return c->token ? REFUSED_NOT : REFUSED_RATE;
}

/* Sends the configured message, if any, and closes without a reset. */
static void
refuse(struct acceptor *a, const struct pending *c, enum refusal why)
{
	struct settings_ref msg = a->settings->refuse_message;

	give_back(a, c);
	event_refused(a, why, &c->peer, c->now);
	if (msg.count == 0 || why == REFUSED_ACCESS) {
		close(c->fd);
		return;
	}
	send(c->fd, settings_bytes(a->settings, msg), msg.count,
	    MSG_DONTWAIT | MSG_NOSIGNAL);
	linger_add(&a->linger, c->fd, c->now);
}

static void
pause_listener(struct acceptor *a, unsigned int listener)
{
	a->listener[listener].paused = clock_ms() + PAUSE_MS;
}

/* The limits behind a resource error of accept(2), for the log. */
static const char *
limit_of(int error)
{
	switch (error) {
	case EMFILE:
		return "RLIMIT_NOFILE";
	case ENFILE:
		return "fs.file-max";
	case ENOBUFS:
	case ENOMEM:
		return "memory, net.ipv4.tcp_mem";
	default:
		return NULL;
	}
}

/* Main logs it and marks the listener; without main it is logged here. */
static void
give_up(struct acceptor *a, unsigned int listener, int error)
{
	const struct settings_listener *l = &a->settings->listener[listener];
	char msg[CONTROL_TEXT_MAX], name[ADDR_TEXT_MAX];

	snprintf(msg, sizeof(msg), "listener %u is given up: %s: accept: %s",
	    listener,
	    l->local.family == AF_UNIX ?
		l->path :
		addr_format(&l->local, name, sizeof(name)),
	    strerror(error));
	if (control_send(SETTINGS_FD_CONTROL, CONTROL_GIVEN_UP,
		(int32_t)listener, msg) == -1)
		event_error(a, msg);
	a->listener[listener].broken = a->listener[listener].fd;
	a->listener[listener].fd = -1;
}

/* Whether to continue with this listener after accept failed. accept(2) also
 * returns errors of connections that have ended. */
static bool
accept_failed(struct acceptor *a, unsigned int listener, int error)
{
	switch (error) {
	case EAGAIN:
		return false;
	case EINTR:
	case ECONNABORTED:
	case EPROTO:
	case ENETDOWN:
	case ENONET:
	case EHOSTDOWN:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case ENOPROTOOPT:
	case EOPNOTSUPP:
	case EPERM:
	case ETIMEDOUT:
		return true;
	case EBADF:
	case EINVAL:
	case ENOTSOCK:
		give_up(a, listener, error);
		return false;
	default:
		event_resource(a, RESOURCE_ACCEPT, "accept4", limit_of(error),
		    error);
		pause_listener(a, listener);
		return false;
	}
}

/* The peer's address; of a Unix peer, its credentials. */
static void
identify(struct pending *c, const struct sockaddr_storage *ss)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	addr_from_sockaddr((const struct sockaddr *)ss, &c->peer);
	if (c->peer.family != AF_UNIX)
		return;
	if (getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1)
		return;
	c->peer.cred.uid = cred.uid;
	c->peer.cred.gid = cred.gid;
	c->peer.cred.pid = cred.pid;
}

static void
serve(struct acceptor *a, struct pending *c)
{
	int error;

	if (start_session(a, c) == 0)
		return;
	error = errno;
	give_back(a, c);
	event_refused(a, REFUSED_FORK, &c->peer, c->now);
	event_resource(a, RESOURCE_FORK, "fork",
	    "RLIMIT_NPROC, kernel.threads-max, kernel.pid_max, pids.max",
	    error);
	linger_add(&a->linger, c->fd, c->now);
	pause_listener(a, c->listener);
}

/* Accepts one connection.  Whether to continue. */
static bool
accept_one(struct acceptor *a, unsigned int listener)
{
	struct pending c = { .listener = listener };
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	enum refusal why;

	/* Sessions may be counted in sections that are not mapped yet. */
	if (scoreboard_outgrown(a->board)) {
		orders_take(a, clock_ms());
		if (a->listener[listener].fd == -1)
			return false;
	}
	if (!reserve(a, &c))
		return false;
	ss.ss_family = AF_UNSPEC;
	c.fd = sys_accept(a->listener[listener].fd, (struct sockaddr *)&ss,
	    &len);
	if (c.fd < 0) {
		give_back(a, &c);
		return accept_failed(a, listener, -c.fd);
	}
	atomic_fetch_add(&a->section->n.accepted, 1);
	c.now_us = clock_us();
	c.now = c.now_us / 1000;
	identify(&c, &ss);
	if ((why = admit(a, &c)) != REFUSED_NOT)
		refuse(a, &c, why);
	else
		serve(a, &c);
	return a->listener[listener].paused == 0;
}

void
accept_some(struct acceptor *a, unsigned int listener)
{
	uint64_t before = atomic_load(&a->section->n.accepted);
	int n;

	a->listener[listener].paused = 0;
	for (n = 0; n < BUDGET; n++)
		if (!accept_one(a, listener))
			return;
	/* Only errors of ended connections: slow down. */
	if (atomic_load(&a->section->n.accepted) == before)
		pause_listener(a, listener);
}
