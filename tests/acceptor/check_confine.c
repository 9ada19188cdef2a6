/* SPDX-License-Identifier: ISC */
/*
 * The whole confinement, as acceptors of each kind have it, and the failure of
 * each of its steps.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/capability.h"
#include "acceptor/confine.h"
#include "base/builtin.h"
#include "cage.h"
#include "inject.h"
#include "main/profile.h"
#include "runner.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))
#define SOMEBODY  65534
#define BIT(cap)  ((uint64_t)1 << (cap))

static struct confined *result; /* of the child, in shared memory */
static char root[64];           /* a chroot with usr, bin, lib, tmp, data */
static int status_fd = -1;      /* the child's own /proc/self/status */
static pid_t victim;            /* somebody's, outside */

/* ------------------------------------------------------------------- specs */

static void
add_filter(struct spec_builder *b, enum profile p)
{
	struct sock_filter *f;
	struct spec_ref r;
	size_t n;

	if (!profile_available())
		return;
	ck_assert_ptr_nonnull(f = profile_build(p, &n));
	r = spec_add_bytes(b, f, sizeof(*f), n);
	spec_of(b)->seccomp = r;
	free(f);
}

static struct spec_builder *
service(int builtin, enum sandbox sandbox)
{
	static const uint32_t groups[] = { 12345, 77, SOMEBODY };
	struct spec_builder *b = spec_new("test");
	struct spec_ref r;

	ck_assert_ptr_nonnull(b);
	r = spec_add_bytes(b, groups, sizeof(groups[0]), NELEMS(groups));
	spec_of(b)->groups = r;
	spec_of(b)->builtin = builtin;
	spec_of(b)->sandbox = sandbox;
	spec_of(b)->change_ids = 1;
	spec_of(b)->uid = SOMEBODY;
	spec_of(b)->gid = SOMEBODY;
	if (builtin != BUILTIN_NONE)
		add_filter(b,
		    WIDE_SANDBOX ? PROFILE_BUILTIN_WIDE : PROFILE_BUILTIN);
	else if (sandbox == SANDBOX_BASIC)
		add_filter(b, PROFILE_BASIC);
	else if (sandbox == SANDBOX_STRICT)
		add_filter(b, PROFILE_STRICT);
	return b;
}

static struct spec_builder *
echo(void)
{
	return service(BUILTIN_echo, SANDBOX_OFF);
}

static void
set_chroot(struct spec_builder *b, const char *path)
{
	struct spec_ref r = spec_add_string(b, path);

	spec_of(b)->chroot = r;
}

static void
set_directory(struct spec_builder *b, const char *path)
{
	struct spec_ref r = spec_add_string(b, path);

	spec_of(b)->directory = r;
}

/* ---------------------------------------------------------------- fixtures */

static void
make_root(void)
{
	char command[512];

	snprintf(root, sizeof(root), "/tmp/check_confine.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	snprintf(command, sizeof(command),
	    "cd %s && chmod 755 . && mkdir tmp data closed && chmod 1777 tmp "
	    "data && chmod 700 closed && echo inside >file",
	    root);
	ck_assert_int_eq(system(command), 0);
}

