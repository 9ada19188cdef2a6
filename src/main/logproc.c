/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "logger/log.h"
#include "logger/logger.h"
#include "main/child.h"
#include "main/heap.h"
#include "main/kept.h"
#include "main/logproc.h"
#include "names/log_user.h"

#define RESTART_MS        100
#define RESTART_FAILED_MS 1000      /* when it could not even be started */
#define CONTROL_ROOM      (1 << 20) /* no more than wmem_max but for root */
#define STOP_MS           1000
#define TELL_MS           50 /* until what it had no room for is said again */
#define LOOK_MS           3500
#define LOOKS             2  /* at one that is stopped, until it is killed */
#define HEAR_MAX          64 /* of its messages in a turn */
#define LOG_PIPE          (1 << 20)

static void
fill_in_ids(const struct names *names, struct log_settings *set)
{
	uid_t uid;
	gid_t gid;

	set->uid = (uint32_t)-1;
	set->gid = (uint32_t)-1;
	if (geteuid() != 0 || !log_user(names, &uid, &gid))
		return;
	set->uid = uid;
	set->gid = gid;
}

enum log_target
logproc_target(const struct tined *t)
{
	return logger_target(t->config->log_target, t->options->foreground);
}

static void
fill_in_settings(const struct tined *t, struct log_settings *set)
{
	set->target = logproc_target(t);
	set->format = t->config->log_format;
	set->level = t->config->log_level;
	set->peer = t->config->log_peer;
	set->timed = logger_timed(t->config->log_time, set->target);
	fill_in_ids(t->config->names, set);
}

/* Whether it has taken the message: its socket may be full. */
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

/* Those of a reload as well: their acceptors may accept before it is done. */
static bool
tell_listeners(const struct tined *t, const struct served *s)
{
	return tell_names(t, s, &s->now.listeners) &&
	    tell_names(t, s, &s->next.listeners);
}

/* The standard errors that it does not have of a service, or (NULL) of any. */
static bool
tell_kept(struct tined *t, const char *service)
{
	struct logger_msg msg = { .type = LOGGER_STDERR };
	struct kept *k;

	while ((k = kept_untold(&t->kept, service)) != NULL) {
		strlcpy(msg.service, k->of->name, sizeof(msg.service));
		msg.stderr = k->which;
		if (!tell(t, &msg, k->fd))
			return false;
		kept_told(k);
	}
	return true;
}

/* What it knows already it may be told again. */
static bool
tell_service(struct tined *t, struct served *s)
{
	struct logger_msg msg = { .type = LOGGER_PIPE };

	strlcpy(msg.service, s->name, sizeof(msg.service));
	/* The names first: no record is shown without them. */
	if (!tell_listeners(t, s) || !tell(t, &msg, s->log[0]) ||
	    !tell_kept(t, s->name))
		return false;
	msg.type = LOGGER_STDERRS;
	kept_limits(t, s, &msg.limits);
	served_queue(s, msg.limits.queue);
	return tell(t, &msg, s->stderrs[0]);
}

static bool
tell_settings(const struct tined *t)
{
	struct logger_msg msg = { .type = LOGGER_SETTINGS };

	fill_in_settings(t, &msg.settings);
	return tell(t, &msg, -1);
}

static bool
tell_own_pipe(const struct tined *t)
{
	struct logger_msg msg = { .type = LOGGER_PIPE };

	return tell(t, &msg, t->log[0]);
}

/* All that it was not told yet, until its socket is full; whether that is all
 * of it. */
static bool
tell_rest(struct tined *t)
{
	struct logger_process *l = &t->logger;
	struct served *s;

	if (!l->told_settings && !(l->told_settings = tell_settings(t)))
		return false;
	if (!l->told_pipe && !(l->told_pipe = tell_own_pipe(t)))
		return false;
	TAILQ_FOREACH (s, &t->served, entry)
		if (!s->told && !(s->told = tell_service(t, s)))
			return false;
	return tell_kept(t, NULL);
}

int64_t
logproc_tell(struct tined *t, int64_t now)
{
	if (t->logger.control.fd == -1 || t->logger.tell_at == 0)
		return 0;
	if (t->logger.tell_at > now)
		return t->logger.tell_at;
	t->logger.tell_at = tell_rest(t) ? 0 : now + TELL_MS;
	return t->logger.tell_at;
}

static void
tell_now(struct tined *t)
{
	int64_t now = clock_ms();

	t->logger.tell_at = now;
	logproc_tell(t, now);
}

