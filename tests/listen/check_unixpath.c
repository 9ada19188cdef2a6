/* SPDX-License-Identifier: ISC */
/* A path that can be had is served, and removed at the end. */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "listen/own_path.h"
#include "runner.h"

START_TEST(serves_a_path_and_removes_it)
{
	struct listener *l = taken();

	assert_serves(own.path);
	ck_assert_int_ne(fcntl(l->fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_ne(fcntl(l->fd, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert(fixture_exists(own.lock));
	listener_close(l);
	ck_assert(!fixture_exists(own.path));
	ck_assert(!fixture_exists(own.lock));
}
END_TEST

START_TEST(takes_what_a_dead_server_left)
{
	struct listener *l;

	leave_stale();
	ck_assert(fixture_exists(own.path));
	l = taken();
	assert_serves(own.path);
	listener_close(l);
	ck_assert(!fixture_exists(own.path));
}
END_TEST

START_TEST(takes_what_was_killed_with_its_lock)
{
	struct listener *l;
	int status;
	pid_t pid;

	pid = fork();
	if (pid == 0) {
		(void)taken();
		raise(SIGKILL);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(fixture_exists(own.path));
	ck_assert(fixture_exists(own.lock));
	l = taken();
	assert_serves(own.path);
	listener_close(l);
	ck_assert(!fixture_exists(own.lock));
}
END_TEST

START_TEST(leaves_what_took_its_place)
{
	struct listener *l = taken();
	int fd;

	ck_assert_int_eq(unlink(own.path), 0);
	fd = foreign(SOCK_STREAM, 5);
	listener_close(l);
	ck_assert(fixture_exists(own.path));
	assert_serves(own.path);
	ck_assert(!fixture_exists(own.lock));
	close(fd);

	ck_assert_int_eq(unlink(own.path), 0);
	l = taken();
	ck_assert_int_eq(unlink(own.path), 0);
	close(open(own.path, O_CREAT | O_WRONLY, 0600));
	listener_close(l);
	ck_assert(fixture_exists(own.path));
}
END_TEST

START_TEST(serves_an_abstract_name)
{
	struct listener *l, *again;
	char name[64];

	snprintf(name, sizeof(name), "@tined-test-%d", (int)getpid());
	l = named(name);
	ck_assert_int_eq(unixpath_open(l, own.sc, &own.err), 0);
	assert_serves(name);
	again = named(name);
	ck_assert_int_eq(unixpath_open(again, own.sc, &own.err), -1);
	ck_assert(own.err.busy);
	ck_assert_int_eq(own.err.exit_code, EX_UNAVAILABLE);
	ck_assert_ptr_nonnull(strstr(own.err.text, "it is in use"));
	ck_assert_int_eq(unixowner_apply(l, own.sc), 0);
	listener_close(again);
	assert_serves(name);
	listener_close(l);
	ck_assert_int_eq(fixture_connect_unix(name), -1);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, serves_a_path_and_removes_it);
	tcase_add_test(tc, takes_what_a_dead_server_left);
	tcase_add_test(tc, takes_what_was_killed_with_its_lock);
	tcase_add_test(tc, leaves_what_took_its_place);
	tcase_add_test(tc, serves_an_abstract_name);
}

int
main(void)
{
	return runner_main("unixpath", add);
}
