/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/stdlib.h>
#include <stdlib.h>
#include <string.h>

#include "tine/request.h"
#include "runner.h"

/* A whole request, put together from its pieces. */
static char *
request(const struct request *q, uint32_t offset)
{
	char *all = malloc(q->size + 1);
	const char *piece;
	uint64_t pos;
	size_t n;

	for (pos = 0; pos < q->size; pos += n) {
		piece = request_at(q, offset, pos, &n);
		ck_assert_uint_gt(n, 0);
		ck_assert_uint_le(n, q->size - pos);
		memcpy(all + pos, piece, n);
	}
	return all;
}

/* The verdict of all that is given, in pieces of random length. */
static enum response
judge(const struct request *q, uint32_t offset, const char *buf, uint64_t size)
{
	enum response answer = RESPONSE_PART;
	uint64_t pos = 0;
	size_t n;

	while (pos < size && answer == RESPONSE_PART) {
		n = 1 + arc4random_uniform(300000);
		if (n > size - pos)
			n = size - pos;
		answer = request_check(q, offset, pos, buf + pos, n);
		pos += n;
	}
	return pos < size ? RESPONSE_WRONG : answer;
}

START_TEST(a_true_echo_is_whole_whatever_its_pieces)
{
	static const uint64_t sizes[] = { 1, 64, 65536, 1048572, 1048573,
		1048574, 5000000 };
	struct request q;
	uint32_t offset;
	uint64_t k;
	size_t i;
	char *all;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		ck_assert_int_eq(request_init(&q, NULL, false, sizes[i]), 0);
		for (k = 0; k < 5; k++) {
			offset = request_offset(&q, k * 997);
			all = request(&q, offset);
			ck_assert_int_eq(judge(&q, offset, all, sizes[i]),
			    RESPONSE_WHOLE);
			free(all);
		}
		request_free(&q);
	}
}
END_TEST

START_TEST(any_single_wrong_byte_is_found)
{
	struct request q;
	char *all;
	size_t i;

	ck_assert_int_eq(request_init(&q, NULL, false, 300), 0);
	all = request(&q, 5);
	for (i = 0; i < 300; i++) {
		all[i] ^= 0x40;
		ck_assert_int_eq(judge(&q, 5, all, 300), RESPONSE_WRONG);
		all[i] ^= 0x40;
	}
	ck_assert_int_eq(judge(&q, 5, all, 300), RESPONSE_WHOLE);
	free(all);
	request_free(&q);
}
END_TEST

START_TEST(a_short_echo_is_a_part_and_a_long_one_wrong)
{
	struct request q;
	char *all;

	ck_assert_int_eq(request_init(&q, NULL, false, 100), 0);
	all = request(&q, 0);
	ck_assert_int_eq(judge(&q, 0, all, 99), RESPONSE_PART);
	all[100] = 'x';
	ck_assert_int_eq(request_check(&q, 0, 0, all, 101), RESPONSE_WRONG);
	ck_assert_int_eq(request_check(&q, 0, 100, all + 100, 1),
	    RESPONSE_WRONG);
	free(all);
	request_free(&q);
}
END_TEST

START_TEST(the_answer_to_another_request_is_wrong)
{
	struct request q;
	uint64_t k;
	char *all;

	ck_assert_int_eq(request_init(&q, NULL, false, 64), 0);
	all = request(&q, request_offset(&q, 0));
	for (k = 1; k < 4093; k++)
		ck_assert_int_eq(judge(&q, request_offset(&q, k), all, 64),
		    RESPONSE_WRONG);
	free(all);
	request_free(&q);
}
END_TEST

START_TEST(a_large_echo_shifted_by_a_power_of_two_is_wrong)
{
	struct request q;
	char *all;
	uint64_t shift;

	ck_assert_int_eq(request_init(&q, NULL, false, 4 << 20), 0);
	all = request(&q, 0);
	for (shift = 1; shift < 4 << 20; shift <<= 1)
		ck_assert_int_eq(request_check(&q, 0, 0, all + shift, 64),
		    RESPONSE_WRONG);
	free(all);
	request_free(&q);
}
END_TEST

START_TEST(a_line_is_answered_by_a_line)
{
	struct request q;
	size_t n;

	ck_assert_int_eq(request_init(&q, "PING", false, 0), 0);
	ck_assert_uint_eq(q.size, 5);
	ck_assert_mem_eq(request_at(&q, 0, 0, &n), "PING\n", 5);
	ck_assert_uint_eq(n, 5);
	ck_assert_int_eq(request_check(&q, 0, 0, "+PO", 3), RESPONSE_PART);
	ck_assert_int_eq(request_check(&q, 0, 3, "NG\n", 3), RESPONSE_WHOLE);
	ck_assert_int_eq(request_check(&q, 0, 0, "a\nb", 3), RESPONSE_WRONG);
	request_free(&q);
}
END_TEST

START_TEST(until_the_end_everything_is_part_of_the_answer)
{
	struct request q;

	ck_assert_int_eq(request_init(&q, NULL, true, 0), 0);
	ck_assert_uint_eq(q.size, 0);
	ck_assert_int_eq(request_check(&q, 0, 0, "a\nb\n", 4), RESPONSE_PART);
	request_free(&q);
}
END_TEST

START_TEST(an_echo_of_nothing_only_connects)
{
	struct request q;

	ck_assert_int_eq(request_init(&q, NULL, false, 0), 0);
	ck_assert_int_eq(q.kind, REQUEST_CONNECT);
	ck_assert_int_eq(request_check(&q, 0, 0, "x", 1), RESPONSE_WRONG);
	request_free(&q);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, a_true_echo_is_whole_whatever_its_pieces);
	tcase_add_test(tc, any_single_wrong_byte_is_found);
	tcase_add_test(tc, a_short_echo_is_a_part_and_a_long_one_wrong);
	tcase_add_test(tc, the_answer_to_another_request_is_wrong);
	tcase_add_test(tc, a_large_echo_shifted_by_a_power_of_two_is_wrong);
	tcase_add_test(tc, a_line_is_answered_by_a_line);
	tcase_add_test(tc, until_the_end_everything_is_part_of_the_answer);
	tcase_add_test(tc, an_echo_of_nothing_only_connects);
}

int
main(void)
{
	return runner_main("check_request", add);
}
