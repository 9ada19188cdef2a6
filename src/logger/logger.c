/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/stdfds.h"
#include "base/sys.h"
#include "base/title.h"
#include "ipc/watch.h"
#include "logger/emit.h"
#include "logger/log_service.h"
#include "logger/logger.h"
#include "logger/pipes.h"
#include "logger/stderrs.h"
#include "sandbox/privs.h"
#include "sandbox/rlimits.h"

#define CONTROL_FD (STDERR_FILENO + 1)
#define RETRY_MS   1000 /* while the sink does not take records */
#define OBEY_MAX   256  /* messages from main in a turn */
#define DRAIN_MS   500  /* for what is left at the end; main waits for 1 s */
#define OWN_MS     100  /* the part of it for main's own records */

struct logger {
	struct watch control; /* first; fd -1: main is gone */
	bool stopping;
	struct watch_set watch;
	struct emit emit;
	struct log_services services;
	struct stderrs stderrs;
};

/* Whether standard error is a stream of the journal. */
static bool
is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char ours[64];
	struct stat st;

	if (stream == NULL || fstat(STDERR_FILENO, &st) == -1)
		return false;
	snprintf(ours, sizeof(ours), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return strcmp(stream, ours) == 0;
}

enum log_target
logger_target(enum log_target configured, bool foreground)
{
	if (configured != TARGET_AUTO)
		return configured;
	if (!foreground)
		return TARGET_SYSLOG;
	return is_journal() ? TARGET_JOURNAL : TARGET_STDERR;
}

bool
logger_timed(enum log_time configured, enum log_target target)
{
	if (configured != TIME_AUTO)
		return configured == TIME_YES;
	return target == TARGET_STDERR && !is_journal();
}

/* Becoming the logger */

/* Keeps standard error and the control socket, moved to the one after it. */
static void
close_descriptors(int control)
{
	if (control != CONTROL_FD)
		dup2(control, CONTROL_FD);
	(void)stdfds_null(STDOUT_FILENO);
	io_close_range(CONTROL_FD + 1, UINT_MAX);
}

/* Signals to all processes of a terminal or a unit do not end the logger: main
 * does. */
static void
set_signals(void)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };

	sigaction(SIGCHLD, &sa, NULL);
	sys_block_all_but(SYS_FATAL);
}

static void
confine(struct logger *lg)
{
	const struct log_settings *set = &lg->emit.settings;
	const struct privs privs = { .uid = set->uid, .gid = set->gid };
	const char *failed;

	if (geteuid() == 0 && set->uid != (uint32_t)-1 &&
	    (privs_take(&privs, &failed) == -1 ||
		privs_prove(&privs, &failed) == -1))
		goto fail;
	failed = "no_new_privs";
	if (privs_no_new() == -1)
		goto fail;
	failed = "memory"; /* a change of the ids resets what main has set */
	if (privs_hide_memory() == 0)
		return;
fail:
	emit_event(&lg->emit, LEVEL_ERROR, "log", "msg",
	    "the logger cannot give up its privileges", "step", failed, "error",
	    strerror(errno), NULL);
	sink_flush(&lg->emit.sink);
	_exit(EX_OSERR);
}

/* Running */

/* A message about a service.  Owns fd; -1 with errno. */
static int
obey_service(struct logger *lg, const struct logger_msg *msg, int fd)
{
	struct log_service *s = log_service(&lg->services, msg->service);

	if (s == NULL) {
		io_close(fd);
		return -1;
	}
	if (msg->type == LOGGER_LISTENER)
		log_service_name(s, msg->index, msg->listener);
	else if (msg->type == LOGGER_PIPE)
		return pipes_add(s, fd);
	else if (msg->type == LOGGER_STDERR)
		return stderrs_restore(&lg->stderrs, s, &msg->which, fd);
	else if (msg->type == LOGGER_STDERRS)
		return stderrs_add(&lg->stderrs, s, fd, &msg->limits);
	return 0;
}

