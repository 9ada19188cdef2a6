/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/stdfds.h"
#include "logger/log.h"
#include "logger/logger.h"
#include "main/logproc.h"
#include "main/pulse.h"
#include "names/log_user.h"

#define RESTART_MS        100
#define RESTART_FAILED_MS 1000      /* when it could not even be started */
#define CONTROL_ROOM      (1 << 20) /* no more than wmem_max, except for root */
#define STOP_MS           1000
#define TELL_MS           50 /* until what it had no room for is sent again */
#define LOOK_MS           3500
#define LOOKS             2  /* at a stopped one, until it is killed */
#define HEAR_MAX          64 /* of its messages in a turn */
#define LOG_PIPE          (1 << 20)

enum log_target
logproc_target(const struct tined *t)
{
	return logger_target(t->config->log_target, t->options->foreground);
}

static struct log_settings
log_settings(const struct tined *t)
{
	const struct config *c = t->config;
	struct log_settings set = { .target = logproc_target(t),
		.format = c->log_format,
		.level = c->log_level,
		.peer = c->log_peer,
		.uid = (uint32_t)-1,
		.gid = (uint32_t)-1 };
	uid_t uid;
	gid_t gid;

	set.timed = logger_timed(c->log_time, set.target);
	if (geteuid() == 0 && log_user(c->names, &uid, &gid)) {
		set.uid = uid;
		set.gid = gid;
	}
	return set;
}

/* False where its socket is full. */
static bool
tell(const struct tined *t, struct logger_msg *msg, int fd)
{
	return t->logger.control.fd != -1 &&
	    io_send_fd(t->logger.control.fd, msg, sizeof(*msg), fd) == 0;
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

	while ((k = kept_untold(&t->kept)) != NULL) {
		strlcpy(msg.service, k->service, sizeof(msg.service));
		msg.stderr = k->which;
		if (!tell(t, &msg, k->fd))
			return false;
		kept_told(&t->kept, k);
	}
	return true;
}

static bool
tell_own(const struct tined *t)
{
	struct logger_msg set = { .type = LOGGER_SETTINGS },
			  pipe = { .type = LOGGER_PIPE };

	set.settings = log_settings(t);
	return tell(t, &set, -1) && tell(t, &pipe, t->logger.log[0]);
}

/* Sends all that it does not have yet, until its socket is full: whether that is
 * all.  No service's records wait for standard errors, and what main has kept of
 * these comes before the sockets with newer ones. */
static bool
tell_rest(struct tined *t)
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

static int64_t
tell_step(struct tined *t, int64_t now)
{
	struct logger_process *l = &t->logger;

	if (l->control.fd == -1 || l->tell_at == 0)
		return 0;
	if (l->tell_at <= now)
		l->tell_at = tell_rest(t) ? 0 : now + TELL_MS;
	return l->tell_at;
}

static void
tell_now(struct tined *t)
{
	int64_t now = clock_ms();

	t->logger.tell_at = now;
	tell_step(t, now);
}

void
logproc_serve(struct tined *t, struct served *s)
{
	s->piped = s->told = false;
	tell_now(t);
}

void
logproc_settings(struct tined *t)
{
	struct served *s;

	t->logger.told = false;
	TAILQ_FOREACH (s, &t->served, entry)
		/* Each share of standard errors may change. */
		s->piped = s->told = false;
	tell_now(t);
}

/* Receives one of its messages; false: there are no more. */
static bool
hear(struct tined *t)
{
	struct watch *w = &t->logger.control;
	struct logger_report r;
	ssize_t n;
	int fd;

	n = io_recv_fd(w->fd, &r, sizeof(r), 0, &fd);
	if (n == sizeof(r)) {
		kept_report(&t->kept, &r, fd);
		return true;
	}
	if (fd != -1)
		close(fd);
	if (n == -1 && errno == EAGAIN)
		return false;
	if (n == 0 || !watch_may_fail(w, true)) {
		watch_close(w); /* it is dead, or will be */
		return false;
	}
	return true;
}

static void
control_ready(struct watch *w)
{
	struct tined *t = (struct tined *)w->set;
	int i;

	for (i = 0; i < HEAR_MAX; i++)
		if (!hear(t))
			break;
}

