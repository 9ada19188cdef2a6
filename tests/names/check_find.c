/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/types.h>

#include <grp.h>
#include <netdb.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "listen/fixture.h"
#include "names/find.h"
#include "runner.h"

/* A number that has no entry. */
#define STRANGER "3999999999"

static struct found found;

static const char *
look_up(enum name_kind kind, const char *text, const char *group)
{
	struct name name = { .kind = kind };

	free(found.why);
	free(found.list);
	name.text = (char *)(uintptr_t)text;
	name.group = (char *)(uintptr_t)group;
	find_name(&name, &found);
	return found.why;
}

static bool
has_group(gid_t gid)
{
	const gid_t *v = found.list;
	size_t i;

	for (i = 0; i < found.count; i++)
		if (v[i] == gid)
			return true;
	return false;
}

START_TEST(finds_a_user_with_its_own_group)
{
	const struct passwd *pw = getpwnam("root");

	ck_assert_ptr_nonnull(pw);
	ck_assert_ptr_null(look_up(NAME_IDENTITY, "root", NULL));
	ck_assert_uint_eq(found.id, 0);
	ck_assert_uint_eq(found.gid, pw->pw_gid);
	ck_assert(has_group(found.gid));
}
END_TEST

START_TEST(takes_another_group_where_one_is_given)
{
	const struct group *gr = getgrnam("daemon");

	ck_assert_ptr_nonnull(gr);
	ck_assert_ptr_null(look_up(NAME_IDENTITY, "root", "daemon"));
	ck_assert_uint_eq(found.gid, gr->gr_gid);
	ck_assert(has_group(found.gid));
}
END_TEST

START_TEST(takes_numbers_for_names)
{
	ck_assert_ptr_null(look_up(NAME_IDENTITY, "0", "0"));
	ck_assert_uint_eq(found.id, 0);
	ck_assert_uint_eq(found.gid, 0);
}
END_TEST

START_TEST(takes_a_number_without_entry_only_with_a_group)
{
	ck_assert_ptr_nonnull(look_up(NAME_IDENTITY, STRANGER, NULL));
	ck_assert_ptr_null(look_up(NAME_IDENTITY, STRANGER, "4000000000"));
	ck_assert_uint_eq(found.id, 3999999999u);
	ck_assert_uint_eq(found.gid, 4000000000u);
	ck_assert_uint_eq(found.count, 1);
	ck_assert(has_group(4000000000u));
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

START_TEST(refuses_what_belongs_to_none)
{
	ck_assert_str_eq(look_up(NAME_IDENTITY, bad[_i], NULL), "no such user");
	ck_assert_str_eq(look_up(NAME_IDENTITY, "root", bad[_i]),
	    "no such group");
	ck_assert_ptr_null(found.list);
	ck_assert_str_eq(look_up(NAME_USER, bad[_i], NULL), "no such user");
	ck_assert_str_eq(look_up(NAME_GROUP, bad[_i], NULL), "no such group");
	ck_assert_str_eq(look_up(NAME_LOGIN, bad[_i], NULL), "no such user");
}
END_TEST

START_TEST(finds_user_and_group_alone)
{
	ck_assert_ptr_null(look_up(NAME_USER, "root", NULL));
	ck_assert_uint_eq(found.id, 0);
	ck_assert_ptr_null(look_up(NAME_GROUP, "root", NULL));
	ck_assert_uint_eq(found.id, 0);
	ck_assert_ptr_null(look_up(NAME_USER, "4294967294", NULL));
	ck_assert_uint_eq(found.id, 4294967294u);
	ck_assert_ptr_null(look_up(NAME_GROUP, "1234", NULL));
	ck_assert_uint_eq(found.id, 1234);
}
END_TEST

START_TEST(finds_the_name_of_a_number)
{
	ck_assert_ptr_null(look_up(NAME_LOGIN, "0", NULL));
	ck_assert_str_eq(found.list, "root");
	ck_assert_uint_eq(found.count, sizeof("root"));
	ck_assert_str_eq(look_up(NAME_LOGIN, STRANGER, NULL), "no such user");
}
END_TEST

START_TEST(finds_ports)
{
	ck_assert_str_eq(look_up(NAME_PORT, "no-such-service", NULL),
	    "unknown port name");
	if (getservbyname("http", "tcp") == NULL)
		return; /* a machine without services(5) */
	ck_assert_ptr_null(look_up(NAME_PORT, "http", NULL));
	ck_assert_uint_eq(found.id, 80);
}
END_TEST

START_TEST(finds_localhost)
{
	const struct addr *v;
	struct addr loopback;
	size_t i, n = 0;

	ck_assert_int_eq(addr_from_ip("127.0.0.1", &loopback), 0);
	ck_assert_ptr_null(look_up(NAME_HOST, "localhost", NULL));
	v = found.list;
	for (i = 0; i < found.count; i++)
		n += addr_equal(&v[i], &loopback);
	ck_assert_uint_eq(n, 1);
}
END_TEST

START_TEST(finds_every_address_once)
{
	char hosts[65536] = "";
	size_t len = 0;
	int i;

	for (i = 0; i < 1000; i++)
		len += (size_t)snprintf(hosts + len, sizeof(hosts) - len,
		    "10.0.%d.%d many\n", i / 250, i % 250);
	len += (size_t)snprintf(hosts + len, sizeof(hosts) - len,
	    "10.0.0.1 many\n2001:db8::1 many\n");
	if (fixture_hosts(hosts) == -1)
		return;
	ck_assert_ptr_null(look_up(NAME_HOST, "many", NULL));
	ck_assert_uint_eq(found.count, 1001);
}
END_TEST

START_TEST(says_why_there_is_no_host)
{
	(void)fixture_network(); /* without a name server */
	ck_assert_ptr_nonnull(look_up(NAME_HOST, "no.such.host.invalid", NULL));
	ck_assert_uint_eq(found.count, 0);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, finds_a_user_with_its_own_group);
	tcase_add_test(tc, takes_another_group_where_one_is_given);
	tcase_add_test(tc, takes_numbers_for_names);
	tcase_add_test(tc, takes_a_number_without_entry_only_with_a_group);
	tcase_add_loop_test(tc, refuses_what_belongs_to_none, 0,
	    sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(tc, finds_user_and_group_alone);
	tcase_add_test(tc, finds_the_name_of_a_number);
	tcase_add_test(tc, finds_ports);
	tcase_add_test(tc, finds_localhost);
	tcase_add_test(tc, finds_every_address_once);
	tcase_add_test(tc, says_why_there_is_no_host);
}

int
main(void)
{
	return runner_main("names/find", add);
}