/* A message from main, with its descriptor, which it owns, or -1. */
static void
obey(struct logger *lg, struct logger_msg *msg, int fd)
{
	bool has_fd = msg->type == LOGGER_PIPE || msg->type == LOGGER_STDERR ||
	    msg->type == LOGGER_STDERRS;

	msg->service[sizeof(msg->service) - 1] = '\0';
	msg->listener[sizeof(msg->listener) - 1] = '\0';
	if (!has_fd && fd != -1) {
		close(fd);
	} else if (has_fd || msg->type == LOGGER_LISTENER) {
		errno = EMFILE; /* there was no room for the descriptor */
		if ((has_fd && fd == -1) || obey_service(lg, msg, fd) == -1)
			emit_event(&lg->emit, LEVEL_ERROR, "log", "service",
			    msg->service, "msg", "its records cannot be read",
			    "error", strerror(errno), NULL);
	} else if (msg->type == LOGGER_SETTINGS) {
		emit_use(&lg->emit, &msg->settings);
	} else if (msg->type == LOGGER_STOP) {
		lg->stopping = true;
	}
}

/* Messages from main are handled before the pipes are read. */
static void
control_ready(struct watch *w)
{
	struct logger *lg = (struct logger *)w;
	struct logger_msg msg;
	ssize_t n;
	int fd, i;

	for (i = 0; i < OBEY_MAX; i++) {
		n = io_recv_fd(w->fd, &msg, sizeof(msg), 0, &fd);
		if (n == sizeof(msg))
			obey(lg, &msg, fd);
		else if (fd != -1)
			close(fd);
		if (n == 0 || (n == -1 && errno != EMSGSIZE))
			break;
	}
	if (i == OBEY_MAX)
		return;
	if (n == 0) {
		watch_close(w);
		stderrs_without_main(&lg->stderrs);
	} else if (!watch_may_fail(w, errno != EAGAIN)) {
		_exit(EX_OSERR); /* main starts another logger */
	}
}

/* The timeout of epoll_wait(2). */
static int
timeout(const struct logger *lg)
{
	int64_t due = stderrs_due(&lg->stderrs), left;

	if (due == 0)
		return lg->emit.sink.lost > 0 ? RETRY_MS : -1;
	left = due - clock_ms();
	if (left < 0)
		return 0;
	return left < RETRY_MS ? (int)left : RETRY_MS;
}

static bool
is_done(const struct logger *lg)
{
	return lg->stopping ||
	    (lg->control.fd == -1 && log_services_idle(&lg->services));
}

/* Main's own records come last. */
static void
drain(struct logger *lg)
{
	int64_t until = clock_ms() + DRAIN_MS;
	bool all;

	stderrs_without_main(&lg->stderrs);
	all = log_services_drain(&lg->services, "", until - OWN_MS);
	stderr_pipes_end(&lg->stderrs.pipes);
	if (!all)
		emit_event(&lg->emit, LEVEL_WARNING, "log", "msg",
		    "not all records could be read before the end", NULL);
	log_services_drain(&lg->services, NULL, until);
	sink_flush(&lg->emit.sink);
}

void
logger_run(int control, const struct log_settings *settings)
{
	static struct logger lg;
	struct rlimit before;

	close_descriptors(control);
	title_set("logger");
	set_signals();
	/* Each session of a program may pass a descriptor. */
	(void)rlimits_nofile(&before);
	emit_use(&lg.emit, settings);
	confine(&lg);
	log_services_init(&lg.services, &lg.watch, &lg.emit);
	stderrs_init(&lg.stderrs, CONTROL_FD);
	if (watch_open(&lg.watch) == -1 ||
	    watch_add(&lg.watch, &lg.control, CONTROL_FD, control_ready) == -1)
		_exit(EX_OSERR);

	while (!is_done(&lg)) {
		watch_wait(&lg.watch, WATCH_MOST, timeout(&lg), NULL);
		stderrs_tick(&lg.stderrs, clock_ms());
		log_services_turn(&lg.services);
		sink_flush(&lg.emit.sink);
	}
	if (lg.stopping)
		drain(&lg);
	_exit(EXIT_SUCCESS);
}
