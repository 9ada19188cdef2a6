/* SPDX-License-Identifier: ISC */
/*
 * What the whole confinement leaves to acceptors of each kind: which ids and
 * capabilities, and what can be executed.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ipc/builtin.h"
#include "sandbox/cell.h"
#include "inject.h"
#include "sandbox/profile.h"
#include "runner.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

/* ---------------------------------------------------------------- attempts */

static long
has_no_capability_in_any_set(void)
{
	static const char *const sets[] = { "CapInh", "CapPrm", "CapEff",
		"CapBnd", "CapAmb" };
	char buf[4096], line[64];
	ssize_t n;
	size_t i;

	if ((n = read(cell_status, buf, sizeof(buf) - 1)) <= 0)
		return -1;
	buf[n] = '\0';
	errno = EINVAL;
	for (i = 0; i < NELEMS(sets); i++) {
		snprintf(line, sizeof(line), "\n%s:\t0000000000000000\n",
		    sets[i]);
		if (strstr(buf, line) == NULL)
			return -1;
	}
	if (strstr(buf, "\nNoNewPrivs:\t1\n") == NULL ||
	    strstr(buf, "\nUid:\t65534\t65534\t65534\t65534\n") == NULL ||
	    strstr(buf, "\nGid:\t65534\t65534\t65534\t65534\n") == NULL ||
	    strstr(buf, "\nGroups:\t77 12345 65534 \n") == NULL)
		return -1;
	/* Instrumented, a built-in has none. */
	return !profile_available() || WIDE_SANDBOX ||
		strstr(buf, "\nSeccomp:\t2\n") != NULL ?
	    0 :
	    -1;
}

static long
become_root_group(void)
{
	return syscall(SYS_setresgid, 0, 0, 0);
}

static long
execute(void)
{
	char *none[] = { NULL };

	return execve("/bin/true", none, none);
}

static long
signal_somebody(void)
{
	return kill(cell_victim, 0);
}

static long
core_limit(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_CORE, &rl) == -1)
		return -1;
	errno = EINVAL;
	return rl.rlim_max == 0 ? 0 : -1;
}

static long
run(const char *command)
{
	int status;
	pid_t pid;

	if ((pid = fork()) == 0) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	if (pid == -1 || waitpid(pid, &status, 0) == -1)
		return -1;
	errno = ECHILD;
	return status == 0 ? 0 : -1;
}

static long
run_anything(void)
{
	return run("cat /etc/passwd | grep -q root");
}

static long
run_with_one_capability(void)
{
	return run("grep -q '^CapEff:.0000000000000400$' /proc/self/status &&"
		   "grep -q '^CapBnd:.0000000000000400$' /proc/self/status");
}

static long
run_with_no_capability(void)
{
	return run("grep -q '^CapEff:.0000000000000000$' /proc/self/status &&"
		   "grep -q '^CapPrm:.0000000000000000$' /proc/self/status");
}

static long
run_as_full_root(void)
{
	return run("grep -q '^NoNewPrivs:.0$' /proc/self/status &&"
		   "test $(id -u) = 0 && chown 1:1 /proc/self/nothing "
		   "2>&1 | grep -q 'No such'");
}

/* ------------------------------------------------------------------- tests */

START_TEST(a_builtin_has_no_way_back)
{
	const struct attempt attempts[] = {
		{ "no capability", has_no_capability_in_any_set, 0 },
		{ "setresuid", cell_become_root, EPERM },
		{ "setresgid", become_root_group, EPERM },
		{ "open", cell_read_outside, EPERM },
		{ "execve", execute, EPERM },
		{ "signal", signal_somebody,
		    kernel_landlock() >= 6 ? EPERM : 0 },
	};

	if (!profile_available())
		return;
	cell_set_up();
	/* Instrumented, only the first three: no seccomp, no Landlock. */
	cell_expect(cell_echo(), attempts, WIDE_SANDBOX ? 3 : NELEMS(attempts));
	ck_assert_str_eq(cell_result->lacks,
	    kernel_lacks(true, SANDBOX_OFF, (char[256]) { 0 }, 256));
	cell_tear_down();
}
END_TEST

