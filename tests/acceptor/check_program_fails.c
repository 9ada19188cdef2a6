/* SPDX-License-Identifier: ISC */
/*
 * Programs that cannot be started, or not with all that they are to have: the
 * acceptor is told why, and keeps nothing of it.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <unistd.h>

#include "acceptor/program.h"
#include "acceptor/rig.h"
#include "acceptor/script.h"
#include "base/io.h"
#include "ipc/record.h"
#include "inject.h"
#include "runner.h"

static const char *path;

static void
at_path(struct settings_builder *b)
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
	struct pending c;
	struct stderr_msg msg;
	unsigned int i;
	int fd, before, status;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		path = row[i].path;
		rig_make(at_path, 4);
		script_slot = rig_slot(0);
		rig_connect(&c);
		close(before = dup(0));
		ck_assert_int_eq(program_start(rig, script_slot, c.fd),
		    script_slot->pid);
		ck_assert_int_eq(script_slot->error, row[i].error);
		ck_assert_int_eq(waitpid(script_slot->pid, &status, 0),
		    script_slot->pid);
		ck_assert_int_eq(WEXITSTATUS(status), 127);
		/* Nobody can write to what was handed over, nothing stays
		 * open. */
		ck_assert_int_eq(io_recv_fd(rig_stderrs, &msg, sizeof(msg), 0,
				     &fd),
		    sizeof(msg));
		ck_assert_int_eq(read(fd, &msg, sizeof(msg)), 0);
		close(fd);
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

	script_stderr = STDERR_LOG;
	script_text = ":";
	rig_make(script_settings, 4);
	script_serve("");
	io_recv_fd(rig_stderrs, &msg, sizeof(msg), 0, &fd);
	close(fd);
	close(before = dup(0));
	for (i = 0; i < 20; i++) {
		script_serve("");
		io_recv_fd(rig_stderrs, &msg, sizeof(msg), 0, &fd);
		close(fd);
	}
	close(after = dup(0));
	ck_assert_int_eq(before, after);
}
END_TEST

START_TEST(starts_no_program_without_a_descriptor_for_its_pipe)
{
	struct rlimit before, rl;
	struct pending c;

	script_stderr = STDERR_LOG;
	script_text = ":";
	rig_make(script_settings, 4);
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

START_TEST(goes_without_standard_error_when_the_logger_is_stuck)
{
	struct stderr_msg msg = { .id = 1 };
	int fd;

	script_stderr = STDERR_LOG;
	script_text = "echo trouble >&2; echo fine";
	rig_make(script_settings, 4);
	while (io_send_fd(SETTINGS_FD_STDERRS, &msg, sizeof(msg), -1) == 0)
		continue;
	ck_assert_int_eq(script_serve(""), 0);
	ck_assert_str_eq(script_output, "fine\n");
	ck_assert_uint_eq(rig->section->unreported, 1);
	while (io_recv_fd(rig_stderrs, &msg, sizeof(msg), 0, &fd) > 0)
		ck_assert_int_eq(fd, -1);
}
END_TEST

/* The logger is not asked to read what was not handed over. */
START_TEST(runs_without_a_log_that_could_not_be_handed_over)
{
	struct pending c;
	int status;

	script_stderr = STDERR_LOG;
	script_text = "echo trouble >&2; exit 3";
	rig_make(script_settings, 4);
	script_slot = rig_slot(0);
	rig_connect(&c);
	ck_assert_int_eq(inject(SYS_sendmsg, INJECT_ANY, ENOBUFS), 0);
	ck_assert_int_gt(program_start(rig, script_slot, c.fd), 0);
	ck_assert_uint_eq(rig->section->unreported, 1);
	ck_assert_int_eq(waitpid(script_slot->pid, &status, 0),
	    script_slot->pid);
	/* The shell is gone by SIGPIPE or has not minded. */
	ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) == 3);
}
END_TEST

static void
much_set_up(struct settings_builder *b)
{
	script_limited(b);
	settings_of(b)->stderr_to = STDERR_LOG;
}

/* Every step between clone and execve.  What is not as it was asked for does
 * not run, and the acceptor is told why. */
static const long steps[] = { SYS_dup2, SYS_setpgid, SYS_setpriority,
	SYS_prlimit64, SYS_rt_sigprocmask, SYS_execve };

START_TEST(does_not_run_where_a_step_fails)
{
	struct pending c;
	int status;

	script_text = ":";
	rig_make(much_set_up, 4);
	script_slot = rig_slot(0);
	rig_connect(&c);
	ck_assert_int_eq(inject(steps[_i], INJECT_ANY, ENOMEM), 0);
	ck_assert_int_eq(program_start(rig, script_slot, c.fd),
	    script_slot->pid);
	ck_assert_int_eq(script_slot->error, ENOMEM);
	ck_assert_int_eq(waitpid(script_slot->pid, &status, 0),
	    script_slot->pid);
	ck_assert_int_eq(WEXITSTATUS(status), 127);
}
END_TEST

START_TEST(is_not_prepared_without_memory)
{
	rig_make(script_cat, 4);
	ck_assert_int_eq(inject(SYS_mmap, INJECT_ANY, ENOMEM), 0);
	ck_assert_int_eq(program_init(rig), -1);
	ck_assert_int_eq(errno, ENOMEM);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	/* Its CLONE_VFORK is a fork, whose parent looks too early. */
	runner_add(tc, runner_in_valgrind("valgrind waits for no child"),
	    says_why_it_could_not_be_executed);
	tcase_add_test(tc, leaves_no_descriptor_behind);
	tcase_add_test(tc, starts_no_program_without_a_descriptor_for_its_pipe);
	tcase_add_test(tc,
	    goes_without_standard_error_when_the_logger_is_stuck);
	runner_add(tc, lack, runs_without_a_log_that_could_not_be_handed_over);
	runner_add_loop(tc, inject_lack_memory(),
	    does_not_run_where_a_step_fails, 0,
	    sizeof(steps) / sizeof(steps[0]));
	runner_add(tc, inject_lack_memory(), is_not_prepared_without_memory);
}

int
main(void)
{
	return rig_main("program_fails", add);
}
