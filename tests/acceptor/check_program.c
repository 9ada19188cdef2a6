/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/program.h"
#include "acceptor/rig.h"
#include "base/io.h"
#include "base/record.h"
#include "inject.h"
#include "runner.h"

static struct board_slot *slot;
static char text[4096];

/* Runs the rig's program on a connection; what it wrote, and its status. */
static int
run(const char *input)
{
	struct arrival c;
	int fd = rig_connect(&c), status;
	pid_t pid;

	slot = rig_slot(0);
	slot->id = 17;
	slot->nth = 1;
	slot->error = 0;
	slot->peer = c.peer;
	slot->local = rig_local;
	pid = program_start(rig, slot, c.fd);
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(atomic_load(&slot->pid), pid);
	close(c.fd);
	ck_assert_int_eq(send(fd, input, strlen(input), MSG_NOSIGNAL),
	    strlen(input));
	shutdown(fd, SHUT_WR);
	ck_assert(rig_read_all(fd, text, sizeof(text)));
	close(fd);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static const char *script;
static enum stderr_to where;

static void
shell(struct spec_builder *b)
{
	rig_program(b, "/bin/sh", "-c", script, "name", "a b", "", NULL);
	spec_of(b)->stderr_to = where;
}

static const char *
run_script(const char *s)
{
	script = s;
	rig_make(shell, 4);
	ck_assert_int_eq(run(""), 0);
	return text;
}

static void
cat(struct spec_builder *b)
{
	rig_program(b, "/bin/cat", NULL);
}

START_TEST(serves_the_connection_on_0_and_1)
{
	rig_make(cat, 4);
	ck_assert_int_eq(run("to and fro"), 0);
	ck_assert_str_eq(text, "to and fro");
	ck_assert_int_eq(slot->error, 0);
}
END_TEST

START_TEST(gets_its_arguments_as_they_are)
{
	ck_assert_str_eq(run_script("printf '%s|' \"$0\" \"$@\""),
	    "name|a b||");
}
END_TEST

START_TEST(gets_its_environment_and_nothing_else)
{
	setenv("NOTIFY_SOCKET", "/run/secret", 1);
	setenv("LISTEN_FDS", "3", 1);
	run_script("tr '\\0' '\\n' </proc/self/environ");
	ck_assert_ptr_null(strstr(text, "NOTIFY_SOCKET"));
	ck_assert_ptr_null(strstr(text, "LISTEN_FDS"));
	ck_assert_ptr_nonnull(strstr(text, "PROTO=TCP\n"));
	ck_assert_ptr_nonnull(strstr(text, "TINED_ID=17\n"));
}
END_TEST

START_TEST(has_no_other_descriptor)
{
	where = STDERR_SOCKET;
	/* 3 is the directory that ls reads. */
	ck_assert_str_eq(run_script("exec ls /proc/self/fd"), "0\n1\n2\n3\n");
}
END_TEST

START_TEST(has_a_group_of_its_own)
{
	run_script("read p n s pp g r </proc/self/stat; echo $((g == $$))");
	ck_assert_str_eq(text, "1\n");
}
END_TEST

START_TEST(has_every_signal_at_its_default)
{
	unsigned long long ignored;
	sigset_t all;
	char *at;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	run_script("exec cat /proc/self/status");
	ck_assert_ptr_nonnull(strstr(text, "SigBlk:\t0000000000000000"));
	/* 32 and 33 are libc's own: not to be had. */
	ck_assert_ptr_nonnull(at = strstr(text, "SigIgn:\t"));
	ignored = strtoull(at + 8, NULL, 16);
	ck_assert_uint_eq(ignored & 0x7fffffff, 0);
	ck_assert_ptr_nonnull(strstr(text, "SigCgt:\t0000000000000000"));
	/* Ours is as it was. */
	sigprocmask(SIG_BLOCK, NULL, &all);
	ck_assert_int_eq(sigismember(&all, SIGTERM), 1);
}
END_TEST

/* Above the one that this test is run with: not everybody can lower it. */
static int
nicer(void)
{
	int nice = getpriority(PRIO_PROCESS, 0) + 5;

	return nice < 19 ? nice : 19;
}

static void
limited(struct spec_builder *b)
{
	shell(b);
	spec_of(b)->umask = 027;
	spec_of(b)->nice = nicer();
	spec_of(b)->limit[LIMIT_NOFILE] = (struct spec_limit) { 33, 1, 0 };
	spec_of(b)->limit[LIMIT_CORE] = (struct spec_limit) { 0, 1, 0 };
	spec_of(b)->limit[LIMIT_AS] = (struct spec_limit) { RLIM_INFINITY, 1,
		0 };
}

START_TEST(has_its_limits_and_leaves_ours)
{
	int nice_before = getpriority(PRIO_PROCESS, 0);
	struct rlimit before, after;
	char expected[64];

	(void)snprintf(expected, sizeof(expected),
	    "33\n0\nunlimited\n0027\n%d\n", nicer());
	getrlimit(RLIMIT_NOFILE, &before);
	script = "ulimit -Sn; ulimit -Sc; ulimit -Sv; umask; nice";
	rig_make(limited, 4);
	ck_assert_int_eq(run(""), 0);
	ck_assert_str_eq(text, expected);
	getrlimit(RLIMIT_NOFILE, &after);
	ck_assert_uint_eq(before.rlim_cur, after.rlim_cur);
	ck_assert_int_eq(getpriority(PRIO_PROCESS, 0), nice_before);
}
END_TEST

START_TEST(gets_the_limit_of_descriptors_that_there_was)
{
	script = "ulimit -Sn";
	rig_make(shell, 4);
	rig->confined.nofile.rlim_cur = 77;
	ck_assert_int_eq(run(""), 0);
	ck_assert_str_eq(text, "77\n");
}
END_TEST

START_TEST(hands_its_standard_error_to_the_logger)
{
	struct stderr_msg msg;
	int fd;

	where = STDERR_LOG;
	ck_assert_str_eq(run_script("echo trouble >&2; echo fine"), "fine\n");
	ck_assert_int_eq(io_recv_fd(rig_stderrs, &msg, sizeof(msg), &fd),
	    sizeof(msg));
	ck_assert_uint_eq(msg.id, 17);
	ck_assert_int_eq(msg.pid, slot->pid);
	ck_assert_int_ne(fd, -1);
	/* At its end: nobody else holds the writing one. */
	ck_assert(rig_read_all(fd, text, sizeof(text)));
	ck_assert_str_eq(text, "trouble\n");
}
END_TEST

START_TEST(may_open_its_standard_error_by_name)
{
	struct stderr_msg msg;
	int fd;

	where = STDERR_LOG;
	run_script("echo trouble >/dev/stderr");
	io_recv_fd(rig_stderrs, &msg, sizeof(msg), &fd);
	ck_assert(rig_read_all(fd, text, sizeof(text)));
	ck_assert_str_eq(text, "trouble\n");
}
END_TEST

START_TEST(writes_its_standard_error_to_the_peer)
{
	where = STDERR_SOCKET;
	ck_assert_str_eq(run_script("echo trouble >&2"), "trouble\n");
}
END_TEST

START_TEST(goes_without_standard_error_when_the_logger_is_stuck)
{
	struct stderr_msg msg = { .id = 1 };
	int fd;

	where = STDERR_LOG;
	script = "echo trouble >&2; echo fine";
	rig_make(shell, 4);
	while (io_send_fd(SPEC_FD_STDERRS, &msg, sizeof(msg), -1) == 0)
		continue;
	ck_assert_int_eq(run(""), 0);
	ck_assert_str_eq(text, "fine\n");
	ck_assert_uint_eq(rig->section->unsaid, 1);
	while (io_recv_fd(rig_stderrs, &msg, sizeof(msg), &fd) > 0)
		ck_assert_int_eq(fd, -1);
}
END_TEST

static const char *path;

static void
at_path(struct spec_builder *b)
{
	rig_program(b, path, NULL);
}

START_TEST(says_why_it_could_not_be_executed)
{
	static const struct {
		const char *path;
		int error;
	} row[] = { { "/nonexistent/program", ENOENT }, { "/etc", EACCES },
		{ "/etc/passwd", EACCES }, { "/etc/passwd/x", ENOTDIR } };
	struct arrival c;
	struct stderr_msg msg;
	unsigned int i;
	int fd, before, status;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		path = row[i].path;
		rig_make(at_path, 4);
		slot = rig_slot(0);
		rig_connect(&c);
		close(before = dup(0));
		ck_assert_int_eq(program_start(rig, slot, c.fd), slot->pid);
		ck_assert_int_eq(slot->error, row[i].error);
		ck_assert_int_eq(waitpid(slot->pid, &status, 0), slot->pid);
		ck_assert_int_eq(WEXITSTATUS(status), 127);
		/* Nothing was handed over, nothing stays open. */
		ck_assert_int_eq(io_recv_fd(rig_stderrs, &msg, sizeof(msg),
				     &fd),
		    -1);
		ck_assert_int_eq(fd = dup(0), before);
		close(fd);
		ck_assert_int_eq(send(c.fd, "x", 1, MSG_NOSIGNAL), 1);
	}
}
END_TEST

