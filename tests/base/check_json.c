/* SPDX-License-Identifier: ISC */
/* Strings of JSON: each character comes back from them, and none deceives. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "runner.h"

/* A whole string, without its quotes. */
static const char *
json_of(const char *s)
{
	static char out[256];
	struct buf b = buf_on(out, sizeof(out));

	json_add(&b, s);
	ck_assert_uint_lt(b.len, sizeof(out));
	ck_assert(out[0] == '"' && out[b.len - 1] == '"');
	out[b.len - 1] = '\0';
	return out + 1;
}

static uint32_t
unit(const char *s)
{
	char digits[5] = { s[2], s[3], s[4], s[5], '\0' };

	ck_assert(s[0] == '\\' && s[1] == 'u');
	return (uint32_t)strtoul(digits, NULL, 16);
}

/* The character that an escape stands for. */
static uint32_t
meant(const char *s)
{
	if (strlen(s) == 12)
		return 0x10000 + ((unit(s) - 0xd800) << 10) +
		    (unit(s + 6) - 0xdc00);
	ck_assert_uint_eq(strlen(s), 6);
	return unit(s);
}

START_TEST(every_character_is_itself_or_escaped)
{
	char s[5];
	const char *json;
	uint32_t c, got;

	for (c = 1; c <= 0x10ffff; c++) {
		if (c == '"' || c == '\\' || c == '\n' || c == '\t' ||
		    (c >= 0xd800 && c < 0xe000))
			continue;
		memset(s, 0, sizeof(s));
		if (c < 0x80) {
			s[0] = (char)c;
		} else if (c < 0x800) {
			s[0] = (char)(0xc0 | c >> 6);
			s[1] = (char)(0x80 | (c & 0x3f));
		} else if (c < 0x10000) {
			s[0] = (char)(0xe0 | c >> 12);
			s[1] = (char)(0x80 | (c >> 6 & 0x3f));
			s[2] = (char)(0x80 | (c & 0x3f));
		} else {
			s[0] = (char)(0xf0 | c >> 18);
			s[1] = (char)(0x80 | (c >> 12 & 0x3f));
			s[2] = (char)(0x80 | (c >> 6 & 0x3f));
			s[3] = (char)(0x80 | (c & 0x3f));
		}
		ck_assert_uint_eq(utf8_next(s, &got), strlen(s));
		json = json_of(s);
		if (utf8_deceives(c))
			ck_assert_uint_eq(meant(json), c);
		else
			ck_assert_str_eq(json, s);
	}
}
END_TEST

START_TEST(what_json_itself_uses_is_escaped)
{
	ck_assert_str_eq(json_of("\"\\\n\t\r/"), "\\\"\\\\\\n\\t\\u000d/");
	ck_assert_str_eq(json_of("a\342\200\256b\342\200\250"),
	    "a\\u202eb\\u2028");
	ck_assert_str_eq(json_of("\363\240\200\201"), "\\udb40\\udc01");
}
END_TEST

START_TEST(a_byte_that_is_no_utf8_is_escaped)
{
	ck_assert_str_eq(json_of("\303x"), "\\u00c3x");
	ck_assert_str_eq(json_of("\355\240\200"), "\\u00ed\\u00a0\\u0080");
	ck_assert_str_eq(json_of("caf\351"), "caf\\u00e9");
}
END_TEST

START_TEST(text_in_memory_that_grows_is_whole)
{
	char text[1000];
	struct buf b = { 0 };
	size_t i;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	json_add(&b, text);
	ck_assert_uint_eq(b.len, sizeof(text) + 1);
	for (i = 0; i < 200; i++)
		json_add(&b, "a\"b");
	ck_assert_uint_eq(b.len, sizeof(text) + 1 + i * 6);
	ck_assert_str_eq(buf_string(&b) + b.len - 6, "\"a\\\"b\"");
	free(b.s);
}
END_TEST

START_TEST(text_in_an_array_is_cut_to_whole_characters)
{
	char array[8];
	struct buf b = buf_on(array, sizeof(array));

	json_add(&b, "abcdefgh");
	ck_assert_uint_eq(b.len, 8);
	ck_assert_int_eq(memcmp(array, "\"abcdef\"", 8), 0);
	b.len = 0;
	json_add(&b, "a\rb");
	ck_assert_uint_eq(b.len, 3);
	ck_assert_int_eq(memcmp(array, "\"a\"", 3), 0);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, every_character_is_itself_or_escaped);
	tcase_add_test(tc, what_json_itself_uses_is_escaped);
	tcase_add_test(tc, a_byte_that_is_no_utf8_is_escaped);
	tcase_add_test(tc, text_in_memory_that_grows_is_whole);
	tcase_add_test(tc, text_in_an_array_is_cut_to_whole_characters);
}

int
main(void)
{
	return runner_main("json", add);
}
