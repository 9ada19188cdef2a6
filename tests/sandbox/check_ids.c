/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/syscall.h>

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <unistd.h>

#include "ipc/builtin.h"
#include "sandbox/ids.h"
#include "inject.h"
#include "runner.h"

#define SOMEBODY 65534
#define BIT(cap) ((uint64_t)1 << (cap))

static const char *noun;

/* A service of somebody who is in two more groups. */
static const struct settings *
somebody(int builtin, uint64_t capabilities)
{
	static const uint32_t groups[] = { 77, 12345 };
	static struct settings_builder
	    *b; /* until the end, as the settings is used */
	struct settings_ref r;

	b = settings_new("test");
	ck_assert_ptr_nonnull(b);
	r = settings_add_bytes(b, groups, sizeof(groups[0]), 2);
	settings_of(b)->groups = r;
	settings_of(b)->builtin = builtin;
	settings_of(b)->capabilities = capabilities;
	settings_of(b)->uid = SOMEBODY;
	settings_of(b)->gid = SOMEBODY;
	return settings_of(b);
}

START_TEST(are_taken_for_good)
{
	const struct settings *s = somebody(BUILTIN_echo, 0);

	ck_assert_int_eq(ids_take(s, &noun), 0);
	ck_assert_int_eq(ids_prove(s, &noun), 0);
	ck_assert_int_eq(setresuid(0, 0, 0), -1);
	ck_assert_uint_eq(getuid(), SOMEBODY);
	ck_assert_uint_eq(getegid(), SOMEBODY);
}
END_TEST

/* Where nothing could be changed: what is as wanted is not touched. */
START_TEST(are_left_alone_where_they_are_as_wanted)
{
	const struct settings *s = somebody(BUILTIN_echo, 0);

	ck_assert_int_eq(ids_take(s, &noun), 0);
	ck_assert_int_eq(inject(SYS_setgroups, INJECT_ANY, EPERM), 0);
	ck_assert_int_eq(inject(SYS_setresgid, INJECT_ANY, EPERM), 0);
	ck_assert_int_eq(ids_take(s, &noun), 0);
}
END_TEST

START_TEST(say_which_could_not_be_taken)
{
	const struct settings *s = somebody(BUILTIN_echo, 0);

	ck_assert_int_eq(inject(SYS_setgroups, INJECT_ANY, EPERM), 0);
	ck_assert_int_eq(ids_take(s, &noun), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_str_eq(noun, "setgroups");
}
END_TEST

/* Who never gave it up becomes root when the proof tries it. */
START_TEST(are_found_out_where_root_can_be_regained)
{
	ck_assert_int_eq(ids_prove(somebody(BUILTIN_echo, 0), &noun), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_str_eq(noun, "root could be regained");
}
END_TEST

START_TEST(are_found_out_where_its_group_can_be_regained)
{
	const struct settings *s = somebody(BUILTIN_NONE, BIT(CAP_SETUID));

	ck_assert_int_eq(ids_prove(s, &noun), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_str_eq(noun, "root's group could be regained");
}
END_TEST

START_TEST(may_be_changed_by_who_keeps_the_capabilities)
{
	const struct settings *s = somebody(BUILTIN_NONE,
	    BIT(CAP_SETUID) | BIT(CAP_SETGID));

	ck_assert_int_eq(ids_take(s, &noun), 0);
	ck_assert_int_eq(ids_prove(s, &noun), 0);
}
END_TEST

/* A built-in keeps none, whatever its settings says. */
START_TEST(are_proved_of_every_built_in)
{
	const struct settings *s = somebody(BUILTIN_echo,
	    BIT(CAP_SETUID) | BIT(CAP_SETGID));

	ck_assert_int_eq(ids_prove(s, &noun), -1);
	ck_assert_str_eq(noun, "root could be regained");
}
END_TEST

START_TEST(are_not_asked_of_root)
{
	struct settings root = { .uid = 0, .gid = 0 };

	ck_assert_int_eq(ids_prove(&root, &noun), 0);
}
END_TEST

/* Read back after a call that only seems to have worked. */
START_TEST(are_refused_with_groups_that_are_others)
{
	const struct settings *s = somebody(BUILTIN_echo, 0);
	const gid_t other[] = { 77, 12346 };

	ck_assert_int_eq(setgroups(2, other), 0);
	ck_assert_int_eq(inject(SYS_setgroups, INJECT_ANY, 0), 0);
	ck_assert_int_eq(ids_take(s, &noun), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_str_eq(noun, "groups");
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	if (getuid() != 0)
		return; /* nobody else has any to give up */
	tcase_add_test(tc, are_taken_for_good);
	tcase_add_test(tc, are_found_out_where_root_can_be_regained);
	tcase_add_test(tc, are_found_out_where_its_group_can_be_regained);
	tcase_add_test(tc, may_be_changed_by_who_keeps_the_capabilities);
	tcase_add_test(tc, are_proved_of_every_built_in);
	tcase_add_test(tc, are_not_asked_of_root);
	runner_add(tc, lack, are_left_alone_where_they_are_as_wanted);
	runner_add(tc, lack, say_which_could_not_be_taken);
	runner_add(tc, lack, are_refused_with_groups_that_are_others);
}

int
main(void)
{
	return runner_main("ids", add);
}
