/* SPDX-License-Identifier: ISC */
/* UTF-8, and what deceives. */
#include "config.h"

#include <string.h>

#include "base/utf8.h"
#include "runner.h"

/* c as UTF-8, also what is none; a string. */
static const char *
encoded(uint32_t c)
{
	static char s[5];
	size_t i, n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	memset(s, 0, sizeof(s));
	for (i = n - 1; i > 0; i--, c >>= 6)
		s[i] = (char)(0x80 | (c & 0x3f));
	s[0] = (char)(n == 1 ? c : (0xf00u >> n | c));
	return s;
}

START_TEST(every_character_is_read)
{
	uint32_t c, got;
	size_t n;

	for (c = 1; c < 0x120000; c++) {
		n = utf8_next(encoded(c), &got);
		if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
			ck_assert_uint_eq(n, 0);
			continue;
		}
		ck_assert_uint_eq(n, strlen(encoded(c)));
		ck_assert_uint_eq(got, c);
	}
}
END_TEST

START_TEST(what_is_no_character_is_not_read)
{
	static const char *const bad[] = { "\200", "\277", "\300\200",
		"\301\277", "\340\200\200", "\340\237\277", "\360\200\200\200",
		"\360\217\277\277", "\365\200\200\200", "\377", "\303",
		"\342\202", "\360\237\230", "\303(", "\342\202(",
		"\360\237\230(" };
	uint32_t c;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(utf8_next(bad[i], &c) == 0, "%zu", i);
}
END_TEST

START_TEST(what_deceives_is_known)
{
	static const uint32_t yes[] = { 0x1b, 0x7f, 0x80, 0x85, 0x9b, 0x9f,
		0xad, 0x61c, 0x200b, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029,
		0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2066, 0x2067,
		0x2068, 0x2069, 0xfe0f, 0xfeff, 0xfff9, 0xfffb, 0xfffe, 0xffff,
		0x1fffe, 0xe0001, 0xe0041, 0xe01ef, 0x10ffff };
	static const uint32_t no[] = { ' ', '"', '\\', '~', 0xa0, 0xac, 0xe9,
		0x5d0, 0x627, 0x2010, 0x202f, 0x20ac, 0x4e2d, 0xfffc, 0xfffd,
		0x1f600, 0x10fffd };
	size_t i;

	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		ck_assert_msg(utf8_deceives(yes[i]), "U+%04X", yes[i]);
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		ck_assert_msg(!utf8_deceives(no[i]), "U+%04X", no[i]);
}
END_TEST

START_TEST(one_character_makes_a_string_harmful)
{
	ck_assert(utf8_is_harmless(""));
	ck_assert(utf8_is_harmless("caf\303\251 \"x\\y\" \360\237\230\200"));
	ck_assert(!utf8_is_harmless("caf\303\251\n"));
	ck_assert(!utf8_is_harmless("caf\351"));
	ck_assert(!utf8_is_harmless("a\342\200\256"));
	ck_assert(!utf8_is_harmless("\303"));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, every_character_is_read);
	tcase_add_test(tc, what_is_no_character_is_not_read);
	tcase_add_test(tc, what_deceives_is_known);
	tcase_add_test(tc, one_character_makes_a_string_harmful);
}

int
main(void)
{
	return runner_main("utf8", add);
}
