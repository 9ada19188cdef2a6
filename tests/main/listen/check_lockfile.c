/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "main/listen/fixture.h"
#include "main/listen/lockfile.h"
#include "runner.h"

#define PATH "a.sock"
#define LOCK "a.sock.lock"

/* What happens between the opening and the locking of the file. */
static void (*meanwhile)(void);

/* In place of libc's. */
int
flock(int fd, int operation)
{
	if (meanwhile != NULL)
		meanwhile();
	return (int)syscall(SYS_flock, fd, operation);
}

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
replace_once(void)
{
	meanwhile = NULL;
	ck_assert_int_eq(rename(LOCK, "old"), 0); /* so its inode stays */
	close(open(LOCK, O_CREAT | O_WRONLY, 0600));
}

static void
remove_once(void)
{
	meanwhile = NULL;
	ck_assert_int_eq(rename(LOCK, "old"), 0);
}

static void (*const changes[])(void) = { replace_once, remove_once };

START_TEST(begins_anew_when_its_file_changed_before_it_was_locked)
{
	struct stat locked, there;
	int fd;

	meanwhile = changes[_i];
	fd = lockfile_take(PATH);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(fstat(fd, &locked), 0);
	ck_assert_int_eq(lstat(LOCK, &there), 0);
	ck_assert_uint_eq(locked.st_ino, there.st_ino);
	lockfile_release(PATH, fd);
}
END_TEST

static void
remove_always(void)
{
	(void)unlink(LOCK);
}

START_TEST(gives_up_when_its_file_keeps_changing)
{
	int before = dup(1), after;

	close(before);
	meanwhile = remove_always;
	ck_assert_int_eq(lockfile_take(PATH), -1);
	ck_assert_int_eq(errno, EWOULDBLOCK);
	after = dup(1);
	ck_assert_int_eq(before, after);
	close(after);
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
	tcase_add_loop_test(tc,
	    begins_anew_when_its_file_changed_before_it_was_locked, 0, 2);
	tcase_add_test(tc, gives_up_when_its_file_keeps_changing);
	tcase_add_loop_test(tc, refuses_what_is_no_regular_file, 0, 3);
	tcase_add_test(tc, needs_its_directory);
}

int
main(void)
{
	return runner_main("lockfile", add);
}
