/* SPDX-License-Identifier: ISC */
/* Bytes become lines, long ones are folded, floods only counted. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "logger/lines.h"
#include "runner.h"

static char shown[64][LINES_LENGTH + 1];
static size_t nshown;
static struct lines l;

static void
show(struct lines *from, const char *text)
{
	ck_assert_ptr_eq(from, &l);
	ck_assert_uint_le(strlen(text), LINES_LENGTH);
	if (nshown < 64)
		memcpy(shown[nshown], text, strlen(text) + 1);
	nshown++;
}

static void
begin(void)
{
	l = (struct lines) { .show = show };
	nshown = 0;
}

static void
feed(const char *text)
{
	lines_add(&l, 5000, text, strlen(text));
}

START_TEST(lines_come_together_from_any_pieces)
{
	static const char text[] = "one\n\ntwo three\nfour";
	size_t piece, i, n;

	for (piece = 1; piece < sizeof(text); piece++) {
		begin();
		for (i = 0; i < strlen(text); i += n) {
			n = strlen(text) - i < piece ? strlen(text) - i : piece;
			lines_add(&l, 5000, text + i, n);
		}
		ck_assert_uint_eq(nshown, 3);
		lines_end(&l, 5000);
		ck_assert_uint_eq(nshown, 4);
		ck_assert_str_eq(shown[0], "one");
		ck_assert_str_eq(shown[1], "");
		ck_assert_str_eq(shown[2], "two three");
		ck_assert_str_eq(shown[3], "four");
	}
}
END_TEST

START_TEST(a_nul_becomes_a_question_mark)
{
	begin();
	lines_add(&l, 5000, "a\0b\0\n", 5);
	ck_assert_str_eq(shown[0], "a?b?");
}
END_TEST

START_TEST(long_lines_are_folded_and_no_byte_is_lost)
{
	static char text[5 * LINES_LENGTH], joined[sizeof(text) + 1];
	size_t len, i, j;

	for (i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 26);
	for (len = LINES_LENGTH - 2; len < sizeof(text) - 1; len += 997) {
		begin();
		lines_add(&l, 5000, text, len / 2);
		lines_add(&l, 5000, text + len / 2, len - len / 2);
		feed("\n");
		joined[0] = '\0';
		for (i = j = 0; i < nshown; i++) {
			memcpy(joined + j, shown[i], strlen(shown[i]));
			j += strlen(shown[i]);
		}
		ck_assert_uint_eq(j, len);
		ck_assert_int_eq(memcmp(joined, text, len), 0);
		ck_assert_uint_eq(nshown,
		    (len + LINES_LENGTH - 1) / LINES_LENGTH);
	}
}
END_TEST

START_TEST(a_line_of_just_the_length_is_one_line)
{
	char text[LINES_LENGTH + 1];

	memset(text, 'x', LINES_LENGTH);
	text[LINES_LENGTH] = '\0';
	begin();
	feed(text);
	ck_assert_uint_eq(nshown, 0);
	feed("\n");
	ck_assert_uint_eq(nshown, 1);
	feed(text);
	lines_end(&l, 5000);
	ck_assert_uint_eq(nshown, 2);
	ck_assert_uint_eq(strlen(shown[1]), LINES_LENGTH);
}
END_TEST

START_TEST(folding_does_not_cut_a_character)
{
	char text[LINES_LENGTH + 8];
	size_t before;

	for (before = LINES_LENGTH - 4; before <= LINES_LENGTH; before++) {
		begin();
		memset(text, 'x', before);
		memcpy(text + before, "\360\237\230\200!", 6);
		feed(text);
		lines_end(&l, 5000);
		ck_assert_uint_eq(nshown, 2);
		ck_assert_uint_eq(strlen(shown[0]),
		    before == LINES_LENGTH - 4 ? LINES_LENGTH : before);
	}
}
END_TEST

START_TEST(bytes_that_only_look_like_utf8_still_get_through)
{
	static char text[3 * LINES_LENGTH];

	begin();
	memset(text, 0x80, sizeof(text));
	lines_add(&l, 5000, text, sizeof(text));
	memset(text, 0xff, sizeof(text));
	lines_add(&l, 5000, text, sizeof(text));
	lines_end(&l, 5000);
	ck_assert_uint_ge(nshown, 6);
	ck_assert_uint_le(nshown, 8);
}
END_TEST

START_TEST(a_flood_is_counted_and_the_rate_comes_back)
{
	int i;

	begin();
	for (i = 0; i < LINES_BURST + 500; i++)
		feed("x\n");
	ck_assert_uint_eq(nshown, LINES_BURST);
	ck_assert_uint_eq(l.lost, 500);
	l.lost = nshown = 0;
	for (i = 0; i < 500; i++) /* half a second later */
		lines_add(&l, 5500, "x\n", 2);
	ck_assert_uint_eq(nshown, LINES_RATE / 2);
	ck_assert_uint_eq(l.lost, 500 - LINES_RATE / 2);
	l.lost = nshown = 0;
	for (i = 0; i < 2 * LINES_BURST; i++) /* a year later */
		lines_add(&l, 31536005500, "x\n", 2);
	ck_assert_uint_eq(nshown, LINES_BURST);
}
END_TEST

START_TEST(a_clock_that_goes_back_brings_nothing)
{
	int i;

	begin();
	for (i = 0; i < LINES_BURST; i++)
		lines_add(&l, 5000, "x\n", 2);
	for (i = 0; i < 500; i++)
		lines_add(&l, 5000 - i, "x\n", 2);
	ck_assert_uint_eq(nshown, LINES_BURST);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, lines_come_together_from_any_pieces);
	tcase_add_test(tc, a_nul_becomes_a_question_mark);
	tcase_add_test(tc, long_lines_are_folded_and_no_byte_is_lost);
	tcase_add_test(tc, a_line_of_just_the_length_is_one_line);
	tcase_add_test(tc, folding_does_not_cut_a_character);
	tcase_add_test(tc, bytes_that_only_look_like_utf8_still_get_through);
	tcase_add_test(tc, a_flood_is_counted_and_the_rate_comes_back);
	tcase_add_test(tc, a_clock_that_goes_back_brings_nothing);
}

int
main(void)
{
	return runner_main("lines", add);
}
