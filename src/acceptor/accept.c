/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/accept.h"
#include "acceptor/access.h"
#include "acceptor/events.h"
#include "acceptor/limits.h"
#include "acceptor/orders.h"
#include "acceptor/reap.h"
#include "acceptor/start.h"
#include "base/clock.h"
#include "base/sys.h"
#include "ipc/control.h"

#define BUDGET 64 /* connections of one door in a round of the loop */

/* Before accept: may there be one more?  Else the door stays closed.  What a
 * connection will need is taken now: acceptors of one service that only looked
 * would all see the same last token. */
static bool
may_accept(struct acceptor *a)
{
	const struct settings *s = a->settings;

	if (s->when_full != WHEN_FULL_QUEUE)
		return true;
	if (s->cps.rate != 0 && !limits_start(a->board, s, clock_us())) {
		a->rate_until = clock_ms() +
		    limits_pace(a->board, s, clock_us());
		return false;
	}
	a->full = !limits_enter(a->board, s);
	if (a->full)
		limits_not_started(a->board, s);
	return !a->full;
}

/* Nobody is refused for sessions that have ended since the last round. */
static bool
enter(struct acceptor *a, const struct arrival *c)
{
	if (limits_enter(a->board, a->settings))
		return true;
	reap_ended(a, c->now);
	return limits_enter(a->board, a->settings);
}

static enum refusal
enter_source(struct acceptor *a, struct arrival *c, int64_t now_us)
{
	enum refusal why;

	c->source = c->peer;
	why = limits_source(a->board, a->settings, now_us, &c->source, &c->nth);
	if (why != REFUSED_PER_SOURCE)
		return why;
	reap_ended(a, c->now);
	c->source = c->peer;
	return limits_source(a->board, a->settings, now_us, &c->source,
	    &c->nth);
}

/*
 * After accept: the reason for a refusal, or REFUSED_NOT; then all that the
 * limits count is counted.  The service's token comes last or goes back: a
 * source that is refused takes nothing from the others.
 */
static enum refusal
admit(struct acceptor *a, struct arrival *c)
{
	const struct settings *s = a->settings;
	bool queue = s->when_full == WHEN_FULL_QUEUE, reserved = queue;
	enum refusal why;
	int64_t now_us = s->cps.rate != 0 || s->cps_per_source.rate != 0 ?
	    clock_us() :
	    0;

	if (!access_allows(s, &c->peer))
		why = REFUSED_ACCESS;
	else if (!reserved && !(reserved = enter(a, c)))
		why = REFUSED_INSTANCES;
	else if ((why = enter_source(a, c, now_us)) == REFUSED_NOT && !queue &&
	    !limits_start(a->board, s, now_us)) {
		limits_source_left(a->board, s, &c->source);
		why = REFUSED_RATE;
	}
	if (why == REFUSED_NOT)
		return why;
	if (queue)
		limits_not_started(a->board, s);
	if (reserved)
		reap_leave(a);
	return why;
}

/* Tells and closes; where there is a message it is not lost to a reset. */
static void
refuse(struct acceptor *a, const struct arrival *c, enum refusal why)
{
	struct settings_ref msg = a->settings->refuse_message;

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
pause_door(struct acceptor *a, unsigned int door)
{
	a->door[door].paused = clock_ms() + PAUSE_MS;
}

/* What accept(2) lacked, for the log. */
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

/* Main says so, and marks it; without a main the log has to do. */
static void
give_up(struct acceptor *a, unsigned int door, int error)
{
	const struct settings_listener *l = &a->settings->listener[door];
	char msg[CONTROL_TEXT_MAX], name[ADDR_TEXT_MAX];

	snprintf(msg, sizeof(msg), "listener %u is given up: %s: accept: %s",
	    door,
	    l->local.family == AF_UNIX ?
		l->path :
		addr_format(&l->local, name, sizeof(name)),
	    strerror(error));
	if (control_send(SETTINGS_FD_CONTROL, CONTROL_GIVEN_UP, (int32_t)door,
		msg) == -1)
		event_error(a, msg);
	a->door[door].broken = a->door[door].fd;
	a->door[door].fd = -1;
}

/* Whether to go on with this door after accept failed.  A dead peer's errors,
 * passed on by accept(2), are not ours. */
static bool
accept_failed(struct acceptor *a, unsigned int door, int error)
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
		give_up(a, door, error);
		return false;
	default:
		event_lack(a, LACK_ACCEPT, "accept4", limit_of(error), error);
		pause_door(a, door);
		return false;
	}
}

/* Who the peer is: accept(2) says nothing of a Unix socket's. */
static void
identify(struct arrival *c, const struct sockaddr_storage *ss)
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
serve(struct acceptor *a, struct arrival *c)
{
	int error;

	if (start_session(a, c) == 0)
		return;
	error = errno;
	limits_not_started(a->board, a->settings);
	limits_source_not_started(a->board, a->settings, &c->source);
	event_refused(a, REFUSED_FORK, &c->peer, c->now);
	event_lack(a, LACK_FORK, "fork",
	    "RLIMIT_NPROC, kernel.threads-max, kernel.pid_max, pids.max",
	    error);
	linger_add(&a->linger, c->fd, c->now);
	pause_door(a, c->door);
}

/* One connection.  Whether to look for another one. */
static bool
accept_one(struct acceptor *a, unsigned int door)
{
	struct arrival c = { .door = door };
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	enum refusal why;

	/* Others are counted where this acceptor cannot look yet. */
	if (scoreboard_outgrown(a->board)) {
		orders_take(a, clock_ms());
		if (a->door[door].fd == -1)
			return false;
	}
	if (!may_accept(a))
		return false;
	ss.ss_family = AF_UNSPEC;
	c.fd = sys_accept(a->door[door].fd, (struct sockaddr *)&ss, &len);
	if (c.fd < 0) {
		if (a->settings->when_full == WHEN_FULL_QUEUE) {
			limits_not_started(a->board, a->settings);
			reap_leave(a);
		}
		return accept_failed(a, door, -c.fd);
	}
	atomic_fetch_add(&a->section->n.accepted, 1);
	c.now = clock_ms();
	identify(&c, &ss);
	if ((why = admit(a, &c)) != REFUSED_NOT)
		refuse(a, &c, why);
	else
		serve(a, &c);
	return a->door[door].paused == 0;
}

void
accept_some(struct acceptor *a, unsigned int door)
{
	uint64_t before = atomic_load(&a->section->n.accepted);
	int n;

	a->door[door].paused = 0;
	for (n = 0; n < BUDGET; n++)
		if (!accept_one(a, door))
			return;
	/* Nothing but errors of dead peers: not at full speed. */
	if (atomic_load(&a->section->n.accepted) == before)
		pause_door(a, door);
}