static int
start(struct tined *t)
{
	static const int room = CONTROL_ROOM;
	const struct log_settings set = log_settings(t);
	struct logger_process *l = &t->logger;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return -1;
	/* The names of all listeners of a service, before and after a reload. */
	if (setsockopt(pair[0], SOL_SOCKET, SO_SNDBUFFORCE, &room,
		sizeof(room)) == -1)
		(void)setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &room,
		    sizeof(room));
	if (watch_add(&t->watch, &l->control, pair[0], control_ready) == -1) {
		close(pair[1]);
		return -1;
	}
	if ((l->pid = fork()) == 0) {
		/* Who waits for the end of a daemon's standard error waits
		 * only until it has started. */
		if (!t->options->foreground && set.target != TARGET_STDERR)
			(void)stdfds_null(STDERR_FILENO);
		mem_trim(); /* it has a copy of main's heap, for years */
		logger_run(pair[1], &set);
	}
	close(pair[1]);
	if (l->pid == -1) {
		l->pid = 0;
		watch_close(&l->control);
		return -1;
	}
	kept_tell_again(&t->kept);
	logproc_settings(t);
	return 0;
}

int
logproc_start(struct tined *t)
{
	if (pipe2(t->logger.log, O_CLOEXEC | O_NONBLOCK) == -1)
		return -1;
	fcntl(t->logger.log[1], F_SETPIPE_SZ, LOG_PIPE);
	if (start(t) == -1)
		return -1;
	log_use(t->logger.log[1]);
	return 0;
}

void
logproc_stopped(struct tined *t)
{
	struct logger_process *l = &t->logger;

	if (l->look_at != 0)
		return;
	l->look_at = clock_ms() + LOOK_MS;
	l->looks = 0;
}

/* Main may have been stopped as long, with the whole machine: so it looks twice,
 * with a turn of its own between. */
static int64_t
look(struct logger_process *l, int64_t now)
{
	if (l->look_at == 0 || l->look_at > now)
		return l->look_at;
	l->look_at = 0;
	if (l->pid <= 0 || !pulse_is_stopped(l->pid) || pulse_is_traced(l->pid))
		return 0;
	if (++l->looks < LOOKS) {
		l->look_at = now + LOOK_MS;
		return l->look_at;
	}
	l->was_stopped = true;
	kill(l->pid, SIGKILL);
	return 0;
}

void
logproc_exit(struct tined *t)
{
	struct logger_process *l = &t->logger;

	/* It may have asked main to keep something. */
	while (l->control.fd != -1)
		if (!hear(t))
			break;
	watch_close(&l->control);
	l->pid = 0;
	l->look_at = 0;
	l->restart_at = clock_ms() + RESTART_MS;
}

static int64_t
restart(struct tined *t, int64_t now)
{
	struct logger_process *l = &t->logger;

	if (l->pid != 0)
		return 0;
	if (l->restart_at > now)
		return l->restart_at;
	if (start(t) == -1) {
		l->restart_at = now + RESTART_FAILED_MS;
		return l->restart_at;
	}
	log_event(LEVEL_ERROR, "restarted", "process", "logger",
	    l->was_stopped ? "msg" : NULL, "it was stopped by a signal", NULL);
	l->was_stopped = false;
	return 0;
}

int64_t
logproc_step(struct tined *t, int64_t now)
{
	int64_t due = restart(t, now);

	due = clock_earlier(due, look(&t->logger, now));
	return clock_earlier(due, tell_step(t, now));
}

void
logproc_stop(struct tined *t)
{
	struct logger_msg msg = { .type = LOGGER_STOP };
	struct logger_process *l = &t->logger;
	int64_t until = clock_ms() + STOP_MS;
	struct timespec tick = { .tv_nsec = 5000000 };
	bool told = false;

	if (l->pid <= 0)
		return;
	while (waitpid(l->pid, NULL, WNOHANG) == 0) {
		if (clock_ms() >= until) {
			kill(l->pid, SIGKILL);
			waitpid(l->pid, NULL, 0);
			break;
		}
		if (!told)
			told = tell_rest(t) && tell(t, &msg, -1);
		nanosleep(&tick, NULL);
	}
	l->pid = 0;
	log_use(-1);
}