START_TEST(leaves_no_descriptor_behind)
{
	struct stderr_msg msg;
	int before, after, fd, i;

	where = STDERR_LOG;
	script = ":";
	rig_make(shell, 4);
	run("");
	io_recv_fd(rig_stderrs, &msg, sizeof(msg), &fd);
	close(fd);
	close(before = dup(0));
	for (i = 0; i < 20; i++) {
		run("");
		io_recv_fd(rig_stderrs, &msg, sizeof(msg), &fd);
		close(fd);
	}
	close(after = dup(0));
	ck_assert_int_eq(before, after);
}
END_TEST

START_TEST(starts_no_program_without_a_descriptor_for_its_pipe)
{
	struct rlimit before, rl;
	struct arrival c;

	where = STDERR_LOG;
	script = ":";
	rig_make(shell, 4);
	rig_connect(&c);
	getrlimit(RLIMIT_NOFILE, &before);
	rl = before;
	rl.rlim_cur = (rlim_t)c.fd + 1;
	setrlimit(RLIMIT_NOFILE, &rl);
	ck_assert_int_eq(program_start(rig, rig_slot(0), c.fd), -1);
	ck_assert_int_eq(errno, EMFILE);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	setrlimit(RLIMIT_NOFILE, &before);
}
END_TEST

