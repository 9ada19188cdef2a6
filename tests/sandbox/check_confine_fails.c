/* SPDX-License-Identifier: ISC */
/*
 * The failure of each step of the confinement, what the kernel lacks, and what
 * can be had without privilege.
 */
#include "config.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ipc/builtin.h"
#include "sandbox/cell.h"
#include "inject.h"
#include "sandbox/profile.h"
#include "runner.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

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

static struct settings_builder *
failing(const struct failure *f)
{
	struct settings_builder *b;

	if (f->kind == BUILTIN)
		b = cell_echo();
	else
		b = cell_service(BUILTIN_NONE,
		    f->kind == STRICT ? SANDBOX_STRICT : SANDBOX_BASIC);
	if (f->kind == KEEPING)
		settings_of(b)->capabilities = CELL_CAP(CAP_NET_BIND_SERVICE);
	cell_chroot(b, cell_root);
	if (f->kind != BUILTIN)
		cell_directory(b, "/data");
	return b;
}

/* Instrumented, a built-in has neither of the two. */
#define CAGED (WIDE_SANDBOX ? STRICT : BUILTIN)

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
	{ "memory: ", SYS_prctl, PR_SET_DUMPABLE, BUILTIN },
	{ "memory: ", SYS_prctl, PR_GET_DUMPABLE, BASIC },
	{ "no_new_privs: ", SYS_prctl, PR_SET_NO_NEW_PRIVS, BUILTIN },
	{ "no_new_privs: ", SYS_prctl, PR_GET_NO_NEW_PRIVS, BASIC },
	{ "landlock: ", SYS_landlock_create_ruleset, INJECT_ANY, CAGED },
	{ "landlock: ", SYS_landlock_restrict_self, INJECT_ANY, STRICT },
	{ "/: ", SYS_landlock_add_rule, INJECT_ANY, STRICT },
	{ "seccomp: ", SYS_seccomp, SECCOMP_SET_MODE_FILTER, CAGED },
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
	cell_set_up();
	got = cell_error_of(failing(f), spoil, f);
	ck_assert_msg(strncmp(got, f->error, strlen(f->error)) == 0,
	    "wanted %s, got %s", f->error, got);
	snprintf(want, sizeof(want), ": %s", strerror(ENOMEM));
	ck_assert_ptr_nonnull(strstr(got, want));
	cell_tear_down();
}
END_TEST

START_TEST(a_step_that_only_seems_to_work_is_found_out)
{
	const struct failure *f = &fakes[_i];
	const char *got;

	cell_set_up();
	got = cell_error_of(failing(f), fake, f);
	ck_assert_msg(strncmp(got, f->error, strlen(f->error)) == 0,
	    "wanted %s, got %s", f->error, got);
	cell_tear_down();
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
	struct settings_builder *b;

	cell_set_up();
	ck_assert_str_eq(cell_error_of(cell_echo(), hide_landlock, NULL), "");
	ck_assert_str_eq(cell_result->lacks, "Landlock");
	b = cell_echo();
	settings_of(b)->sandbox_required = 1;
	ck_assert_str_eq(cell_error_of(b, hide_landlock, NULL),
	    "sandbox_required: there is no Landlock");
	/* basic does not use it */
	b = cell_service(BUILTIN_NONE, SANDBOX_BASIC);
	settings_of(b)->sandbox_required = 1;
	ck_assert_str_eq(cell_error_of(b, hide_landlock, NULL), "");
	cell_tear_down();
}
END_TEST

static int
be_somebody(const void *arg)
{
	(void)arg;
	return setgroups(0, NULL) == -1 ||
		setresgid(CELL_SOMEBODY, CELL_SOMEBODY, CELL_SOMEBODY) == -1 ||
		setresuid(CELL_SOMEBODY, CELL_SOMEBODY, CELL_SOMEBODY) == -1 ?
	    -1 :
	    0;
}

static struct settings_builder *
unprivileged(int builtin, enum sandbox sandbox)
{
	struct settings_builder *b = cell_service(builtin, sandbox);

	settings_of(b)->change_ids = 0;
	return b;
}

START_TEST(works_without_privilege_as_far_as_that_goes)
{
	struct settings_builder *b;

	cell_set_up();
	b = unprivileged(BUILTIN_echo, SANDBOX_OFF);
	ck_assert_str_eq(cell_error_of(b, be_somebody, NULL), "");
	b = unprivileged(BUILTIN_NONE, SANDBOX_BASIC);
	ck_assert_str_eq(cell_error_of(b, be_somebody, NULL), "");
	b = unprivileged(BUILTIN_NONE, SANDBOX_STRICT);
	settings_of(b)->sandbox_required = kernel_landlock() >= 6;
	ck_assert_str_eq(cell_error_of(b, be_somebody, NULL), "");
	ck_assert_ptr_nonnull(strstr(cell_result->lacks, "private /tmp"));
	b = unprivileged(BUILTIN_echo, SANDBOX_OFF);
	cell_chroot(b, cell_root);
	ck_assert_str_eq(cell_error_of(b, be_somebody, NULL),
	    "chroot: Operation not permitted");
	b = unprivileged(BUILTIN_NONE, SANDBOX_BASIC);
	settings_of(b)->capabilities = CELL_CAP(CAP_NET_BIND_SERVICE);
	ck_assert_str_eq(cell_error_of(b, be_somebody, NULL),
	    "capabilities: Operation not permitted");
	/* The numbers are to be taken, and cannot be. */
	ck_assert_str_eq(cell_error_of(cell_echo(), be_somebody, NULL),
	    "setgroups: Operation not permitted");
	cell_tear_down();
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	runner_add_loop(tc, lack, a_failing_step_is_named, 0, NELEMS(failures));
	runner_add_loop(tc, lack, a_step_that_only_seems_to_work_is_found_out,
	    0, NELEMS(fakes));
	runner_add(tc, lack, what_the_kernel_lacks_is_said);
	runner_add(tc, lack, works_without_privilege_as_far_as_that_goes);
}

int
main(void)
{
	return cell_main("confine_fails", add);
}
