/* SPDX-License-Identifier: ISC */
/*
 * Records of events: what is put into them comes out, and what does not fit or
 * is no key is left out.
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "ipc/record.h"
#include "ipc/recorded.h"
#include "runner.h"

/* A record must be well-formed, whatever was put into it. */
static struct record_fields
taken_apart(const struct record *r)
{
	struct record_fields f;

	ck_assert_int_eq(record_next(r, sizeof(*r)), r->head.size);
	ck_assert_int_eq(record_fields(r, r->head.size, &f), 0);
	return f;
}

static const char *
value_of(const struct record_fields *f, const char *key)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		if (strcmp(f->key[i], key) == 0)
			return f->value[i];
	}
	return NULL;
}

START_TEST(carries_pairs_in_their_order)
{
	struct record_fields f;
	struct record r;

	record_begin(&r, LEVEL_NOTICE, "refused");
	record_str(&r, "service", "echo");
	record_str(&r, "_empty", "");
	record_str(&r, "nasty_1", "a b\n\"=\033\377%n");
	record_int(&r, "n", INT64_MIN);
	record_int(&r, "m", INT64_MAX);
	f = taken_apart(&r);
	ck_assert_int_eq(f.level, LEVEL_NOTICE);
	ck_assert_str_eq(f.event, "refused");
	ck_assert_uint_eq(f.n, 5);
	ck_assert_str_eq(f.key[0], "service");
	ck_assert_str_eq(f.value[0], "echo");
	ck_assert_str_eq(f.key[1], "_empty");
	ck_assert_str_eq(f.value[1], "");
	ck_assert_str_eq(f.value[2], "a b\n\"=\033\377%n");
	ck_assert_str_eq(f.value[3], "-9223372036854775808");
	ck_assert_str_eq(f.value[4], "9223372036854775807");
}
END_TEST

START_TEST(carries_an_event_alone)
{
	struct record_fields f;
	struct record r;

	record_begin(&r, LEVEL_ERROR, "x");
	f = taken_apart(&r);
	ck_assert_str_eq(f.event, "x");
	ck_assert_uint_eq(f.n, 0);
}
END_TEST

START_TEST(carries_a_peer)
{
	static const char *const ips[] = { "192.0.2.1", "fe80::1%1" };
	struct addr peer = { .family = AF_UNIX, .cred = { 1000, 100, 77 } };
	struct record_fields f;
	struct record r;
	size_t i;

	record_begin(&r, LEVEL_NOTICE, "refused");
	f = taken_apart(&r);
	ck_assert_int_eq(f.peer.family, AF_UNSPEC);
	record_peer(&r, &peer);
	record_str(&r, "after", "a");
	f = taken_apart(&r);
	ck_assert(addr_equal(&f.peer, &peer));
	ck_assert_str_eq(value_of(&f, "peer"), "");
	ck_assert_str_eq(value_of(&f, "after"), "a");
	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(addr_from_ip(ips[i], &peer), 0);
		peer.port = 7;
		record_begin(&r, LEVEL_NOTICE, "refused");
		record_peer(&r, &peer);
		f = taken_apart(&r);
		ck_assert(addr_equal(&f.peer, &peer));
	}
	/* Not one of these families: none. */
	memset(&peer, 0xff, sizeof(peer));
	record_begin(&r, LEVEL_NOTICE, "refused");
	record_peer(&r, &peer);
	f = taken_apart(&r);
	ck_assert_int_eq(f.peer.family, AF_UNSPEC);
}
END_TEST

START_TEST(cuts_a_value_that_does_not_fit)
{
	static char big[2 * RECORD_MAX];
	struct record_fields f;
	struct record r;

	memset(big, 'v', sizeof(big) - 1);
	record_begin(&r, LEVEL_INFO, "stderr");
	record_str(&r, "before", "b");
	record_str(&r, "msg", big);
	record_str(&r, "after", "a");
	ck_assert_uint_eq(r.head.size, RECORD_MAX);
	f = taken_apart(&r);
	ck_assert_uint_eq(f.n, 2);
	ck_assert_str_eq(value_of(&f, "before"), "b");
	ck_assert_uint_eq(strlen(value_of(&f, "msg")),
	    RECORD_MAX - sizeof(struct record_head) - sizeof(struct addr) -
		sizeof("stderr") - sizeof("before") - sizeof("b") -
		sizeof("msg") - 1);
	ck_assert_str_eq(strchr(value_of(&f, "msg"), '\0') - 4, "v...");
}
END_TEST

