/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "inject.h"
#include "listen/fixture.h"
#include "main/pid_file.h"
#include "runner.h"

#define FILE_NAME "tined.pid"
#define LOCK_NAME "tined.pid.lock"

static struct pid_file file;
static struct failure err;

static void
set_up(void)
{
	const struct pid_file none = PID_FILE_NONE;

	(void)fixture_dir();
	file = none;
	err.text[0] = '\0';
	err.exit_code = 0;
}

static void
tear_down(void)
{
	pid_file_remove(&file);
	fixture_clean();
}

static void
put(const char *text)
{
	int fd = open(FILE_NAME, O_CREAT | O_TRUNC | O_WRONLY, 0644);

	ck_assert_int_eq(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void
assert_text(const char *text)
{
	char buf[64] = "";
	int fd = open(FILE_NAME, O_RDONLY);

	ck_assert_int_ne(read(fd, buf, sizeof(buf) - 1), -1);
	close(fd);
	ck_assert_str_eq(buf, text);
}

static void
take(void)
{
	ck_assert_msg(pid_file_take(&file, FILE_NAME, &err) == 0, "%s",
	    err.text);
}

static void
assert_refused(int code, const char *reason)
{
	int before = dup(1), after;

	close(before);
	ck_assert_int_eq(pid_file_take(&file, FILE_NAME, &err), -1);
	ck_assert_int_eq(err.exit_code, code);
	ck_assert_str_eq(err.text, reason);
	ck_assert_int_eq(file.fd, -1);
	after = dup(1);
	ck_assert_int_eq(before, after);
	close(after);
}

/* The result of fn, 0 to 127, in another process. */
static int
elsewhere(int (*fn)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(fn());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

static int
take_again(void)
{
	struct pid_file other = PID_FILE_NONE;

	return pid_file_take(&other, FILE_NAME, &err) == 0 ? 0 : err.exit_code;
}

START_TEST(has_the_pid_and_is_removed)
{
	char text[16];
	struct stat st;

	put("what is longer than any number");
	umask(022);
	take();
	assert_text("what is longer than any number");
	ck_assert_int_eq(pid_file_write(&file), 0);
	snprintf(text, sizeof(text), "%d\n", (int)getpid());
	assert_text(text);
	ck_assert_int_ne(fcntl(file.fd, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_eq(stat(FILE_NAME, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0644);
	pid_file_remove(&file);
	ck_assert(!fixture_exists(FILE_NAME));
	ck_assert(!fixture_exists(LOCK_NAME));
}
END_TEST

START_TEST(is_one_mains)
{
	take();
	ck_assert_int_eq(elsewhere(take_again), EX_UNAVAILABLE);
	ck_assert_int_eq(pid_file_write(&file), 0);
	ck_assert_int_eq(elsewhere(take_again), EX_UNAVAILABLE);
	ck_assert(fixture_exists(FILE_NAME));
	ck_assert(fixture_exists(LOCK_NAME));
}
END_TEST

/* It has a copy of the name. */
START_TEST(keeps_its_name)
{
	char name[] = FILE_NAME;

	ck_assert_int_eq(pid_file_take(&file, name, &err), 0);
	memset(name, 'x', sizeof(name) - 1);
	pid_file_remove(&file);
	ck_assert(!fixture_exists(FILE_NAME));
}
END_TEST

/* Any lock that another user can take with a descriptor for reading. */
static void
lock_for_reading(int *fd)
{
	struct flock fl = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

	put("4711");
	*fd = open(FILE_NAME, O_RDONLY);
	ck_assert_int_eq(flock(*fd, LOCK_EX), 0);
	ck_assert_int_eq(fcntl(*fd, F_OFD_SETLK, &fl), 0);
}

START_TEST(is_not_kept_away_by_readers)
{
	int fd;

	lock_for_reading(&fd);
	take();
	ck_assert_int_eq(elsewhere(take_again), EX_UNAVAILABLE);
	close(fd);
}
END_TEST

START_TEST(counts_a_lock_for_writing)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd;

	put("4711");
	fd = open(FILE_NAME, O_RDWR);
	ck_assert_int_eq(fcntl(fd, F_OFD_SETLK, &fl), 0);
	assert_refused(EX_UNAVAILABLE, "already running, pid 4711");
	put("4711 or so");
	assert_refused(EX_UNAVAILABLE, "another process holds it");
	put("0");
	assert_refused(EX_UNAVAILABLE, "another process holds it");
	close(fd);
	take();
}
END_TEST

/* In a directory that main may not write to. */
START_TEST(does_without_a_lock_file)
{
	put("");
	ck_assert_int_eq(chmod(".", 0555), 0);
	if (geteuid() == 0) {
		ck_assert_int_eq(chown(FILE_NAME, 65534, 65534) |
			chown(".", 65534, 65534),
		    0);
		ck_assert_int_eq(seteuid(65534), 0);
	}
	take();
	ck_assert_int_eq(file.place.lock, -1);
	ck_assert_int_eq(elsewhere(take_again), EX_UNAVAILABLE);
	ck_assert_int_eq(seteuid(getuid()), 0);
	ck_assert_int_eq(chmod(".", 0755), 0);
}
END_TEST

static void
make_symlink(void)
{
	ck_assert_int_eq(symlink("precious", FILE_NAME), 0);
}

static void
make_directory(void)
{
	ck_assert_int_eq(mkdir(FILE_NAME, 0755), 0);
}

static void
make_fifo(void)
{
	ck_assert_int_eq(mkfifo(FILE_NAME, 0666), 0);
}

static void (*const strange[])(void) = { make_symlink, make_directory,
	make_fifo };

START_TEST(refuses_what_is_no_regular_file)
{
	strange[_i]();
	assert_refused(EX_OSERR, "not a regular file");
	ck_assert(fixture_exists(FILE_NAME));
	ck_assert(!fixture_exists(LOCK_NAME));
	ck_assert(!fixture_exists("precious"));
}
END_TEST

START_TEST(writes_to_no_file_from_elsewhere)
{
	struct stat st;

	put("precious");
	ck_assert_int_eq(link(FILE_NAME, "precious"), 0);
	assert_refused(EX_OSERR,
	    "it is a hard link, the file has another name");
	ck_assert_int_eq(unlink("precious"), 0);
	if (geteuid() != 0)
		return;
	ck_assert_int_eq(chown(FILE_NAME, 1, 1), 0);
	assert_refused(EX_OSERR, "it belongs to another user, uid 1");
	ck_assert_int_eq(stat(FILE_NAME, &st), 0);
	ck_assert_int_eq(st.st_size, 8);

	/* The owner of the directory may have put something there. */
	ck_assert_int_eq(chown(".", 1, 1), 0);
	take();
}
END_TEST

START_TEST(leaves_what_took_its_place)
{
	take();
	ck_assert_int_eq(unlink(FILE_NAME), 0);
	ck_assert_int_eq(symlink("precious", FILE_NAME), 0);
	pid_file_remove(&file);
	ck_assert(fixture_exists(FILE_NAME));
	ck_assert(!fixture_exists(LOCK_NAME));
}
END_TEST

START_TEST(says_what_is_missing)
{
	ck_assert_int_eq(pid_file_take(&file, "missing/pid", &err), -1);
	ck_assert_int_eq(err.exit_code, EX_OSERR);
	ck_assert_str_eq(err.text, strerror(ENOENT));
	pid_file_remove(&file);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, has_the_pid_and_is_removed);
	tcase_add_test(tc, is_one_mains);
	tcase_add_test(tc, keeps_its_name);
	tcase_add_test(tc, is_not_kept_away_by_readers);
	tcase_add_test(tc, counts_a_lock_for_writing);
	tcase_add_test(tc, does_without_a_lock_file);
	tcase_add_loop_test(tc, refuses_what_is_no_regular_file, 0, 3);
	tcase_add_test(tc, writes_to_no_file_from_elsewhere);
	tcase_add_test(tc, leaves_what_took_its_place);
	tcase_add_test(tc, says_what_is_missing);
}

int
main(void)
{
	return runner_main("pid_file", add);
}
