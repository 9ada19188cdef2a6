/* SPDX-License-Identifier: ISC */
/* This program runs in place of the acceptor and reports its descriptors. */
#include "config.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "ipc/scoreboard_main.h"
#include "ipc/control.h"
#include "main/spawn.h"
#include "runner.h"

#define LISTENERS 40

#ifndef WIDE_SANDBOX
#define WIDE_SANDBOX 0
#endif

static struct served *served;
static struct generation g = { .settings = -1 };
static struct {
	int settings, control;
} own; /* of the acceptor that is started */
static struct listener listener[LISTENERS];
static int control; /* main's end */

static void
is_cloexec(int fd)
{
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

static void
setup(void)
{
	unsigned int i;
	int sv[2];

	ck_assert_ptr_nonnull(served = served_new("test"));
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			     sv),
	    0);
	own.control = sv[0];
	control = sv[1];
	own.settings = memfd_create("the settings", MFD_CLOEXEC);
	TAILQ_INIT(&g.listeners);
	for (i = 0; i < LISTENERS; i++) {
		listener[i].fd = memfd_create("a listener", MFD_CLOEXEC);
		ck_assert_int_eq(ftruncate(listener[i].fd, i), 0);
		TAILQ_INSERT_TAIL(&g.listeners, &listener[i], entry);
	}
}

static void
teardown(void)
{
	served_free(served);
}

START_TEST(makes_what_a_service_needs)
{
	int i;

	for (i = 0; i < 2; i++) {
		is_cloexec(served->log[i]);
		is_cloexec(served->stderrs[i]);
		ck_assert_int_ne(fcntl(served->log[i], F_GETFL) & O_NONBLOCK,
		    0);
	}
	is_cloexec(scoreboard_fd(served->board));
	ck_assert_int_eq(served->now.settings, -1);
	ck_assert_int_eq(served->next.settings, -1);
	ck_assert_str_eq(served->name, "test");
}
END_TEST

START_TEST(finds_a_service_by_its_name)
{
	struct served_list list = TAILQ_HEAD_INITIALIZER(list);

	TAILQ_INSERT_TAIL(&list, served, entry);
	ck_assert_ptr_eq(served_find(&list, "test"), served);
	ck_assert_ptr_null(served_find(&list, "tes"));
}
END_TEST

/* In the acceptor: writes a line for each open descriptor to the log. */
static int
report(int argc, char *argv[])
{
	struct stat st;
	int fd;

	if (argc != 2 || strcmp(argv[1], "test") != 0 || getsid(0) != getpid())
		return 1;
	for (fd = 0; fd < 256; fd++)
		if (fstat(fd, &st) == 0)
			dprintf(SETTINGS_FD_LOG, "%d %llu\n", fd,
			    (unsigned long long)st.st_ino);
	return 0;
}

static void
expect(FILE *f, int fd, int original)
{
	unsigned long long ino;
	struct stat st;
	int got;

	ck_assert_int_eq(fstat(original, &st), 0);
	ck_assert_int_eq(fscanf(f, "%d %llu\n", &got, &ino), 2);
	ck_assert_int_eq(got, fd);
	ck_assert_msg(ino == st.st_ino, "descriptor %d is another", fd);
}

static void
expect_all(FILE *f)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), i;

	expect(f, 0, null);
	expect(f, 1, null);
	expect(f, 2, WIDE_SANDBOX ? 2 : null);
	expect(f, SETTINGS_FD_SETTINGS, own.settings);
	expect(f, SETTINGS_FD_SCOREBOARD, scoreboard_fd(served->board));
	expect(f, SETTINGS_FD_LOG, served->log[1]);
	expect(f, SETTINGS_FD_STDERRS, served->stderrs[1]);
	expect(f, SETTINGS_FD_CONTROL, own.control);
	for (i = 0; i < LISTENERS; i++)
		expect(f, SETTINGS_FD_LISTENER + i, listener[i].fd);
	ck_assert_int_eq(fgetc(f), EOF);
}

START_TEST(puts_every_descriptor_in_its_place)
{
	int exe, status;
	pid_t pid;

	/* Descriptors of Check may be without FD_CLOEXEC. */
	for (exe = 3; exe < 256; exe++)
		(void)fcntl(exe, F_SETFD, FD_CLOEXEC);
	exe = open("/proc/self/exe", O_PATH | O_CLOEXEC);
	pid = spawn_acceptor(exe, served, &g, own.settings, own.control);
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	expect_all(fdopen(served->log[0], "r"));
}
END_TEST

/* It ends, and reports to main why. */
static void
fails(int exe, const char *why)
{
	pid_t pid = spawn_acceptor(exe, served, &g, own.settings, own.control);
	struct control msg;
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WEXITSTATUS(status), 127);
	ck_assert_int_eq(control_receive(control, &msg), 1);
	ck_assert_int_eq(msg.type, CONTROL_FAILED);
	ck_assert_int_eq(msg.arg, EX_OSERR);
	ck_assert_str_eq(msg.text, why);
}

START_TEST(ends_where_nothing_can_be_executed)
{
	fails(own.settings, "executing the acceptor: Exec format error");
}
END_TEST

/* Above what a service has, 5 and each listener, there is no room for the
 * executable, which is in the way; or for that, and not for all the others. */
START_TEST(names_the_limit_of_descriptors)
{
	struct rlimit rl;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &rl), 0);
	rl.rlim_cur = SETTINGS_FD_SETTINGS + _i * (5 + LISTENERS);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &rl), 0);
	fails(own.settings,
	    "executing the acceptor: Too many open files (RLIMIT_NOFILE)");
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = runner_in_valgrind("valgrind executes it itself");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, makes_what_a_service_needs);
	tcase_add_test(tc, finds_a_service_by_its_name);
	runner_add(tc, lack, puts_every_descriptor_in_its_place);
	runner_add(tc, lack, ends_where_nothing_can_be_executed);
	tcase_add_loop_test(tc, names_the_limit_of_descriptors, 1, 3);
}

int
main(int argc, char *argv[])
{
	/* (argv[0] is another in valgrind.) */
	if (argc > 1)
		return report(argc, argv);
	return runner_main("spawn", add);
}
