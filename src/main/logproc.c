/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>

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
#include "main/logtell.h"
#include "main/pulse.h"

#define RESTART_MS        100
#define RESTART_FAILED_MS 1000      /* when it could not even be started */
#define CONTROL_ROOM      (1 << 20) /* no more than wmem_max, except for root */
#define STOP_MS           1000
#define TELL_MS           50 /* until what it had no room for is sent again */
#define LOOK_MS           3500
#define LOOKS             2  /* at a stopped one, until it is killed */
#define HEAR_MAX          64 /* of its messages in a turn */

/* With a logger that takes no messages there is nothing to do until the next. */
static void
tell_now(struct tined *t)
{
	struct logger_process *l = &t->logger;

	l->tell_at = l->control.fd == -1 || logtell_rest(t) ?
	    0 :
	    clock_ms() + TELL_MS;
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
	io_close(fd);
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
	const struct log_settings set = logtell_settings(t);
	struct logger_process *l = &t->logger;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return -1;
	/* The names of all listeners of a service, before and after a reload. */
	io_sndbuf(pair[0], CONTROL_ROOM);
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
	t->kept.untold = TAILQ_FIRST(&t->kept.list);
	logproc_settings(t);
	return 0;
}

int
logproc_start(struct tined *t)
{
	if (pipe2(t->logger.log, O_CLOEXEC | O_NONBLOCK) == -1)
		return -1;
	fcntl(t->logger.log[1], F_SETPIPE_SZ, LOG_PIPE_SIZE);
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
	if (!pulse_is_stopped(l->pid) || pulse_is_traced(l->pid))
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
	while (l->control.fd != -1 && hear(t))
		continue;
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
	struct logger_process *l = &t->logger;
	int64_t due = restart(t, now);

	due = clock_earlier(due, look(l, now));
	if (l->tell_at != 0 && l->tell_at <= now)
		tell_now(t);
	return clock_earlier(due, l->tell_at);
}

void
logproc_stop(struct tined *t)
{
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
			told = logtell_rest(t) && logtell_stop(t);
		nanosleep(&tick, NULL);
	}
	l->pid = 0;
	log_use(-1);
}