static void
set_up(void)
{
	result = mmap(NULL, sizeof(*result), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(result, MAP_FAILED);
	make_root();
	if ((victim = fork()) == 0) {
		signal(SIGTERM, SIG_DFL);
		if (setresuid(SOMEBODY, SOMEBODY, SOMEBODY) == 0)
			pause();
		_exit(0);
	}
	ck_assert_int_ne(victim, -1);
}

static void
tear_down(void)
{
	char command[128];

	kill(victim, SIGKILL);
	waitpid(victim, NULL, 0);
	snprintf(command, sizeof(command), "rm -r '%s'", root);
	ck_assert_int_eq(system(command), 0);
}

static int
lock(const void *arg)
{
	status_fd = open("/proc/self/status", O_RDONLY);
	if (confine(arg, result) == NULL)
		return 0;
	errno = ECANCELED;
	return -1;
}

static void
expect(struct spec_builder *b, const struct attempt *attempts, size_t n)
{
	const char *report = cage_try(lock, spec_of(b), attempts, n);

	ck_assert_msg(report == NULL, "%s (%s)", report, result->error);
	spec_free(b);
}

/* The error of a confinement in a child that spoils comes before. */
static const char *
error_of(struct spec_builder *b, int (*spoil)(const void *), const void *arg)
{
	pid_t pid;
	int status;

	result->error[0] = '\0';
	if ((pid = fork()) == 0) {
		if (spoil != NULL && spoil(arg) == -1)
			_exit(2);
		_exit(confine(spec_of(b), result) == NULL ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) != 2,
	    "the child ended with %d", status);
	ck_assert_int_eq(WEXITSTATUS(status), result->error[0] != '\0');
	spec_free(b);
	return result->error;
}

/* ---------------------------------------------------------------- attempts */

static long
has_no_capability_in_any_set(void)
{
	static const char *const sets[] = { "CapInh", "CapPrm", "CapEff",
		"CapBnd", "CapAmb" };
	char buf[4096], line[64];
	ssize_t n;
	size_t i;

	if ((n = read(status_fd, buf, sizeof(buf) - 1)) <= 0)
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
	return !profile_available() || strstr(buf, "\nSeccomp:\t2\n") != NULL ?
	    0 :
	    -1;
}

static long
become_root(void)
{
	return syscall(SYS_setresuid, 0, 0, 0);
}

static long
become_root_group(void)
{
	return syscall(SYS_setresgid, 0, 0, 0);
}

static long
read_outside(void)
{
	return open("/etc/passwd", O_RDONLY);
}

static long
read_far_outside(void)
{
	return open("../../../../../../etc/passwd", O_RDONLY);
}

static long
read_inside(void)
{
	return open("/file", O_RDONLY);
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
	return kill(victim, 0);
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

static long
be_in_the_directory(void)
{
	char cwd[256];

	if (getcwd(cwd, sizeof(cwd)) == NULL)
		return -1;
	errno = EINVAL;
	return strcmp(cwd, "/data") == 0 ? 0 : -1;
}

static long
write_in_the_directory(void)
{
	return open("here", O_CREAT | O_WRONLY, 0600);
}

static long
write_beside_it(void)
{
	return open("/data2", O_CREAT | O_WRONLY, 0600);
}

static long
write_in_tmp(void)
{
	return open("/tmp/mark", O_CREAT | O_WRONLY, 0600);
}

static long
nice_down(void)
{
	return setpriority(PRIO_PROCESS, 0, -5);
}

static long
nice_further_down(void)
{
	return setpriority(PRIO_PROCESS, 0, -6);
}

/* ------------------------------------------------------------------- tests */

START_TEST(a_builtin_has_no_way_back)
{
	const struct attempt attempts[] = {
		{ "no capability", has_no_capability_in_any_set, 0 },
		{ "setresuid", become_root, EPERM },
		{ "setresgid", become_root_group, EPERM },
		{ "open", read_outside, WIDE_SANDBOX ? 0 : EPERM },
		{ "execve", execute, EPERM },
		{ "signal", signal_somebody,
		    kernel_landlock() >= 6 ? EPERM : 0 },
	};

	if (!profile_available())
		return;
	set_up();
	expect(echo(), attempts, NELEMS(attempts));
	ck_assert_str_eq(result->lacks,
	    kernel_lacks(true, SANDBOX_OFF, (char[256]) { 0 }, 256));
	tear_down();
}
END_TEST

START_TEST(without_a_filter_landlock_alone_holds)
{
	const struct attempt attempts[] = {
		{ "setresuid", become_root, EPERM },
		{ "open", read_outside, EACCES },
		{ "execve", execute, EACCES },
		{ "core", core_limit, 0 },
		{ "signal", signal_somebody,
		    kernel_landlock() >= 6 ? EPERM : 0 },
	};
	struct spec_builder *b;

	set_up();
	b = echo();
	spec_of(b)->seccomp.count = 0;
	expect(b, attempts, NELEMS(attempts));
	ck_assert_ptr_nonnull(strstr(result->lacks, "libseccomp"));
	tear_down();
}
END_TEST

START_TEST(nothing_outside_the_chroot_is_found)
{
	const struct attempt attempts[] = {
		{ "read inside", read_inside, 0 },
		{ "read outside", read_outside, ENOENT },
		{ "read by ..", read_far_outside, ENOENT },
		{ "where we are", be_in_the_directory, 0 },
		{ "setresuid", become_root, EPERM },
	};
	struct spec_builder *b;

	set_up();
	b = service(BUILTIN_NONE, SANDBOX_BASIC);
	set_chroot(b, root);
	set_directory(b, "/data");
	expect(b, attempts, NELEMS(attempts));
	tear_down();
}
END_TEST

START_TEST(a_basic_program_runs_without_privilege)
{
	const struct attempt attempts[] = {
		{ "no capability", has_no_capability_in_any_set, 0 },
		{ "run", run_anything, 0 },
		{ "after exec", run_with_no_capability, 0 },
		{ "core", core_limit, 0 },
		{ "setresuid", become_root, EPERM },
		{ "setresgid", become_root_group, EPERM },
	};

	set_up();
	expect(service(BUILTIN_NONE, SANDBOX_BASIC), attempts,
	    NELEMS(attempts));
	tear_down();
}
END_TEST

START_TEST(a_listed_capability_reaches_the_program)
{
	const struct attempt attempts[] = {
		{ "after exec", run_with_one_capability, 0 },
		{ "setresuid", become_root, EPERM },
	};
	struct spec_builder *b;

	set_up();
	b = service(BUILTIN_NONE, _i == 0 ? SANDBOX_BASIC : SANDBOX_STRICT);
	spec_of(b)->capabilities = BIT(CAP_NET_BIND_SERVICE);
	expect(b, attempts, NELEMS(attempts));
	tear_down();
}
END_TEST

START_TEST(root_in_a_sandbox_has_no_power)
{
	const struct attempt attempts[] = {
		{ "after exec", run_with_no_capability, 0 },
		{ "run", run_anything, 0 },
	};
	struct spec_builder *b;

	set_up();
	b = service(BUILTIN_NONE, SANDBOX_BASIC);
	spec_of(b)->uid = 0;
	spec_of(b)->gid = 0;
	expect(b, attempts, NELEMS(attempts));
	tear_down();
}
END_TEST

START_TEST(root_without_a_sandbox_is_root)
{
	const struct attempt attempts[] = {
		{ "as root", run_as_full_root, 0 },
	};
	struct spec_builder *b;

	set_up();
	b = service(BUILTIN_NONE, SANDBOX_OFF);
	spec_of(b)->uid = 0;
	spec_of(b)->gid = 0;
	expect(b, attempts, NELEMS(attempts));
	ck_assert_str_eq(result->lacks, "");
	tear_down();
}
END_TEST

START_TEST(somebody_without_a_sandbox_is_only_that)
{
	const struct attempt attempts[] = {
		{ "run", run_anything, 0 },
		{ "after exec", run_with_no_capability, 0 },
		{ "setresuid", become_root, EPERM },
	};

	set_up();
	expect(service(BUILTIN_NONE, SANDBOX_OFF), attempts, NELEMS(attempts));
	tear_down();
}
END_TEST

START_TEST(a_strict_program_writes_where_it_may)
{
	const struct attempt attempts[] = {
		{ "where we are", be_in_the_directory, 0 },
		{ "in the directory", write_in_the_directory, 0 },
		{ "beside it", write_beside_it, EACCES },
		{ "in /tmp", write_in_tmp, 0 },
	};
	struct spec_builder *b;
	char path[128];

	set_up();
	b = service(BUILTIN_NONE, SANDBOX_STRICT);
	set_chroot(b, root);
	set_directory(b, "/data");
	expect(b, attempts, NELEMS(attempts));
	snprintf(path, sizeof(path), "%s/tmp/mark", root);
	ck_assert_int_eq(access(path, F_OK), -1);
	tear_down();
}
END_TEST

START_TEST(a_session_can_take_its_nice_value)
{
	const struct attempt attempts[] = {
		{ "nice -5", nice_down, 0 },
		{ "nice -6", nice_further_down, EACCES },
	};
	struct spec_builder *b;

	set_up();
	b = service(BUILTIN_NONE, SANDBOX_BASIC);
	spec_of(b)->nice = -5;
	expect(b, attempts, NELEMS(attempts));
	tear_down();
}
END_TEST

static const struct rlimit few = { 100, 200 };

static int
have_few(const void *arg)
{
	return setrlimit(RLIMIT_NOFILE, arg);
}

static long
can_have_300(void)
{
	struct rlimit rl = { 300, 300 };

	return setrlimit(RLIMIT_NOFILE, &rl);
}

static int
lock_with_few(const void *arg)
{
	return have_few(&few) == -1 ? -1 : lock(arg);
}

START_TEST(an_inherited_limit_is_remembered)
{
	const char *report;
	struct spec_builder *b;

	set_up();
	b = service(BUILTIN_NONE, SANDBOX_BASIC);
	report = cage_try(lock_with_few, spec_of(b), NULL, 0);
	ck_assert_msg(report == NULL, "%s (%s)", report, result->error);
	ck_assert_uint_eq(result->nofile.rlim_cur, 100);
	ck_assert_uint_eq(result->nofile.rlim_max, 200);
	spec_free(b);
	tear_down();
}
END_TEST

START_TEST(a_hard_limit_is_raised_to_what_the_service_wants)
{
	const struct attempt attempts[] = { { "300", can_have_300, 0 } };
	struct spec_builder *b;
	const char *report;

	set_up();
	b = service(BUILTIN_NONE, SANDBOX_BASIC);
	spec_of(b)->limit[LIMIT_NOFILE] = (struct spec_limit) { 300, 1, 0 };
	report = cage_try(lock_with_few, spec_of(b), attempts, 1);
	if (capability_has(CAP_SYS_RESOURCE) == 1) {
		ck_assert_msg(report == NULL, "%s (%s)", report, result->error);
		ck_assert_uint_eq(result->nofile.rlim_cur, 100);
	} else
		ck_assert_str_eq(result->error,
		    "rlimit_nofile: Operation not permitted");
	spec_free(b);
	tear_down();
}
END_TEST

/* --------------------------------------------------------------- failures */

struct failure {
	const char *error; /* its beginning */
	long nr;
	long arg0;
	enum { BUILTIN, BASIC, STRICT, KEEPING } kind;
};

static int
spoil(const void *arg)
{
	const struct failure *f = arg;

	return inject(f->nr, f->arg0, ENOMEM);
}

/* The call seems to work and does nothing. */
static int
fake(const void *arg)
{
	const struct failure *f = arg;

	return inject(f->nr, f->arg0, 0);
}

static struct spec_builder *
failing(const struct failure *f)
{
	struct spec_builder *b;

	if (f->kind == BUILTIN)
		b = echo();
	else
		b = service(BUILTIN_NONE,
		    f->kind == STRICT ? SANDBOX_STRICT : SANDBOX_BASIC);
	if (f->kind == KEEPING)
		spec_of(b)->capabilities = BIT(CAP_NET_BIND_SERVICE);
	set_chroot(b, root);
	if (f->kind != BUILTIN)
		set_directory(b, "/data");
	return b;
}

static const struct failure failures[] = {
	{ "rlimit_", SYS_prlimit64, INJECT_ANY, BUILTIN },
	{ "nice: ", SYS_getpriority, INJECT_ANY, BASIC },
	{ "bounding set: ", SYS_prctl, PR_CAPBSET_READ, BUILTIN },
	{ "bounding set: ", SYS_prctl, PR_CAPBSET_DROP, BUILTIN },
	{ "bounding set: ", SYS_prctl, PR_SET_SECUREBITS, BASIC },
	{ "bounding set: ", SYS_capget, INJECT_ANY, BUILTIN },
	{ "mount namespace: ", SYS_unshare, INJECT_ANY, STRICT },
	{ "mount namespace: ", SYS_mount, 0, STRICT },
	{ "chroot: ", SYS_chroot, INJECT_ANY, BUILTIN },
	{ "chroot: ", SYS_chdir, INJECT_ANY, BASIC },
	{ "user: ", SYS_prctl, PR_SET_KEEPCAPS, KEEPING },
	{ "setgroups: ", SYS_setgroups, INJECT_ANY, BUILTIN },
	{ "setresgid: ", SYS_setresgid, INJECT_ANY, BUILTIN },
	{ "setresuid: ", SYS_setresuid, INJECT_ANY, BUILTIN },
	{ "user and group: ", SYS_getresuid, INJECT_ANY, BUILTIN },
	{ "groups: ", SYS_getgroups, INJECT_ANY, BUILTIN },
	{ "capabilities: ", SYS_capset, INJECT_ANY, BUILTIN },
	{ "capabilities: ", SYS_prctl, PR_CAP_AMBIENT, BUILTIN },
	{ "no_new_privs: ", SYS_prctl, PR_SET_NO_NEW_PRIVS, BUILTIN },
	{ "no_new_privs: ", SYS_prctl, PR_GET_NO_NEW_PRIVS, BASIC },
	{ "landlock: ", SYS_landlock_create_ruleset, INJECT_ANY, BUILTIN },
	{ "landlock: ", SYS_landlock_restrict_self, INJECT_ANY, STRICT },
	{ "/: ", SYS_landlock_add_rule, INJECT_ANY, STRICT },
	{ "seccomp: ", SYS_seccomp, SECCOMP_SET_MODE_FILTER, BUILTIN },
};

/* Where a call is believed that did nothing, the reading back finds it. */
static const struct failure fakes[] = {
	{ "groups: ", SYS_setgroups, INJECT_ANY, BUILTIN },
	{ "user and group: ", SYS_setresgid, INJECT_ANY, BUILTIN },
	{ "user and group: ", SYS_setresuid, INJECT_ANY, BUILTIN },
	{ "capabilities: ", SYS_capset, INJECT_ANY, KEEPING },
	{ "no_new_privs: ", SYS_prctl, PR_SET_NO_NEW_PRIVS, BASIC },
};

START_TEST(a_failing_step_is_named)
{
	const struct failure *f = &failures[_i];
	char want[128];
	const char *got;

	/* Injected by a filter, it would fail the injection. */
	if (f->nr == SYS_seccomp && !profile_available())
		return;
	set_up();
	got = error_of(failing(f), spoil, f);
	ck_assert_msg(strncmp(got, f->error, strlen(f->error)) == 0,
	    "wanted %s, got %s", f->error, got);
	snprintf(want, sizeof(want), ": %s", strerror(ENOMEM));
	ck_assert_ptr_nonnull(strstr(got, want));
	tear_down();
}
END_TEST

START_TEST(a_step_that_only_seems_to_work_is_found_out)
{
	const struct failure *f = &fakes[_i];
	const char *got;

	set_up();
	got = error_of(failing(f), fake, f);
	ck_assert_msg(strncmp(got, f->error, strlen(f->error)) == 0,
	    "wanted %s, got %s", f->error, got);
	tear_down();
}
END_TEST

START_TEST(a_chroot_needs_no_tmp_but_not_another_thing_there)
{
	struct spec_builder *b;
	char path[96];

	set_up();
	snprintf(path, sizeof(path), "%s/tmp", root);
	ck_assert_int_eq(rmdir(path), 0);
	b = service(BUILTIN_NONE, SANDBOX_STRICT);
	set_chroot(b, root);
	ck_assert_str_eq(error_of(b, NULL, NULL), "");
	close(open(path, O_CREAT | O_WRONLY, 0644));
	b = service(BUILTIN_NONE, SANDBOX_STRICT);
	set_chroot(b, root);
	ck_assert_str_eq(error_of(b, NULL, NULL),
	    "private /tmp: Not a directory");
	tear_down();
}
END_TEST

START_TEST(paths_that_are_not_there_are_named)
{
	struct spec_builder *b;

	set_up();
	b = echo();
	set_chroot(b, "/nowhere");
	ck_assert_str_eq(error_of(b, NULL, NULL),
	    "chroot: No such file or directory");
	b = service(BUILTIN_NONE, SANDBOX_BASIC);
	set_directory(b, "/nowhere");
	ck_assert_str_eq(error_of(b, NULL, NULL),
	    "/nowhere: No such file or directory");
	/* What the service's user may not enter is not entered for it. */
	b = service(BUILTIN_NONE, SANDBOX_BASIC);
	set_chroot(b, root);
	set_directory(b, "/closed");
	ck_assert_str_eq(error_of(b, NULL, NULL), "/closed: Permission denied");
	tear_down();
}
END_TEST

static int
hide_landlock(const void *arg)
{
	(void)arg;
	return inject(SYS_landlock_create_ruleset, INJECT_ANY, ENOSYS);
}

START_TEST(what_the_kernel_lacks_is_said)
{
	struct spec_builder *b;

	set_up();
	ck_assert_str_eq(error_of(echo(), hide_landlock, NULL), "");
	ck_assert_str_eq(result->lacks, "Landlock");
	b = echo();
	spec_of(b)->sandbox_required = 1;
	ck_assert_str_eq(error_of(b, hide_landlock, NULL),
	    "sandbox_required: there is no Landlock");
	/* basic does not use it */
	b = service(BUILTIN_NONE, SANDBOX_BASIC);
	spec_of(b)->sandbox_required = 1;
	ck_assert_str_eq(error_of(b, hide_landlock, NULL), "");
	tear_down();
}
END_TEST

static int
be_somebody(const void *arg)
{
	(void)arg;
	return setgroups(0, NULL) == -1 ||
		setresgid(SOMEBODY, SOMEBODY, SOMEBODY) == -1 ||
		setresuid(SOMEBODY, SOMEBODY, SOMEBODY) == -1 ?
	    -1 :
	    0;
}

static struct spec_builder *
unprivileged(int builtin, enum sandbox sandbox)
{
	struct spec_builder *b = service(builtin, sandbox);

	spec_of(b)->change_ids = 0;
	return b;
}

START_TEST(works_without_privilege_as_far_as_that_goes)
{
	struct spec_builder *b;

	set_up();
	b = unprivileged(BUILTIN_echo, SANDBOX_OFF);
	ck_assert_str_eq(error_of(b, be_somebody, NULL), "");
	b = unprivileged(BUILTIN_NONE, SANDBOX_BASIC);
	ck_assert_str_eq(error_of(b, be_somebody, NULL), "");
	b = unprivileged(BUILTIN_NONE, SANDBOX_STRICT);
	spec_of(b)->sandbox_required = kernel_landlock() >= 6;
	ck_assert_str_eq(error_of(b, be_somebody, NULL), "");
	ck_assert_ptr_nonnull(strstr(result->lacks, "private /tmp"));
	b = unprivileged(BUILTIN_echo, SANDBOX_OFF);
	set_chroot(b, root);
	ck_assert_str_eq(error_of(b, be_somebody, NULL),
	    "chroot: Operation not permitted");
	b = unprivileged(BUILTIN_NONE, SANDBOX_BASIC);
	spec_of(b)->capabilities = BIT(CAP_NET_BIND_SERVICE);
	ck_assert_str_eq(error_of(b, be_somebody, NULL),
	    "capabilities: Operation not permitted");
	/* The numbers are to be taken, and cannot be. */
	ck_assert_str_eq(error_of(echo(), be_somebody, NULL),
	    "setgroups: Operation not permitted");
	tear_down();
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	runner_add(tc, lack, a_builtin_has_no_way_back);
	if (!WIDE_SANDBOX)
		tcase_add_test(tc, without_a_filter_landlock_alone_holds);
	tcase_add_test(tc, nothing_outside_the_chroot_is_found);
	tcase_add_test(tc, a_basic_program_runs_without_privilege);
	tcase_add_loop_test(tc, a_listed_capability_reaches_the_program, 0, 2);
	tcase_add_test(tc, root_in_a_sandbox_has_no_power);
	tcase_add_test(tc, root_without_a_sandbox_is_root);
	tcase_add_test(tc, somebody_without_a_sandbox_is_only_that);
	tcase_add_test(tc, a_strict_program_writes_where_it_may);
	tcase_add_test(tc, a_session_can_take_its_nice_value);
	tcase_add_test(tc, an_inherited_limit_is_remembered);
	tcase_add_test(tc, a_hard_limit_is_raised_to_what_the_service_wants);
	runner_add_loop(tc, lack, a_failing_step_is_named, 0, NELEMS(failures));
	runner_add_loop(tc, lack, a_step_that_only_seems_to_work_is_found_out,
	    0, NELEMS(fakes));
	tcase_add_test(tc, a_chroot_needs_no_tmp_but_not_another_thing_there);
	tcase_add_test(tc, paths_that_are_not_there_are_named);
	runner_add(tc, lack, what_the_kernel_lacks_is_said);
	runner_add(tc, lack, works_without_privilege_as_far_as_that_goes);
}

int
main(void)
{
	if (geteuid() != 0) {
		puts("1..0 # SKIP not root: there is nothing to take away");
		return 0;
	}
	if (kernel_landlock() < 1) {
		puts("1..0 # SKIP this kernel has no Landlock");
		return 0;
	}
	return runner_main("confine", add);
}
