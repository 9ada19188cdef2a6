/* SPDX-License-Identifier: ISC */
#include <config.h>

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "fixture.h"
#include "main/lockfile.h"
#include "runner.h"

#define PATH "a.sock"
#define LOCK "a.sock.lock"

static void
set_up(void)
{
	(void)fixture_dir();
}

START_TEST(is_made_for_us_alone_and_removed)
{
	struct stat st;
	int fd = lockfile_take(PATH);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_eq(lstat(LOCK, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	lockfile_release(PATH, fd);
	ck_assert(!fixture_exists(LOCK));
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
}
END_TEST

START_TEST(is_held_once)
{
	int fd = lockfile_take(PATH);

	ck_assert_int_eq(lockfile_take(PATH), -1);
	ck_assert_int_eq(errno, EWOULDBLOCK);
	ck_assert(fixture_exists(LOCK));
	lockfile_release(PATH, fd);
	fd = lockfile_take(PATH);
	ck_assert_int_ne(fd, -1);
	lockfile_release(PATH, fd);
}
END_TEST

START_TEST(takes_over_what_a_dead_holder_left)
{
	int fd = open(LOCK, O_CREAT | O_WRONLY, 0600);

	close(fd);
	fd = lockfile_take(PATH);
	ck_assert_int_ne(fd, -1);
	lockfile_release(PATH, fd);
	ck_assert(!fixture_exists(LOCK));
}
END_TEST

START_TEST(leaves_a_file_with_something_in_it)
{
	int fd = open(LOCK, O_CREAT | O_WRONLY, 0644);
	struct stat st;

	ck_assert_int_eq(write(fd, "mine", 4), 4);
	close(fd);
	fd = lockfile_take(PATH);
	ck_assert_int_ne(fd, -1);
	lockfile_release(PATH, fd);
	ck_assert_int_eq(lstat(LOCK, &st), 0);
	ck_assert_int_eq(st.st_size, 4);
}
END_TEST

START_TEST(leaves_a_file_that_took_its_place)
{
	int fd = lockfile_take(PATH), other;

	ck_assert_int_eq(unlink(LOCK), 0);
	other = open(LOCK, O_CREAT | O_WRONLY, 0600);
	lockfile_release(PATH, fd);
	ck_assert(fixture_exists(LOCK));
	close(other);
}
END_TEST

static void
make_symlink(void)
{
	ck_assert_int_eq(symlink("target", LOCK), 0);
}

static void
make_directory(void)
{
	ck_assert_int_eq(mkdir(LOCK, 0700), 0);
}

static void
make_fifo(void)
{
	ck_assert_int_eq(mkfifo(LOCK, 0600), 0);
}

static void (*const strange[])(void) = { make_symlink, make_directory,
	make_fifo };

START_TEST(refuses_what_is_no_regular_file)
{
	strange[_i]();
	ck_assert_int_eq(lockfile_take(PATH), -1);
	ck_assert_int_eq(errno, ELOOP);
	ck_assert(fixture_exists(LOCK));
	ck_assert(!fixture_exists("target"));
}
END_TEST

START_TEST(needs_its_directory)
{
	ck_assert_int_eq(lockfile_take("missing/a.sock"), -1);
	ck_assert_int_eq(errno, ENOENT);
	lockfile_release(PATH, -1);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, fixture_clean);
	tcase_add_test(tc, is_made_for_us_alone_and_removed);
	tcase_add_test(tc, is_held_once);
	tcase_add_test(tc, takes_over_what_a_dead_holder_left);
	tcase_add_test(tc, leaves_a_file_with_something_in_it);
	tcase_add_test(tc, leaves_a_file_that_took_its_place);
	tcase_add_loop_test(tc, refuses_what_is_no_regular_file, 0, 3);
	tcase_add_test(tc, needs_its_directory);
}

int
main(void)
{
	return runner_main("lockfile", add);
}
