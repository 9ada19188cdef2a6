/* SPDX-License-Identifier: ISC */
/*
 * What a program finds when it starts, and where its standard error goes.
 */
#include "config.h"

#include <sys/resource.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acceptor/rig.h"
#include "acceptor/script.h"
#include "base/io.h"
#include "ipc/record.h"
#include "runner.h"

START_TEST(serves_the_connection_on_0_and_1)
{
	rig_make(script_cat, 4);
	ck_assert_int_eq(script_serve("to and fro"), 0);
	ck_assert_str_eq(script_output, "to and fro");
	ck_assert_int_eq(script_slot->error, 0);
}
END_TEST

START_TEST(gets_its_arguments_as_they_are)
{
	ck_assert_str_eq(script_run("printf '%s|' \"$0\" \"$@\""),
	    "name|a b||");
}
END_TEST

START_TEST(gets_its_environment_and_nothing_else)
{
	setenv("NOTIFY_SOCKET", "/run/secret", 1);
	setenv("LISTEN_FDS", "3", 1);
	script_run("tr '\\0' '\\n' </proc/self/environ");
	ck_assert_ptr_null(strstr(script_output, "NOTIFY_SOCKET"));
	ck_assert_ptr_null(strstr(script_output, "LISTEN_FDS"));
	ck_assert_ptr_nonnull(strstr(script_output, "PROTO=TCP\n"));
	ck_assert_ptr_nonnull(strstr(script_output, "TINED_ID=17\n"));
}
END_TEST

START_TEST(has_no_other_descriptor)
{
	script_stderr = STDERR_SOCKET;
	/* 3 is the directory that ls reads. */
	ck_assert_str_eq(script_run("exec ls /proc/self/fd"), "0\n1\n2\n3\n");
}
END_TEST

START_TEST(has_a_group_of_its_own)
{
	script_run("read p n s pp g r </proc/self/stat; echo $((g == $$))");
	ck_assert_str_eq(script_output, "1\n");
}
END_TEST

START_TEST(has_every_signal_at_its_default)
{
	unsigned long long ignored;
	sigset_t all;
	char *at;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	script_run("exec cat /proc/self/status");
	ck_assert_ptr_nonnull(strstr(script_output,
	    "SigBlk:\t0000000000000000"));
	/* 32 and 33 are libc's own: not to be had. */
	ck_assert_ptr_nonnull(at = strstr(script_output, "SigIgn:\t"));
	ignored = strtoull(at + 8, NULL, 16);
	ck_assert_uint_eq(ignored & 0x7fffffff, 0);
	ck_assert_ptr_nonnull(strstr(script_output,
	    "SigCgt:\t0000000000000000"));
	/* Ours is as it was. */
	sigprocmask(SIG_BLOCK, NULL, &all);
	ck_assert_int_eq(sigismember(&all, SIGTERM), 1);
}
END_TEST

START_TEST(has_its_limits_and_leaves_ours)
{
	int nice_before = getpriority(PRIO_PROCESS, 0);
	struct rlimit before, after;
	char expected[64];

	(void)snprintf(expected, sizeof(expected),
	    "33\n0\nunlimited\n0027\n%d\n", script_nice());
	getrlimit(RLIMIT_NOFILE, &before);
	script_text = "ulimit -Sn; ulimit -Sc; ulimit -Sv; umask; nice";
	rig_make(script_limited, 4);
	ck_assert_int_eq(script_serve(""), 0);
	ck_assert_str_eq(script_output, expected);
	getrlimit(RLIMIT_NOFILE, &after);
	ck_assert_uint_eq(before.rlim_cur, after.rlim_cur);
	ck_assert_int_eq(getpriority(PRIO_PROCESS, 0), nice_before);
}
END_TEST

START_TEST(gets_the_limit_of_descriptors_that_there_was)
{
	script_text = "ulimit -Sn";
	rig_make(script_settings, 4);
	rig->confined.nofile.rlim_cur = 77;
	ck_assert_int_eq(script_serve(""), 0);
	ck_assert_str_eq(script_output, "77\n");
}
END_TEST

START_TEST(hands_its_standard_error_to_the_logger)
{
	struct stderr_msg msg;
	int fd;

	script_stderr = STDERR_LOG;
	ck_assert_str_eq(script_run("echo trouble >&2; echo fine"), "fine\n");
	ck_assert_int_eq(io_recv_fd(rig_stderrs, &msg, sizeof(msg), 0, &fd),
	    sizeof(msg));
	ck_assert_uint_eq(msg.id, 17);
	ck_assert_int_eq(msg.pid, script_slot->pid);
	ck_assert_int_ne(fd, -1);
	/* At end of file: no other process holds the write end. */
	ck_assert(rig_read_all(fd, script_output, sizeof(script_output)));
	ck_assert_str_eq(script_output, "trouble\n");
}
END_TEST

START_TEST(may_open_its_standard_error_by_name)
{
	struct stderr_msg msg;
	int fd;

	script_stderr = STDERR_LOG;
	script_run("echo trouble >/dev/stderr");
	io_recv_fd(rig_stderrs, &msg, sizeof(msg), 0, &fd);
	ck_assert(rig_read_all(fd, script_output, sizeof(script_output)));
	ck_assert_str_eq(script_output, "trouble\n");
}
END_TEST

START_TEST(writes_its_standard_error_to_the_peer)
{
	script_stderr = STDERR_SOCKET;
	ck_assert_str_eq(script_run("echo trouble >&2"), "trouble\n");
}
END_TEST

static void
add(TCase *tc)
{
	const char *own = runner_in_valgrind("valgrind has its own limit");
	const char *log = runner_in_valgrind("valgrind has opened its log");

	tcase_add_test(tc, serves_the_connection_on_0_and_1);
	tcase_add_test(tc, gets_its_arguments_as_they_are);
	tcase_add_test(tc, gets_its_environment_and_nothing_else);
	runner_add(tc, log, has_no_other_descriptor);
	tcase_add_test(tc, has_a_group_of_its_own);
	tcase_add_test(tc, has_every_signal_at_its_default);
	runner_add(tc, own, has_its_limits_and_leaves_ours);
	runner_add(tc, own, gets_the_limit_of_descriptors_that_there_was);
	tcase_add_test(tc, hands_its_standard_error_to_the_logger);
	tcase_add_test(tc, may_open_its_standard_error_by_name);
	tcase_add_test(tc, writes_its_standard_error_to_the_peer);
}

int
main(void)
{
	return rig_main("program", add);
}
