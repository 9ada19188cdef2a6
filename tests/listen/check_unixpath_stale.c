/* SPDX-License-Identifier: ISC */
/* Sockets without a listener, and their owners. */
#include "config.h"

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "listen/own_path.h"
#include "runner.h"

#define BOB 65534

/* Bound and not listening, which refuses connections. */
static int
bind_only(void)
{
	struct sockaddr_un sun;
	socklen_t len = addr_to_sockaddr_un(own.path, &sun);
	int fd;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sun, len), 0);
	ck_assert_int_eq(fixture_connect_unix(own.path), -1);
	return fd;
}

static void
give_to_bob(const char *path)
{
	ck_assert_int_eq(chown(path, BOB, BOB), 0);
}

static ino_t
inode(const char *path)
{
	struct stat st;

	ck_assert_int_eq(lstat(path, &st), 0);
	return st.st_ino;
}

START_TEST(waits_for_who_has_bound_it)
{
	int fd = bind_only();
	ino_t before = inode(own.path);
	struct listener *l;

	assert_refused(true, EX_UNAVAILABLE, "another process has bound it");
	ck_assert_uint_eq(inode(own.path), before);
	ck_assert_int_eq(listen(fd, 5), 0);
	assert_serves(own.path);
	close(fd);
	l = taken();
	listener_close(l);
}
END_TEST

/* What counts is the file: in a mount namespace of his own every user can have
 * one of the same name. */
START_TEST(does_not_wait_for_one_that_has_had_its_name)
{
	int fd = bind_only();
	struct listener *l;

	ck_assert_int_eq(rename(own.path, "renamed"), 0);
	leave_stale();
	l = taken();
	listener_close(l);
	close(fd);
}
END_TEST

START_TEST(leaves_what_is_another_users)
{
	ino_t before;

	if (geteuid() != 0)
		return;
	leave_stale();
	give_to_bob(own.path);
	before = inode(own.path);
	assert_refused(true, EX_UNAVAILABLE, "it belongs to uid 65534");
	ck_assert_uint_eq(inode(own.path), before);
	ck_assert(!fixture_exists(own.lock));
}
END_TEST

/* As one that was killed leaves it, having given it to socket_user. */
START_TEST(takes_what_a_tined_left_to_another_user)
{
	struct listener *l;

	if (geteuid() != 0)
		return;
	leave_stale();
	give_to_bob(own.path);
	close(open(own.lock, O_CREAT | O_WRONLY, 0600));
	l = taken();
	assert_serves(own.path);
	listener_close(l);
	ck_assert(!fixture_exists(own.lock));
}
END_TEST

/* He has made the lock file in a directory that all may write to, and holds
 * it. */
START_TEST(is_not_kept_away_by_a_lock_file_of_another_user)
{
	struct listener *l;
	int fd;

	if (geteuid() != 0)
		return;
	ck_assert_int_eq(chmod(".", 01777), 0);
	fd = open(own.lock, O_CREAT | O_RDWR, 0666);
	give_to_bob(own.lock);
	ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
	l = taken();
	assert_serves(own.path);
	listener_close(l);
	ck_assert(!fixture_exists(own.path));
	ck_assert(fixture_exists(own.lock));

	/* It does not prove that the socket was tined's. */
	leave_stale();
	give_to_bob(own.path);
	assert_refused(true, EX_UNAVAILABLE, "it belongs to uid 65534");
	ck_assert(fixture_exists(own.path));
	close(fd);
	assert_refused(true, EX_UNAVAILABLE, "it belongs to uid 65534");

	/* Main's own it replaces. */
	ck_assert_int_eq(unlink(own.path), 0);
	leave_stale();
	l = taken();
	listener_close(l);
}
END_TEST

START_TEST(is_not_kept_away_by_whatever_else_is_there)
{
	struct listener *l;

	if (geteuid() != 0)
		return;
	ck_assert_int_eq(symlink("/etc/passwd", own.lock), 0);
	ck_assert_int_eq(lchown(own.lock, BOB, BOB), 0);
	l = taken();
	assert_serves(own.path);
	listener_close(l);
	ck_assert(fixture_exists(own.lock));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, waits_for_who_has_bound_it);
	tcase_add_test(tc, does_not_wait_for_one_that_has_had_its_name);
	tcase_add_test(tc, leaves_what_is_another_users);
	tcase_add_test(tc, takes_what_a_tined_left_to_another_user);
	tcase_add_test(tc, is_not_kept_away_by_a_lock_file_of_another_user);
	tcase_add_test(tc, is_not_kept_away_by_whatever_else_is_there);
}

int
main(void)
{
	return runner_main("unixpath_stale", add);
}
