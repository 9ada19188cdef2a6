/* SPDX-License-Identifier: ISC */
/* Answers as main takes them from a process that it does not trust. */
#include "config.h"

#include <sys/socket.h>

#include <stdlib.h>
#include <string.h>

#include "names/answer.h"
#include "runner.h"

static struct names *names;
static char wire[1 << 20];
static size_t len;

enum { HOST, USER, IDENTITY, LOGIN, PORT, GROUP };

static void
set_up(void)
{
	names = names_new();
	names_want(names, NAME_HOST, "host", NULL);
	names_want(names, NAME_USER, "user", NULL);
	names_want(names, NAME_IDENTITY, "user", NULL);
	names_want(names, NAME_LOGIN, "7", NULL);
	names_want(names, NAME_PORT, "port", NULL);
	names_want(names, NAME_GROUP, "group", NULL);
}

static void
tear_down(void)
{
	names_free(names);
}

static void
put(struct answer head, const void *list, size_t size)
{
	memcpy(wire + len, &head, sizeof(head));
	len += sizeof(head);
	if (size > 0)
		memcpy(wire + len, list, size);
	len += size;
}

static ssize_t
take_all(void)
{
	return answer_take(names, wire, len);
}

START_TEST(takes_what_comes_piece_by_piece)
{
	struct addr a;
	const struct addr *v;
	size_t i, n, done = 0;
	ssize_t took;
	uid_t uid;

	ck_assert_int_eq(addr_from_ip("192.0.2.1", &a), 0);
	put((struct answer) { .index = HOST, .count = 1 }, &a, sizeof(a));
	put((struct answer) { .index = USER, .id = 5 }, NULL, 0);
	for (i = 1; i <= len; i++) {
		took = answer_take(names, wire + done, i - done);
		ck_assert_int_ge(took, 0);
		done += (size_t)took;
	}
	ck_assert_uint_eq(done, len);
	ck_assert_ptr_null(names_host(names, "host", &v, &n));
	ck_assert(addr_equal(v, &a));
	ck_assert_ptr_null(names_id(names, NAME_USER, "user", &uid));
	ck_assert_uint_eq(uid, 5);
	ck_assert_uint_eq(names->nopen, 4);
}
END_TEST

START_TEST(takes_a_reason)
{
	uid_t uid;

	put((struct answer) { .index = USER, .failed = 1, .count = 8 },
	    "because", 8);
	ck_assert_int_eq(take_all(), (ssize_t)len);
	ck_assert_str_eq(names_id(names, NAME_USER, "user", &uid), "because");
}
END_TEST

START_TEST(refuses_what_is_no_answer)
{
	static const struct answer bad[] = {
		{ .index = 6 },
		{ .index = UINT32_MAX },
		{ .index = USER, .failed = 2 },
		{ .index = USER, .count = 1 },
		{ .index = USER, .id = UINT32_MAX },
		{ .index = GROUP, .id = UINT32_MAX },
		{ .index = IDENTITY, .gid = UINT32_MAX },
		{ .index = IDENTITY, .count = NAME_GROUPS_MAX + 1 },
		{ .index = HOST, .count = 0 },
		{ .index = HOST, .count = NAME_ADDRS_MAX + 1 },
		{ .index = HOST, .count = 1 }, /* of no family */
		{ .index = HOST, .count = UINT32_MAX },
		{ .index = LOGIN, .count = 0 },
		{ .index = LOGIN, .count = 4 }, /* its end is not the first */
		{ .index = PORT, .id = 65536 },
		{ .index = PORT, .failed = 1, .count = NAME_TEXT_MAX + 1 },
		{ .index = PORT, .failed = 1 },
	};

	put(bad[_i], NULL, 0);
	len += 64; /* whatever follows is zero */
	ck_assert_int_eq(take_all(), -1);
	ck_assert_uint_eq(names->nopen, 6);
}
END_TEST

START_TEST(refuses_a_text_without_an_end)
{
	put((struct answer) { .index = LOGIN, .count = 3 }, "abc", 3);
	ck_assert_int_eq(take_all(), -1);
}
END_TEST

START_TEST(refuses_a_second_answer)
{
	put((struct answer) { .index = USER, .id = 5 }, NULL, 0);
	put((struct answer) { .index = USER, .id = 0 }, NULL, 0);
	ck_assert_int_eq(take_all(), -1);
}
END_TEST

START_TEST(refuses_an_address_with_a_port)
{
	struct addr a;

	ck_assert_int_eq(addr_from_ip("192.0.2.1", &a), 0);
	a.port = 7;
	put((struct answer) { .index = HOST, .count = 1 }, &a, sizeof(a));
	ck_assert_int_eq(take_all(), -1);
}
END_TEST

START_TEST(waits_for_the_rest_of_a_long_one)
{
	put((struct answer) { .index = HOST, .count = NAME_ADDRS_MAX }, NULL,
	    0);
	ck_assert_int_eq(take_all(), 0);
	len += 1000;
	ck_assert_int_eq(take_all(), 0);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, takes_what_comes_piece_by_piece);
	tcase_add_test(tc, takes_a_reason);
	tcase_add_loop_test(tc, refuses_what_is_no_answer, 0, 17);
	tcase_add_test(tc, refuses_a_text_without_an_end);
	tcase_add_test(tc, refuses_a_second_answer);
	tcase_add_test(tc, refuses_an_address_with_a_port);
	tcase_add_test(tc, waits_for_the_rest_of_a_long_one);
}

int
main(void)
{
	return runner_main("names/answer", add);
}
