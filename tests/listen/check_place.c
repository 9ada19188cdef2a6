/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "listen/fixture.h"
#include "listen/place.h"
#include "runner.h"

#define PATH "a.sock"
#define LOCK "a.sock.lock"

static struct place place;

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
	ck_assert_int_eq(place_open(&place, PATH), 0);
}

static void
tear_down(void)
{
	place_close(&place);
	fixture_clean();
}

static void
take(void)
{
	ck_assert_int_eq(place_lock(&place), PLACE_LOCKED);
	ck_assert_int_ne(place.lock, -1);
}

START_TEST(is_made_for_us_alone_and_removed)
{
	struct stat st;
	int fd;

	take();
	ck_assert(!place.was_there);
	ck_assert_int_ne(fcntl(place.lock, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_eq(lstat(LOCK, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	fd = place.lock;
	place_close(&place);
	ck_assert(!fixture_exists(LOCK));
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
	ck_assert_int_eq(place.lock, -1);
}
END_TEST

START_TEST(is_held_once)
{
	struct place other;

	take();
	ck_assert_int_eq(place_open(&other, PATH), 0);
	ck_assert_int_eq(place_lock(&other), PLACE_HELD);
	ck_assert_int_eq(other.lock, -1);
	ck_assert_uint_eq(other.owner, geteuid());
	place_close(&other);
	ck_assert(fixture_exists(LOCK));
	place_close(&place);
	ck_assert_int_eq(place_open(&place, PATH), 0);
	take();
}
END_TEST

START_TEST(takes_over_what_a_dead_holder_left)
{
	close(open(LOCK, O_CREAT | O_WRONLY, 0600));
	take();
	ck_assert(place.was_there);
	place_close(&place);
	ck_assert(!fixture_exists(LOCK));
}
END_TEST

START_TEST(leaves_a_file_with_something_in_it)
{
	int fd = open(LOCK, O_CREAT | O_WRONLY, 0644);
	struct stat st;

	ck_assert_int_eq(write(fd, "mine", 4), 4);
	close(fd);
	take();
	place_close(&place);
	ck_assert_int_eq(lstat(LOCK, &st), 0);
	ck_assert_int_eq(st.st_size, 4);
}
END_TEST

START_TEST(leaves_a_file_that_took_its_place)
{
	int fd;

	take();
	ck_assert_int_eq(unlink(LOCK), 0);
	fd = open(LOCK, O_CREAT | O_WRONLY, 0600);
	place_close(&place);
	ck_assert(fixture_exists(LOCK));
	close(fd);
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

	meanwhile = changes[_i];
	take();
	ck_assert_int_eq(fstat(place.lock, &locked), 0);
	ck_assert_int_eq(lstat(LOCK, &there), 0);
	ck_assert_uint_eq(locked.st_ino, there.st_ino);
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
	ck_assert_int_eq(place_lock(&place), PLACE_HELD);
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
	ck_assert_int_eq(place_lock(&place), PLACE_STRANGE);
	ck_assert_int_eq(place.lock, -1);
	ck_assert(fixture_exists(LOCK));
	ck_assert(!fixture_exists("target"));
}
END_TEST

/* In main's own directory the file of a third user is not a lock. */
START_TEST(takes_no_file_of_another_user)
{
	struct stat st;

	if (geteuid() != 0)
		return;
	close(open(LOCK, O_CREAT | O_WRONLY, 0666));
	ck_assert_int_eq(chown(LOCK, 65534, 65534), 0);
	ck_assert_int_eq(place_lock(&place), PLACE_FOREIGN);
	ck_assert_int_eq(place.lock, -1);
	ck_assert_uint_eq(place.owner, 65534);
	ck_assert_int_eq(lstat(LOCK, &st), 0);
	ck_assert_int_eq(unlink(LOCK), 0);
	ck_assert_int_eq(mkdir(LOCK, 0700), 0);
	ck_assert_int_eq(chown(LOCK, 65534, 65534), 0);
	ck_assert_int_eq(place_lock(&place), PLACE_FOREIGN);
	ck_assert_int_eq(rmdir(LOCK), 0);
	close(open(LOCK, O_CREAT | O_WRONLY, 0666));
	ck_assert_int_eq(chown(LOCK, 65534, 65534), 0);

	/* But the directory's owner may have made it. */
	ck_assert_int_eq(chown(".", 65534, 65534), 0);
	take();
}
END_TEST

START_TEST(takes_no_file_that_has_another_name)
{
	close(open("precious", O_CREAT | O_WRONLY, 0600));
	ck_assert_int_eq(link("precious", LOCK), 0);
	ck_assert_int_eq(place_lock(&place), PLACE_FOREIGN);
	ck_assert_int_eq(place.lock, -1);
}
END_TEST

START_TEST(stays_in_the_directory_that_was_opened)
{
	ck_assert_int_eq(mkdir("a", 0700) | mkdir("b", 0700), 0);
	place_close(&place);
	ck_assert_int_eq(place_open(&place, "a/s"), 0);
	ck_assert_int_eq(rename("a", "c"), 0);
	ck_assert_int_eq(symlink("b", "a"), 0);
	take();
	ck_assert(fixture_exists("c/s.lock"));
	ck_assert(!fixture_exists("b/s.lock"));
	place_close(&place);
	ck_assert(!fixture_exists("c/s.lock"));
}
END_TEST

START_TEST(needs_its_directory)
{
	struct place missing;

	ck_assert_int_eq(place_open(&missing, "missing/a.sock"), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(place_open(&missing, "/a.sock"), 0);
	ck_assert_str_eq(missing.name, "a.sock");
	place_close(&missing);
	ck_assert_int_eq(missing.dir, -1);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, is_made_for_us_alone_and_removed);
	tcase_add_test(tc, is_held_once);
	tcase_add_test(tc, takes_over_what_a_dead_holder_left);
	tcase_add_test(tc, leaves_a_file_with_something_in_it);
	tcase_add_test(tc, leaves_a_file_that_took_its_place);
	tcase_add_loop_test(tc,
	    begins_anew_when_its_file_changed_before_it_was_locked, 0, 2);
	tcase_add_test(tc, gives_up_when_its_file_keeps_changing);
	tcase_add_loop_test(tc, refuses_what_is_no_regular_file, 0, 3);
	tcase_add_test(tc, takes_no_file_of_another_user);
	tcase_add_test(tc, takes_no_file_that_has_another_name);
	tcase_add_test(tc, stays_in_the_directory_that_was_opened);
	tcase_add_test(tc, needs_its_directory);
}

int
main(void)
{
	return runner_main("place", add);
}
