/* SPDX-License-Identifier: ISC */
/* What is not tined's to take is left as it was, and the reason is said. */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include <bsd/string.h>

#include "listen/own_path.h"
#include "runner.h"

static ino_t
inode(const char *name)
{
	struct stat st;

	ck_assert_int_eq(lstat(name, &st), 0);
	return st.st_ino;
}

START_TEST(leaves_a_served_path_alone)
{
	struct listener *l = taken();
	ino_t ino = inode(own.path);

	assert_refused(true, EX_UNAVAILABLE, "it is served by another process");
	ck_assert_uint_eq(inode(own.path), ino);
	ck_assert(fixture_exists(own.lock));
	assert_serves(own.path);
	listener_close(l);
}
END_TEST

static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };

START_TEST(leaves_the_live_socket_of_another_program_alone)
{
	int fd = foreign(types[_i], 5);
	ino_t ino = inode(own.path);

	assert_refused(true, EX_UNAVAILABLE, "it is in use");
	ck_assert_uint_eq(inode(own.path), ino);
	ck_assert(!fixture_exists(own.lock));
	close(fd);
}
END_TEST

START_TEST(leaves_a_live_server_alone_whose_queue_is_full)
{
	int fd = foreign(SOCK_STREAM, 0), client;
	ino_t ino = inode(own.path);

	client = fixture_connect_unix(own.path);
	ck_assert_int_ne(client, -1);
	assert_refused(true, EX_UNAVAILABLE, "it is in use");
	ck_assert_uint_eq(inode(own.path), ino);
	close(client);
	close(fd);
}
END_TEST

START_TEST(never_touches_a_regular_file)
{
	int fd = open(own.path, O_CREAT | O_WRONLY, 0644);
	struct stat st;

	ck_assert_int_eq(write(fd, "data", 4), 4);
	close(fd);
	assert_refused(false, EX_UNAVAILABLE, "is not a socket");
	ck_assert_int_eq(lstat(own.path, &st), 0);
	ck_assert_int_eq(st.st_size, 4);
	ck_assert_int_eq(st.st_mode & 07777, 0644);
}
END_TEST

START_TEST(never_follows_a_symbolic_link)
{
	char real[80];

	/* To a stale socket, then to nothing. */
	leave_stale();
	snprintf(real, sizeof(real), "%s.real", own.path);
	ck_assert_int_eq(rename(own.path, real), 0);
	ck_assert_int_eq(symlink(real, own.path), 0);
	assert_refused(false, EX_UNAVAILABLE, "is not a socket");
	ck_assert(fixture_exists(real));
	ck_assert_int_eq(unlink(real), 0);
	assert_refused(false, EX_UNAVAILABLE, "is not a socket");
	ck_assert(fixture_exists(own.path));
	ck_assert(!fixture_exists(real));
}
END_TEST

START_TEST(never_touches_a_directory_or_a_fifo)
{
	ck_assert_int_eq(mkdir(own.path, 0700), 0);
	assert_refused(false, EX_UNAVAILABLE, "is not a socket");
	ck_assert_int_eq(rmdir(own.path), 0);
	ck_assert_int_eq(mkfifo(own.path, 0600), 0);
	assert_refused(false, EX_UNAVAILABLE, "is not a socket");
	ck_assert(fixture_exists(own.path));
}
END_TEST

START_TEST(refuses_a_strange_lock_file)
{
	ck_assert_int_eq(symlink("target", own.lock), 0);
	assert_refused(false, EX_UNAVAILABLE, "not a regular file");
	ck_assert(fixture_exists(own.lock));
	ck_assert(!fixture_exists(own.path));
}
END_TEST

START_TEST(says_that_the_directory_is_missing)
{
	strlcat(own.path, "/x/y", sizeof(own.path));
	assert_refused(false, EX_UNAVAILABLE, "the directory does not exist");
}
END_TEST

START_TEST(says_that_a_permission_is_missing)
{
	const uid_t me = geteuid();

	ck_assert_int_eq(chmod(".", 0555), 0);
	ck_assert_int_eq(seteuid(me == 0 ? 65534 : me), 0);
	assert_refused(false, EX_NOPERM, "Permission denied");
	ck_assert_int_eq(seteuid(me), 0);
	ck_assert_int_eq(chmod(".", 0700), 0);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, leaves_a_served_path_alone);
	tcase_add_loop_test(tc, leaves_the_live_socket_of_another_program_alone,
	    0, 3);
	tcase_add_test(tc, leaves_a_live_server_alone_whose_queue_is_full);
	tcase_add_test(tc, never_touches_a_regular_file);
	tcase_add_test(tc, never_follows_a_symbolic_link);
	tcase_add_test(tc, never_touches_a_directory_or_a_fifo);
	tcase_add_test(tc, refuses_a_strange_lock_file);
	tcase_add_test(tc, says_that_the_directory_is_missing);
	tcase_add_test(tc, says_that_a_permission_is_missing);
}

int
main(void)
{
	return runner_main("unixpath_refused", add);
}
