/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/types.h>

#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>

#include "main/listen/identity.h"
#include "runner.h"

/* A number that has no entry. */
#define STRANGER "3999999999"

static bool
has_group(const struct identity *id, gid_t gid)
{
	size_t i;

	for (i = 0; i < id->ngroups; i++)
		if (id->groups[i] == gid)
			return true;
	return false;
}

START_TEST(finds_a_user_with_its_own_group)
{
	const struct passwd *pw = getpwnam("root");
	struct identity id;

	ck_assert_ptr_nonnull(pw);
	ck_assert_ptr_null(identity_look_up("root", NULL, &id));
	ck_assert_uint_eq(id.uid, 0);
	ck_assert_uint_eq(id.gid, pw->pw_gid);
	ck_assert(has_group(&id, id.gid));
	identity_free(&id);
	ck_assert_ptr_null(id.groups);
}
END_TEST

START_TEST(takes_another_group_where_one_is_given)
{
	const struct group *gr = getgrnam("daemon");
	struct identity id;

	ck_assert_ptr_nonnull(gr);
	ck_assert_ptr_null(identity_look_up("root", "daemon", &id));
	ck_assert_uint_eq(id.gid, gr->gr_gid);
	ck_assert(has_group(&id, id.gid));
	identity_free(&id);
}
END_TEST

START_TEST(takes_numbers_for_names)
{
	struct identity id;

	ck_assert_ptr_null(identity_look_up("0", "0", &id));
	ck_assert_uint_eq(id.uid, 0);
	ck_assert_uint_eq(id.gid, 0);
	identity_free(&id);
}
END_TEST

START_TEST(takes_a_number_without_entry_only_with_a_group)
{
	struct identity id;

	ck_assert_ptr_nonnull(identity_look_up(STRANGER, NULL, &id));
	ck_assert_ptr_null(identity_look_up(STRANGER, "4000000000", &id));
	ck_assert_uint_eq(id.uid, 3999999999u);
	ck_assert_uint_eq(id.gid, 4000000000u);
	ck_assert_uint_eq(id.ngroups, 1);
	ck_assert_uint_eq(id.groups[0], 4000000000u);
	identity_free(&id);
}
END_TEST

static const char *const bad[] = {
	"",
	"no-such-user-or-group",
	"-1",
	"+0",
	" 0",
	"0 ",
	"0x0",
	"4294967295", /* (uid_t)-1: "no change" */
	"4294967296",
	"99999999999999999999",
	"root:",
	"root\n",
};

START_TEST(refuses_what_is_nobody)
{
	struct identity id;
	uid_t uid;
	gid_t gid;

	ck_assert_str_eq(identity_look_up(bad[_i], NULL, &id), "no such user");
	ck_assert_str_eq(identity_look_up("root", bad[_i], &id),
	    "no such group");
	ck_assert_ptr_null(id.groups);
	ck_assert_int_eq(identity_user(bad[_i], &uid), -1);
	ck_assert_int_eq(identity_group(bad[_i], &gid), -1);
}
END_TEST

START_TEST(finds_user_and_group_alone)
{
	uid_t uid = 1;
	gid_t gid = 1;

	ck_assert_int_eq(identity_user("root", &uid), 0);
	ck_assert_uint_eq(uid, 0);
	ck_assert_int_eq(identity_group("root", &gid), 0);
	ck_assert_uint_eq(gid, 0);
	ck_assert_int_eq(identity_user("4294967294", &uid), 0);
	ck_assert_uint_eq(uid, 4294967294u);
	ck_assert_int_eq(identity_group("1234", &gid), 0);
	ck_assert_uint_eq(gid, 1234);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, finds_a_user_with_its_own_group);
	tcase_add_test(tc, takes_another_group_where_one_is_given);
	tcase_add_test(tc, takes_numbers_for_names);
	tcase_add_test(tc, takes_a_number_without_entry_only_with_a_group);
	tcase_add_loop_test(tc, refuses_what_is_nobody, 0,
	    sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(tc, finds_user_and_group_alone);
}

int
main(void)
{
	return runner_main("identity", add);
}
