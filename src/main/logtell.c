/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/string.h>
#include <unistd.h>

#include "base/io.h"
#include "logger/logger.h"
#include "main/logtell.h"
#include "names/log_user.h"

enum log_target
logtell_target(const struct tined *t)
{
	return logger_target(t->config->log_target, t->options->foreground);
}

struct log_settings
logtell_settings(const struct tined *t)
{
	const struct config *c = t->config;
	struct log_settings set = { .target = logtell_target(t),
		.format = c->log_format,
		.level = c->log_level,
		.peer = c->log_peer };

	set.timed = logger_timed(c->log_time, set.target);
	if (geteuid() != 0 || !log_user(c->names, &set.uid, &set.gid))
		set.uid = set.gid = (uint32_t)-1;
	return set;
}

/* False where its socket is full. */
static bool
tell(const struct tined *t, struct logger_msg *msg, int fd)
{
	return io_send_fd(t->logger.control.fd, msg, sizeof(*msg), fd) == 0;
}

static bool
tell_names(const struct tined *t, const struct served *s,
    const struct listener_list *listeners)
{
	struct logger_msg msg = { .type = LOGGER_LISTENER };
	const struct listener *l;

	strlcpy(msg.service, s->name, sizeof(msg.service));
	TAILQ_FOREACH (l, listeners, entry) {
		if (l->local.family != AF_UNIX)
			continue;
		msg.index = l->local.port;
		listener_format(l, msg.listener, sizeof(msg.listener));
		if (!tell(t, &msg, -1))
			return false;
	}
	return true;
}

/* Sending something again does no harm. */
static bool
tell_pipe(const struct tined *t, const struct served *s)
{
	struct logger_msg msg = { .type = LOGGER_PIPE };

	strlcpy(msg.service, s->name, sizeof(msg.service));
	/* The names first: no record is shown without them.  A reload's, too:
	 * its acceptors may accept before it is done. */
	return tell_names(t, s, &s->now.listeners) &&
	    tell_names(t, s, &s->next.listeners) && tell(t, &msg, s->log[0]);
}

static bool
tell_stderrs(struct tined *t, struct served *s)
{
	struct logger_msg msg = { .type = LOGGER_STDERRS };

	strlcpy(msg.service, s->name, sizeof(msg.service));
	kept_limits(&t->served, s, &msg.limits);
	served_queue(s, msg.limits.queue);
	return tell(t, &msg, s->stderrs[0]);
}

/* The standard errors that main has kept for it. */
static bool
tell_kept(struct tined *t)
{
	struct logger_msg msg = { .type = LOGGER_STDERR };
	struct kept *k;

	while ((k = t->kept.untold) != NULL) {
		strlcpy(msg.service, k->service, sizeof(msg.service));
		msg.which = k->which;
		if (!tell(t, &msg, k->fd))
			return false;
		t->kept.untold = TAILQ_NEXT(k, entry);
	}
	return true;
}

static bool
tell_own(const struct tined *t)
{
	struct logger_msg set = { .type = LOGGER_SETTINGS },
			  pipe = { .type = LOGGER_PIPE };

	set.settings = logtell_settings(t);
	return tell(t, &set, -1) && tell(t, &pipe, t->logger.log[0]);
}

/* No service's records wait for standard errors, and what main has kept of these
 * comes before the sockets with newer ones. */
bool
logtell_rest(struct tined *t)
{
	struct logger_process *l = &t->logger;
	struct served *s;

	if (!l->told && !(l->told = tell_own(t)))
		return false;
	TAILQ_FOREACH (s, &t->served, entry)
		if (!s->piped && !(s->piped = tell_pipe(t, s)))
			return false;
	if (!tell_kept(t))
		return false;
	TAILQ_FOREACH (s, &t->served, entry)
		if (!s->told && !(s->told = tell_stderrs(t, s)))
			return false;
	return true;
}

bool
logtell_stop(const struct tined *t)
{
	struct logger_msg msg = { .type = LOGGER_STOP };

	return tell(t, &msg, -1);
}