static void
much_set_up(struct spec_builder *b)
{
	limited(b);
	spec_of(b)->stderr_to = STDERR_LOG;
}

/* Every step between clone and execve.  What is not as it was asked for does
 * not run, and the acceptor is told why. */
static const long steps[] = { SYS_dup2, SYS_setpgid, SYS_setpriority,
	SYS_prlimit64, SYS_rt_sigprocmask, SYS_execve };

START_TEST(does_not_run_where_a_step_fails)
{
	struct arrival c;
	int status;

	script = ":";
	rig_make(much_set_up, 4);
	slot = rig_slot(0);
	rig_connect(&c);
	ck_assert_int_eq(inject(steps[_i], INJECT_ANY, ENOMEM), 0);
	ck_assert_int_eq(program_start(rig, slot, c.fd), slot->pid);
	ck_assert_int_eq(slot->error, ENOMEM);
	ck_assert_int_eq(waitpid(slot->pid, &status, 0), slot->pid);
	ck_assert_int_eq(WEXITSTATUS(status), 127);
}
END_TEST

/* The logger is not asked to read what was not handed over. */
START_TEST(runs_without_a_log_that_could_not_be_handed_over)
{
	struct arrival c;
	int status;

	where = STDERR_LOG;
	script = "echo trouble >&2; exit 3";
	rig_make(shell, 4);
	slot = rig_slot(0);
	rig_connect(&c);
	ck_assert_int_eq(inject(SYS_sendmsg, INJECT_ANY, ENOBUFS), 0);
	ck_assert_int_gt(program_start(rig, slot, c.fd), 0);
	ck_assert_uint_eq(rig->section->unsaid, 1);
	ck_assert_int_eq(waitpid(slot->pid, &status, 0), slot->pid);
	/* The shell is gone by SIGPIPE or has not minded. */
	ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) == 3);
}
END_TEST

START_TEST(is_not_prepared_without_memory)
{
	rig_make(cat, 4);
	ck_assert_int_eq(inject(SYS_mmap, INJECT_ANY, ENOMEM), 0);
	ck_assert_int_eq(program_init(rig), -1);
	ck_assert_int_eq(errno, ENOMEM);
}
END_TEST

/* Its CLONE_VFORK is a fork, whose parent looks for the error too early. */
static const char *
valgrind_lack(void)
{
	return getenv("VALGRIND_LOGS") == NULL ? NULL :
						 "valgrind waits for no child";
}

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	tcase_add_test(tc, serves_the_connection_on_0_and_1);
	tcase_add_test(tc, gets_its_arguments_as_they_are);
	tcase_add_test(tc, gets_its_environment_and_nothing_else);
	tcase_add_test(tc, has_no_other_descriptor);
	tcase_add_test(tc, has_a_group_of_its_own);
	tcase_add_test(tc, has_every_signal_at_its_default);
	tcase_add_test(tc, has_its_limits_and_leaves_ours);
	tcase_add_test(tc, gets_the_limit_of_descriptors_that_there_was);
	tcase_add_test(tc, hands_its_standard_error_to_the_logger);
	tcase_add_test(tc, may_open_its_standard_error_by_name);
	tcase_add_test(tc, writes_its_standard_error_to_the_peer);
	tcase_add_test(tc,
	    goes_without_standard_error_when_the_logger_is_stuck);
	runner_add(tc, valgrind_lack(), says_why_it_could_not_be_executed);
	tcase_add_test(tc, leaves_no_descriptor_behind);
	tcase_add_test(tc, starts_no_program_without_a_descriptor_for_its_pipe);
	runner_add_loop(tc, inject_lack_memory(),
	    does_not_run_where_a_step_fails, 0,
	    sizeof(steps) / sizeof(steps[0]));
	runner_add(tc, lack, runs_without_a_log_that_could_not_be_handed_over);
	runner_add(tc, inject_lack_memory(), is_not_prepared_without_memory);
}

int
main(void)
{
	return rig_main("program", add);
}
