/* SPDX-License-Identifier: ISC */
/*
 * What main sends to a logger, and in which order: in place of the logger runs a
 * function that reports each message.  No service's records wait for standard
 * errors, and what main has kept of these comes before the sockets with newer
 * ones: else the logger would read a kept one that is also in its socket twice.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "base/clock.h"
#include "base/io.h"
#include "logger/logger.h"
#include "main/logproc.h"
#include "runner.h"

#define FEW        3
#define MANY       3000 /* more than the logger's socket has room for */
#define ONE        3    /* characters of a message in a report */
#define REPORT_MAX (ONE * (MANY + 20) + 1)

static const char types[] = {
	[LOGGER_SETTINGS] = 's',
	[LOGGER_PIPE] = 'p',
	[LOGGER_LISTENER] = 'l',
	[LOGGER_STDERR] = 'k',
	[LOGGER_STDERRS] = 'q',
	[LOGGER_STOP] = 'x',
};

static struct options options = { .foreground = true };
static struct config config = { .log_level = LEVEL_INFO };
static struct tined t = { .options = &options, .config = &config };
static struct listener listener = { .fd = -1,
	.path = "/run/a",
	.local = { .family = AF_UNIX, .port = 1 } };
static int go[2];     /* the logger receives once a byte is here */
static int report[2]; /* the type of each message, its service, a blank */

enum log_target
logger_target(enum log_target configured, bool foreground)
{
	(void)configured;
	(void)foreground;
	return TARGET_STDERR;
}

bool
logger_timed(enum log_time configured, enum log_target target)
{
	(void)configured;
	(void)target;
	return false;
}

void
logger_run(int control, const struct log_settings *settings)
{
	struct pollfd p = { .fd = control, .events = POLLIN };
	struct logger_msg msg;
	char one[ONE] = "?- ";
	int fd;

	(void)settings;
	(void)io_read(go[0], one, 1);
	while (poll(&p, 1, -1) == 1 &&
	    io_recv_fd(control, &msg, sizeof(msg), 0, &fd) == sizeof(msg)) {
		io_close(fd);
		one[0] = types[msg.type];
		one[1] = msg.service[0] == '\0' ? '-' : msg.service[0];
		io_write_all(report[1], one, sizeof(one));
	}
	_exit(0);
}

static void
serve(const char *name)
{
	struct served *s = served_new(name);

	ck_assert_ptr_nonnull(s);
	TAILQ_INSERT_TAIL(&t.served, s, entry);
}

/* Main has two services, the first with a Unix listener. */
static void
set_up(void)
{
	ck_assert_int_eq(pipe2(go, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(report, O_CLOEXEC), 0);
	ck_assert_int_eq(watch_open(&t.watch), 0);
	TAILQ_INIT(&t.served);
	TAILQ_INIT(&t.kept.list);
	serve("a");
	serve("b");
	TAILQ_INSERT_TAIL(&TAILQ_FIRST(&t.served)->now.listeners, &listener,
	    entry);
}

/* Main keeps n standard errors of programs of b. */
static void
keep(uint64_t n)
{
	struct logger_report r = { .type = LOGGER_KEEP, .service = "b" };
	int fd;

	for (r.which.id = 1; r.which.id <= n; r.which.id++) {
		ck_assert_int_ne(fd = open("/dev/null", O_RDONLY), -1);
		kept_report(&t.kept, &r, fd);
	}
	ck_assert_uint_eq(t.kept.n, n);
}

/* Lets the logger receive, and compares all that it is to have, in this order,
 * with what it reports. */
static void
receives_all(size_t nkept)
{
	static char want[REPORT_MAX], got[REPORT_MAX];
	size_t i, len;

	strlcpy(want, "s- p- la pa pb ", sizeof(want));
	for (i = 0; i < nkept; i++)
		strlcat(want, "kb ", sizeof(want));
	len = strlcat(want, "qa qb ", sizeof(want));
	ck_assert_int_eq(write(go[1], "", 1), 1);
	while (t.logger.tell_at != 0) {
		poll(NULL, 0, 1);
		logproc_step(&t, clock_ms());
	}
	memset(got, 0, sizeof(got));
	ck_assert_int_eq(io_read_all(report[0], got, len), (ssize_t)len);
	ck_assert_msg(strcmp(got, want) == 0, "received: %.100s...", got);
}

static void
restart(void)
{
	kill(t.logger.pid, SIGKILL);
	ck_assert_int_eq(waitpid(t.logger.pid, NULL, 0), t.logger.pid);
	logproc_exit(&t);
	while (t.logger.pid == 0) {
		poll(NULL, 0, 5);
		logproc_step(&t, clock_ms());
	}
}

static void
end(void)
{
	kill(t.logger.pid, SIGKILL);
	waitpid(t.logger.pid, NULL, 0);
}

START_TEST(gives_the_next_logger_pipes_then_kept_ones_then_sockets)
{
	ck_assert_int_eq(logproc_start(&t), 0);
	receives_all(0);
	keep(FEW);
	restart();
	receives_all(FEW);
	end();
}
END_TEST

START_TEST(keeps_the_order_where_the_socket_is_full)
{
	ck_assert_int_eq(logproc_start(&t), 0);
	receives_all(0);
	keep(MANY);
	restart();
	ck_assert_int_ne(t.logger.tell_at, 0);
	receives_all(MANY);
	end();
}
END_TEST

/* Descriptors for twice as many as main is to keep; NULL, or why there are
 * none. */
static const char *
few_descriptors(void)
{
	struct rlimit rl = { 3 * MANY, 3 * MANY };

	if (setrlimit(RLIMIT_NOFILE, &rl) == 0)
		return NULL;
	return "the limit of descriptors is too low";
}

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc,
	    gives_the_next_logger_pipes_then_kept_ones_then_sockets);
	runner_add(tc, few_descriptors(),
	    keeps_the_order_where_the_socket_is_full);
}

int
main(void)
{
	return runner_main("main/logproc", add);
}
