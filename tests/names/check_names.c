/* SPDX-License-Identifier: ISC */
/* The table of names: what is asked for, and what it answers. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names/names.h"
#include "runner.h"

static struct names *names;

static void
set_up(void)
{
	names = names_new();
}

static void
tear_down(void)
{
	names_free(names);
}

/* Answers the name that was added as number i, with a list of its own. */
static void
answer(struct names *n, size_t i, struct found f, const void *list, size_t size)
{
	if (size > 0) {
		f.list = malloc(size);
		memcpy(f.list, list, size);
	}
	names_answer(n, n->v[i], &f);
}

static struct addr
ip(const char *text)
{
	struct addr a;

	ck_assert_int_eq(addr_from_ip(text, &a), 0);
	return a;
}

static void
answer_host(struct names *n, size_t i, const char *one, const char *two)
{
	const struct addr v[] = { ip(one), ip(two) };

	answer(n, i, (struct found) { .count = 2 }, v, sizeof(v));
}

START_TEST(asks_for_a_name_once)
{
	names_want(names, NAME_HOST, "a", NULL);
	names_want(names, NAME_HOST, "a", NULL);
	names_want(names, NAME_USER, "a", NULL);
	names_want(names, NAME_IDENTITY, "a", NULL);
	names_want(names, NAME_IDENTITY, "a", "g");
	names_want(names, NAME_IDENTITY, "a", "g");
	ck_assert_uint_eq(names->nopen, 4);
}
END_TEST

START_TEST(asks_for_no_number)
{
	const struct addr *v;
	uint16_t port;
	size_t n;

	names_want(names, NAME_HOST, "192.0.2.1", NULL);
	names_want(names, NAME_PORT, "70", NULL);
	names_want(names, NAME_PORT, "70000", NULL);
	ck_assert_uint_eq(names->nopen, 0);
	ck_assert_ptr_null(names_host(names, "192.0.2.1", &v, &n));
	ck_assert_uint_eq(n, 1);
	ck_assert_ptr_null(names_port(names, "70", &port));
	ck_assert_uint_eq(port, 70);
	ck_assert_str_eq(names_port(names, "70000", &port), "port above 65535");
}
END_TEST

START_TEST(has_no_answer_for_what_was_not_asked)
{
	uid_t uid;

	names_want(names, NAME_USER, "open", NULL);
	ck_assert_ptr_nonnull(names_id(names, NAME_USER, "open", &uid));
	ck_assert_ptr_nonnull(names_id(names, NAME_USER, "other", &uid));
	ck_assert_ptr_nonnull(names_id(NULL, NAME_USER, "other", &uid));
	ck_assert_ptr_null(names_login(names, 4711));
}
END_TEST

START_TEST(gives_each_kind_its_answer)
{
	const gid_t groups[] = { 7, 8, 9 };
	struct identity id;
	uint16_t port;
	uid_t uid;
	gid_t gid;

	names_want(names, NAME_PORT, "port", NULL);
	names_want(names, NAME_USER, "user", NULL);
	names_want(names, NAME_GROUP, "group", NULL);
	names_want(names, NAME_IDENTITY, "user", "group");
	names_want(names, NAME_LOGIN, "4711", NULL);
	answer(names, 0, (struct found) { .id = 99 }, NULL, 0);
	answer(names, 1, (struct found) { .id = 5 }, NULL, 0);
	answer(names, 2, (struct found) { .id = 6 }, NULL, 0);
	answer(names, 3, (struct found) { .id = 5, .gid = 7, .count = 3 },
	    groups, sizeof(groups));
	answer(names, 4, (struct found) { .count = 3 }, "me", 3);
	ck_assert_uint_eq(names->nopen, 0);
	ck_assert_ptr_null(names_port(names, "port", &port));
	ck_assert_uint_eq(port, 99);
	ck_assert_ptr_null(names_id(names, NAME_USER, "user", &uid));
	ck_assert_uint_eq(uid, 5);
	ck_assert_ptr_null(names_id(names, NAME_GROUP, "group", &gid));
	ck_assert_uint_eq(gid, 6);
	ck_assert_ptr_null(names_identity(names, "user", "group", &id));
	ck_assert_uint_eq(id.uid, 5);
	ck_assert_uint_eq(id.gid, 7);
	ck_assert_uint_eq(id.ngroups, 3);
	ck_assert_uint_eq(id.groups[2], 9);
	ck_assert_ptr_nonnull(names_identity(names, "user", NULL, &id));
	ck_assert_str_eq(names_login(names, 4711), "me");
}
END_TEST