void
logproc_serve(struct tined *t, struct served *s)
{
	s->told = false;
	tell_now(t);
}

static void
tell_all(struct tined *t)
{
	struct served *s;

	TAILQ_FOREACH (s, &t->served, entry)
		s->told = false;
	tell_now(t);
}

void
logproc_settings(struct tined *t)
{
	t->logger.told_settings = false;
	tell_all(t); /* the shares of standard errors may be others */
}

/* What it has to say; false: nothing more is there. */
static bool
hear(struct tined *t)
{
	struct watch *w = &t->logger.control;
	struct logger_report r;
	ssize_t n;
	int fd;

	n = io_recv_fd(w->fd, &r, sizeof(r), &fd);
	if (n == sizeof(r)) {
		kept_report(t, &r, fd);
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

/* Whoever waits for the end of a daemon's standard error waits for its start
 * alone. */
static void
release_stderr(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null != -1)
		dup2(null, STDERR_FILENO);
}

static int
start(struct tined *t)
{
	static const int room = CONTROL_ROOM;
	struct log_settings set;
	int pair[2];

	fill_in_settings(t, &set);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return -1;
	/* The names of all listeners of a service, before and after a reload. */
	if (setsockopt(pair[0], SOL_SOCKET, SO_SNDBUFFORCE, &room,
		sizeof(room)) == -1)
		(void)setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &room,
		    sizeof(room));
	if (watch_add(&t->watch, &t->logger.control, pair[0], control_ready) ==
	    -1) {
		close(pair[1]);
		return -1;
	}
	if ((t->logger.pid = fork()) == 0) {
		if (!t->options->foreground && set.target != TARGET_STDERR)
			release_stderr();
		heap_trim(); /* of what main has, this one lives for years */
		logger_run(pair[1], &set);
	}
	close(pair[1]);
	if (t->logger.pid == -1) {
		watch_close(&t->logger.control);
		return -1;
	}
	t->logger.told_settings = true; /* it was born with them */
	t->logger.told_pipe = false;
	kept_tell_again(&t->kept);
	tell_all(t);
	return 0;
}

int
logproc_start(struct tined *t)
{
	if (pipe2(t->log, O_CLOEXEC | O_NONBLOCK) == -1)
		return -1;
	fcntl(t->log[1], F_SETPIPE_SZ, LOG_PIPE);
	if (start(t) == -1)
		return -1;
	log_use(t->log[1]);
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
int64_t
logproc_look(struct tined *t, int64_t now)
{
	struct logger_process *l = &t->logger;

	if (l->look_at == 0 || l->look_at > now)
		return l->look_at;
	l->look_at = 0;
	if (l->pid <= 0 || !child_is_stopped(l->pid) || child_is_traced(l->pid))
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
logproc_exit(struct tined *t, int status)
{
	(void)status;
	/* What it has asked main to keep. */
	while (t->logger.control.fd != -1)
		if (!hear(t))
			break;
	if (t->logger.control.fd != -1)
		watch_close(&t->logger.control);
	t->logger.pid = 0;
	t->logger.look_at = 0;
	t->logger.restart_at = clock_ms() + RESTART_MS;
}

void
logproc_restart(struct tined *t, int64_t now)
{
	if (t->logger.pid != 0 || t->logger.restart_at > now)
		return;
	if (start(t) == -1) {
		t->logger.pid = 0;
		t->logger.restart_at = now + RESTART_FAILED_MS;
		return;
	}
	log_event(LEVEL_ERROR, "restarted", "process", "logger",
	    t->logger.was_stopped ? "msg" : NULL, "it was stopped by a signal",
	    NULL);
	t->logger.was_stopped = false;
}

void
logproc_stop(struct tined *t)
{
	struct logger_msg msg = { .type = LOGGER_STOP };
	int64_t until = clock_ms() + STOP_MS;
	struct timespec tick = { .tv_nsec = 5000000 };
	bool told = false;

	if (t->logger.pid <= 0)
		return;
	while (waitpid(t->logger.pid, NULL, WNOHANG) == 0) {
		if (clock_ms() >= until) {
			kill(t->logger.pid, SIGKILL);
			waitpid(t->logger.pid, NULL, 0);
			break;
		}
		if (!told)
			told = tell_rest(t) && tell(t, &msg, -1);
		nanosleep(&tick, NULL);
	}
	t->logger.pid = 0;
	log_use(-1);
}
