/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>

#include "sandbox/kernel.h"
#include "inject.h"
#include "runner.h"

START_TEST(no_sandbox_lacks_nothing)
{
	char buf[KERNEL_LACKS_MAX];

	ck_assert_int_eq(inject(SYS_landlock_create_ruleset, INJECT_ANY,
			     ENOSYS),
	    0);
	ck_assert_str_eq(kernel_lacks(false, SANDBOX_OFF, buf, sizeof(buf)),
	    "");
	ck_assert_str_eq(kernel_lacks(false, SANDBOX_BASIC, buf, sizeof(buf)),
	    "");
}
END_TEST

START_TEST(a_kernel_without_landlock_is_seen)
{
	char buf[KERNEL_LACKS_MAX];

	ck_assert_int_eq(inject(SYS_landlock_create_ruleset, INJECT_ANY,
			     ENOSYS),
	    0);
	ck_assert_int_eq(kernel_landlock(), 0);
	ck_assert_str_eq(kernel_lacks(false, SANDBOX_STRICT, buf, sizeof(buf)),
	    "Landlock");
	ck_assert_str_eq(kernel_lacks(true, SANDBOX_OFF, buf, sizeof(buf)),
	    "Landlock");
}
END_TEST

START_TEST(landlock_switched_off_is_not_there)
{
	ck_assert_int_eq(inject(SYS_landlock_create_ruleset, INJECT_ANY,
			     EOPNOTSUPP),
	    0);
	ck_assert_int_eq(kernel_landlock(), 0);
}
END_TEST

START_TEST(a_refusal_is_no_absence)
{
	ck_assert_int_eq(inject(SYS_landlock_create_ruleset, INJECT_ANY, EPERM),
	    0);
	errno = 0;
	ck_assert_int_eq(kernel_landlock(), -1);
	ck_assert_int_eq(errno, EPERM);
}
END_TEST

START_TEST(a_kernel_without_seccomp_is_seen)
{
	char buf[KERNEL_LACKS_MAX];

	ck_assert_int_eq(kernel_seccomp(), 1);
	/* PR_GET_SECCOMP is 21 */
	ck_assert_int_eq(inject(SYS_prctl, 21, EINVAL), 0);
	ck_assert_int_eq(kernel_seccomp(), 0);
	ck_assert_str_eq(kernel_lacks(false, SANDBOX_BASIC, buf, sizeof(buf)),
	    "seccomp");
}
END_TEST

START_TEST(all_that_is_lacking_is_listed)
{
	char buf[KERNEL_LACKS_MAX];

	ck_assert_int_eq(inject(SYS_prctl, 21, EINVAL), 0);
	ck_assert_int_eq(inject(SYS_landlock_create_ruleset, INJECT_ANY,
			     ENOSYS),
	    0);
	ck_assert_str_eq(kernel_lacks(true, SANDBOX_OFF, buf, sizeof(buf)),
	    "seccomp, Landlock");
	ck_assert_str_eq(kernel_lacks(true, SANDBOX_OFF, buf, 12),
	    "seccomp, La");
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	runner_add(tc, lack, no_sandbox_lacks_nothing);
	runner_add(tc, lack, a_kernel_without_landlock_is_seen);
	runner_add(tc, lack, landlock_switched_off_is_not_there);
	runner_add(tc, lack, a_refusal_is_no_absence);
	runner_add(tc, lack, a_kernel_without_seccomp_is_seen);
	runner_add(tc, lack, all_that_is_lacking_is_listed);
}

int
main(void)
{
	return runner_main("kernel", add);
}