START_TEST(lists_what_is_open_each_once)
{
	char buf[200];

	names_want(names, NAME_HOST, "a.example", NULL);
	names_want(names, NAME_USER, "git", NULL);
	names_want(names, NAME_IDENTITY, "git", "git");
	names_want(names, NAME_GROUP, "git", NULL);
	names_want(names, NAME_PORT, "http", NULL);
	ck_assert_str_eq(names_format_open(names, buf, sizeof(buf)),
	    "host a.example, user git, group git, port http");
	names_give_up(names, NAME_HOST, "no");
	ck_assert_str_eq(names_format_open(names, buf, sizeof(buf)),
	    "user git, group git, port http");
}
END_TEST

START_TEST(counts_what_it_has_no_room_to_list)
{
	char buf[100], name[32];
	int i;

	for (i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "h%d.example", i);
		names_want(names, NAME_HOST, name, NULL);
	}
	names_format_open(names, buf, sizeof(buf));
	ck_assert_ptr_nonnull(strstr(buf, "host h0.example, host h1.example"));
	ck_assert_ptr_nonnull(strstr(buf, " and 99"));
	ck_assert_str_eq(strchr(buf, '\0') - 5, " more");
}
END_TEST

START_TEST(agrees_in_whatever_order)
{
	struct names *other = names_new();
	const gid_t one[] = { 7, 8 }, two[] = { 8, 7 }, three[] = { 8, 9 };

	names_want(names, NAME_HOST, "h", NULL);
	names_want(other, NAME_HOST, "h", NULL);
	ck_assert(!names_agree(names, other, NAME_HOST, "h", NULL));
	answer_host(names, 0, "192.0.2.1", "2001:db8::1");
	ck_assert(!names_agree(names, other, NAME_HOST, "h", NULL));
	answer_host(other, 0, "2001:db8::1", "192.0.2.1");
	ck_assert(names_agree(names, other, NAME_HOST, "h", NULL));

	names_want(names, NAME_IDENTITY, "u", NULL);
	names_want(names, NAME_IDENTITY, "v", NULL);
	names_want(other, NAME_IDENTITY, "u", NULL);
	names_want(other, NAME_IDENTITY, "v", NULL);
	answer(names, 1, (struct found) { .id = 5, .count = 2 }, one,
	    sizeof(one));
	answer(other, 1, (struct found) { .id = 5, .count = 2 }, two,
	    sizeof(two));
	answer(names, 2, (struct found) { .id = 5, .count = 2 }, two,
	    sizeof(two));
	answer(other, 2, (struct found) { .id = 5, .count = 2 }, three,
	    sizeof(three));
	ck_assert(names_agree(names, other, NAME_IDENTITY, "u", NULL));
	ck_assert(!names_agree(names, other, NAME_IDENTITY, "v", NULL));
	names_free(other);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, asks_for_a_name_once);
	tcase_add_test(tc, asks_for_no_number);
	tcase_add_test(tc, has_no_answer_for_what_was_not_asked);
	tcase_add_test(tc, gives_each_kind_its_answer);
	tcase_add_test(tc, lists_what_is_open_each_once);
	tcase_add_test(tc, counts_what_it_has_no_room_to_list);
	tcase_add_test(tc, agrees_in_whatever_order);
}

int
main(void)
{
	return runner_main("names", add);
}