START_TEST(leaves_out_a_pair_of_which_nothing_is_left)
{
	static char big[RECORD_MAX];
	struct record_fields f;
	struct record r;
	size_t n, room;

	/* Fill it up to each of the last few bytes, then add "key", "vv". */
	for (room = 0; room < 12; room++) {
		record_begin(&r, LEVEL_INFO, "e");
		n = sizeof(r.text) - sizeof("e") - sizeof("f") - 1 - room;
		memset(big, 'v', n);
		big[n] = '\0';
		record_str(&r, "f", big);
		record_str(&r, "key", "vv");
		f = taken_apart(&r);
		if (room < sizeof("key") + 2) {
			ck_assert_uint_eq(f.n, 1);
			continue;
		}
		ck_assert_uint_eq(f.n, 2);
		ck_assert_str_eq(f.value[1], room == 6 ? "v" : "vv");
	}
}
END_TEST

START_TEST(takes_as_many_pairs_as_the_reader_does)
{
	struct record_fields f;
	struct record r;
	int i;

	record_begin(&r, LEVEL_INFO, "e");
	for (i = 0; i < RECORD_FIELDS + 10; i++)
		record_int(&r, "n", i);
	f = taken_apart(&r);
	ck_assert_uint_eq(f.n, RECORD_FIELDS);
	ck_assert_str_eq(f.value[RECORD_FIELDS - 1], "31");
}
END_TEST

START_TEST(leaves_out_what_is_no_key)
{
	static const char *const bad[] = { "", "1a", "A", "a b", "a=", "a\n",
		"a-b", "a.b", "\303\266" };
	struct record_fields f;
	struct record r;
	size_t i;

	record_begin(&r, LEVEL_INFO, "e");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		record_str(&r, bad[i], "x");
	f = taken_apart(&r);
	ck_assert_uint_eq(f.n, 0);
}
END_TEST

START_TEST(stays_well_formed_with_an_impossible_event)
{
	static char big[2 * RECORD_MAX];
	struct record_fields f;
	struct record r;

	memset(big, 'e', sizeof(big) - 1);
	record_begin(&r, (enum level)77, "a b\n");
	f = taken_apart(&r);
	ck_assert_str_eq(f.event, "unknown");
	ck_assert_int_eq(f.level, LEVEL_ERROR);
	record_begin(&r, LEVEL_INFO, "");
	f = taken_apart(&r);
	ck_assert_str_eq(f.event, "unknown");
	record_begin(&r, LEVEL_INFO, big);
	record_str(&r, "k", "v");
	f = taken_apart(&r);
	ck_assert_uint_eq(f.n, 0);
}
END_TEST

START_TEST(makes_well_formed_events_of_whatever_it_is_given)
{
	char key[16], value[5000];
	struct record_fields f;
	struct record r;
	uint32_t i, n, k;
	int round;

	printf("# seed %d\n", RECORDED_SEED);
	for (round = 0; round < RECORDED_ROUNDS / 20; round++) {
		record_begin(&r, (enum level)recorded_any(8),
		    recorded_any(4) == 0 ? "?" : "ev");
		for (i = recorded_any(50); i > 0; i--) {
			for (k = 0; k < recorded_any(sizeof(key)); k++)
				key[k] = (char)('_' + recorded_any(30));
			key[k] = '\0';
			n = recorded_any(4) == 0 ? recorded_any(sizeof(value)) :
						   recorded_any(40);
			memset(value, (int)recorded_any(255) + 1, n);
			value[n] = '\0';
			record_str(&r, key, value);
		}
		f = taken_apart(&r);
		ck_assert_uint_le(r.head.size, RECORD_MAX);
		ck_assert_uint_le(f.n, RECORD_FIELDS);
	}
}
END_TEST

START_TEST(names_levels)
{
	ck_assert_str_eq(level_name(LEVEL_ERROR), "error");
	ck_assert_str_eq(level_name(LEVEL_DEBUG), "debug");
	ck_assert_str_eq(level_name(LEVELS), "unknown");
	ck_assert_str_eq(level_name((enum level) - 1), "unknown");
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, carries_pairs_in_their_order);
	tcase_add_test(tc, carries_an_event_alone);
	tcase_add_test(tc, carries_a_peer);
	tcase_add_test(tc, cuts_a_value_that_does_not_fit);
	tcase_add_test(tc, leaves_out_a_pair_of_which_nothing_is_left);
	tcase_add_test(tc, takes_as_many_pairs_as_the_reader_does);
	tcase_add_test(tc, leaves_out_what_is_no_key);
	tcase_add_test(tc, stays_well_formed_with_an_impossible_event);
	tcase_add_test(tc, makes_well_formed_events_of_whatever_it_is_given);
	tcase_add_test(tc, names_levels);
}

int
main(void)
{
	return runner_main("ipc/record", add);
}
