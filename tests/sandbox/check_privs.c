/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/syscall.h>

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <unistd.h>

#include "sandbox/privs.h"
#include "inject.h"
#include "runner.h"

#define SOMEBODY 65534
#define BIT(cap) ((uint64_t)1 << (cap))

static const char *noun;

static const gid_t groups[] = { 77, 12345 };

/* A user who is in two more groups, and keeps those capabilities. */
static struct privs
somebody(uint64_t keep)
{
	return (struct privs) { SOMEBODY, SOMEBODY, groups, 2, keep };
}

START_TEST(are_taken_for_good)
{
	const struct privs p = somebody(0);

	ck_assert_int_eq(privs_take(&p, &noun), 0);
	ck_assert_int_eq(privs_prove(&p, &noun), 0);
	ck_assert_int_eq(setresuid(0, 0, 0), -1);
	ck_assert_uint_eq(getuid(), SOMEBODY);
	ck_assert_uint_eq(getegid(), SOMEBODY);
}
END_TEST

/* Where nothing could be changed: what is as wanted is not touched. */
START_TEST(are_left_alone_where_they_are_as_wanted)
{
	const struct privs p = somebody(0);

	ck_assert_int_eq(privs_take(&p, &noun), 0);
	ck_assert_int_eq(inject(SYS_setgroups, INJECT_ANY, EPERM), 0);
	ck_assert_int_eq(inject(SYS_setresgid, INJECT_ANY, EPERM), 0);
	ck_assert_int_eq(privs_take(&p, &noun), 0);
}
END_TEST

START_TEST(say_which_could_not_be_taken)
{
	const struct privs p = somebody(0);

	ck_assert_int_eq(inject(SYS_setgroups, INJECT_ANY, EPERM), 0);
	ck_assert_int_eq(privs_take(&p, &noun), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_str_eq(noun, "setgroups");
}
END_TEST

/* Who never gave it up becomes root when the proof tries it. */
START_TEST(are_found_out_where_root_can_be_regained)
{
	const struct privs p = somebody(0);

	ck_assert_int_eq(privs_prove(&p, &noun), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_str_eq(noun, "root could be regained");
}
END_TEST

START_TEST(are_found_out_where_its_group_can_be_regained)
{
	const struct privs p = somebody(BIT(CAP_SETUID));

	ck_assert_int_eq(privs_prove(&p, &noun), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_str_eq(noun, "root's group could be regained");
}
END_TEST

START_TEST(may_be_changed_by_who_keeps_the_capabilities)
{
	const struct privs p = somebody(BIT(CAP_SETUID) | BIT(CAP_SETGID));

	ck_assert_int_eq(privs_take(&p, &noun), 0);
	ck_assert_int_eq(privs_prove(&p, &noun), 0);
}
END_TEST

START_TEST(are_not_asked_of_root)
{
	const struct privs root = { .uid = 0, .gid = 0 };

	ck_assert_int_eq(privs_prove(&root, &noun), 0);
}
END_TEST

/* Read back after a call that only seems to have worked. */
START_TEST(are_refused_with_groups_that_are_others)
{
	const struct privs p = somebody(0);
	const gid_t other[] = { 77, 12346 };

	ck_assert_int_eq(setgroups(2, other), 0);
	ck_assert_int_eq(inject(SYS_setgroups, INJECT_ANY, 0), 0);
	ck_assert_int_eq(privs_take(&p, &noun), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_str_eq(noun, "groups");
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	if (getuid() != 0)
		return; /* without root there is nothing to give up */
	tcase_add_test(tc, are_taken_for_good);
	tcase_add_test(tc, are_found_out_where_root_can_be_regained);
	tcase_add_test(tc, are_found_out_where_its_group_can_be_regained);
	tcase_add_test(tc, may_be_changed_by_who_keeps_the_capabilities);
	tcase_add_test(tc, are_not_asked_of_root);
	runner_add(tc, lack, are_left_alone_where_they_are_as_wanted);
	runner_add(tc, lack, say_which_could_not_be_taken);
	runner_add(tc, lack, are_refused_with_groups_that_are_others);
}

int
main(void)
{
	return runner_main("privs", add);
}