START_TEST(without_a_filter_landlock_alone_holds)
{
	const struct attempt attempts[] = {
		{ "setresuid", cell_become_root, EPERM },
		{ "open", cell_read_outside, EACCES },
		{ "execve", execute, EACCES },
		{ "core", core_limit, 0 },
		{ "signal", signal_somebody,
		    kernel_landlock() >= 6 ? EPERM : 0 },
	};
	struct settings_builder *b;

	cell_set_up();
	b = cell_echo();
	settings_of(b)->seccomp.count = 0;
	cell_expect(b, attempts, NELEMS(attempts));
	ck_assert_ptr_nonnull(strstr(cell_result->lacks, "libseccomp"));
	cell_tear_down();
}
END_TEST

START_TEST(a_basic_program_runs_without_privilege)
{
	const struct attempt attempts[] = {
		{ "no capability", has_no_capability_in_any_set, 0 },
		{ "run", run_anything, 0 },
		{ "after exec", run_with_no_capability, 0 },
		{ "core", core_limit, 0 },
		{ "setresuid", cell_become_root, EPERM },
		{ "setresgid", become_root_group, EPERM },
	};

	cell_set_up();
	cell_expect(cell_service(BUILTIN_NONE, SANDBOX_BASIC), attempts,
	    NELEMS(attempts));
	cell_tear_down();
}
END_TEST

START_TEST(a_listed_capability_reaches_the_program)
{
	const struct attempt attempts[] = {
		{ "after exec", run_with_one_capability, 0 },
		{ "setresuid", cell_become_root, EPERM },
	};
	struct settings_builder *b;

	cell_set_up();
	b = cell_service(BUILTIN_NONE,
	    _i == 0 ? SANDBOX_BASIC : SANDBOX_STRICT);
	settings_of(b)->capabilities = CELL_CAP(CAP_NET_BIND_SERVICE);
	cell_expect(b, attempts, NELEMS(attempts));
	cell_tear_down();
}
END_TEST

START_TEST(root_in_a_sandbox_has_no_power)
{
	const struct attempt attempts[] = {
		{ "after exec", run_with_no_capability, 0 },
		{ "run", run_anything, 0 },
	};
	struct settings_builder *b;

	cell_set_up();
	b = cell_service(BUILTIN_NONE, SANDBOX_BASIC);
	settings_of(b)->uid = 0;
	settings_of(b)->gid = 0;
	cell_expect(b, attempts, NELEMS(attempts));
	cell_tear_down();
}
END_TEST

START_TEST(root_without_a_sandbox_is_root)
{
	const struct attempt attempts[] = {
		{ "as root", run_as_full_root, 0 },
	};
	struct settings_builder *b;

	cell_set_up();
	b = cell_service(BUILTIN_NONE, SANDBOX_OFF);
	settings_of(b)->uid = 0;
	settings_of(b)->gid = 0;
	cell_expect(b, attempts, NELEMS(attempts));
	ck_assert_str_eq(cell_result->lacks, "");
	cell_tear_down();
}
END_TEST

START_TEST(somebody_without_a_sandbox_is_only_that)
{
	const struct attempt attempts[] = {
		{ "run", run_anything, 0 },
		{ "after exec", run_with_no_capability, 0 },
		{ "setresuid", cell_become_root, EPERM },
	};

	cell_set_up();
	cell_expect(cell_service(BUILTIN_NONE, SANDBOX_OFF), attempts,
	    NELEMS(attempts));
	cell_tear_down();
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	runner_add(tc, lack, a_builtin_has_no_way_back);
	if (!WIDE_SANDBOX)
		tcase_add_test(tc, without_a_filter_landlock_alone_holds);
	tcase_add_test(tc, a_basic_program_runs_without_privilege);
	tcase_add_loop_test(tc, a_listed_capability_reaches_the_program, 0, 2);
	tcase_add_test(tc, root_in_a_sandbox_has_no_power);
	tcase_add_test(tc, root_without_a_sandbox_is_root);
	tcase_add_test(tc, somebody_without_a_sandbox_is_only_that);
}

int
main(void)
{
	return cell_main("confine", add);
}
