/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "main/daemonize.h"
#include "runner.h"

/* The exit status of a command that goes to the background, where it runs
 * daemon; report is the writing end of a pipe. */
static int
command(void (*daemon)(int ready, int report), char *report, size_t size)
{
	int fds[2], status;
	ssize_t n;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	if ((pid = fork()) == 0) {
		int ready = daemonize();

		daemon(ready, fds[1]);
		_exit(0);
	}
	close(fds[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	n = io_read_all(fds[0], report, size - 1);
	report[n < 0 ? 0 : n] = '\0';
	close(fds[0]);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
becomes_ready(int ready, int report)
{
	struct stat null, st;
	char cwd[64] = "";
	int fd, good = getsid(0) == getpid();

	good &= getcwd(cwd, sizeof(cwd)) != NULL && strcmp(cwd, "/") == 0;
	daemonize_ready(ready, false);
	good &= stat("/dev/null", &null) == 0;
	for (fd = 0; fd < 3; fd++)
		good &= fstat(fd, &st) == 0 && st.st_rdev == null.st_rdev;
	good &= fcntl(ready, F_GETFD) == -1;
	(void)!write(report, good ? "good" : "bad", good ? 4 : 3);
}

START_TEST(returns_when_the_daemon_is_ready)
{
	char report[16];

	ck_assert_int_eq(command(becomes_ready, report, sizeof(report)), 0);
	ck_assert_str_eq(report, "good");
}
END_TEST

/* Its log goes to standard error. */
static void
keeps_stderr(int ready, int report)
{
	struct stat before, after;
	int good = dup2(report, 2) == 2 && fstat(2, &before) == 0;

	daemonize_ready(ready, true);
	good = good && fstat(2, &after) == 0 && before.st_ino == after.st_ino;
	(void)!write(report, good ? "good" : "bad", good ? 4 : 3);
}

START_TEST(keeps_standard_error_for_a_log_that_goes_there)
{
	char report[16];

	ck_assert_int_eq(command(keeps_stderr, report, sizeof(report)), 0);
	ck_assert_str_eq(report, "good");
}
END_TEST

static void
fails(int ready, int report)
{
	(void)ready;
	(void)report;
	_exit(EX_UNAVAILABLE);
}

START_TEST(returns_the_status_of_a_daemon_that_failed)
{
	char report[16];

	ck_assert_int_eq(command(fails, report, sizeof(report)),
	    EX_UNAVAILABLE);
}
END_TEST

static void
dies(int ready, int report)
{
	(void)ready;
	(void)report;
	kill(getpid(), SIGKILL);
}

START_TEST(fails_when_the_daemon_dies_without_a_word)
{
	char report[16];

	ck_assert_int_eq(command(dies, report, sizeof(report)), EX_OSERR);
}
END_TEST

static void
ends_after_it_was_ready(int ready, int report)
{
	(void)report;
	daemonize_ready(ready, true);
	_exit(EX_OSERR);
}

START_TEST(is_not_interested_in_what_comes_after)
{
	char report[16];

	ck_assert_int_eq(command(ends_after_it_was_ready, report,
			     sizeof(report)),
	    0);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, returns_when_the_daemon_is_ready);
	tcase_add_test(tc, keeps_standard_error_for_a_log_that_goes_there);
	tcase_add_test(tc, returns_the_status_of_a_daemon_that_failed);
	tcase_add_test(tc, fails_when_the_daemon_dies_without_a_word);
	tcase_add_test(tc, is_not_interested_in_what_comes_after);
}

int
main(void)
{
	return runner_main("daemonize", add);
}
