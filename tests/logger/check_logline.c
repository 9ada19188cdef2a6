/* SPDX-License-Identifier: ISC */
/* A record is one line whatever it holds, and the values can be read back. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "logger/written.h"
#include "runner.h"

static void
check_reads_back(const char *value)
{
	struct record_fields f = one_pair("msg", value);

	check_reads(text_of(&f));
	ck_assert_str_eq(last_read.level, "info");
	ck_assert_str_eq(last_read.event, "stderr");
	ck_assert_uint_eq(last_read.n, 1);
	ck_assert_str_eq(last_read.value[0], value);
}

START_TEST(writes_level_event_and_pairs)
{
	const struct record_fields f = { .level = LEVEL_NOTICE,
		.event = "refused",
		.n = 3,
		.key = { "service", "reason", "count" },
		.value = { "echo", "per_source", "12" } };

	ck_assert_str_eq(text_of(&f),
	    "notice refused service=echo reason=per_source count=12\n");
	ck_assert_str_eq(json_of(&f),
	    "{\"level\":\"notice\",\"event\":\"refused\","
	    "\"service\":\"echo\",\"reason\":\"per_source\",\"count\":12}\n");
}
END_TEST

START_TEST(quotes_only_what_has_to_be_quoted)
{
	static const struct {
		const char *value, *text;
	} table[] = {
		{ "127.0.0.1:7", "127.0.0.1:7" },
		{ "[2001:db8::1]:7", "[2001:db8::1]:7" },
		{ "unix:/run/x,y;z'$`%n", "unix:/run/x,y;z'$`%n" },
		{ "", "\"\"" },
		{ "a b", "\"a b\"" },
		{ "a=b", "\"a=b\"" },
		{ "\"", "\"\\\"\"" },
		{ "a\\nb", "\"a\\\\nb\"" },
		{ "a\nb\tc\rd", "\"a\\nb\\tc\\rd\"" },
		{ "\033[31m", "\"\\033[31m\"" },
		{ "\177", "\"\\177\"" },
		{ "caf\303\251", "\"caf\\303\\251\"" },
	};
	char want[128];
	struct record_fields f;
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		snprintf(want, sizeof(want), "info stderr msg=%s\n",
		    table[i].text);
		f = one_pair("msg", table[i].value);
		ck_assert_str_eq(text_of(&f), want);
	}
}
END_TEST

START_TEST(reads_back_whatever_a_value_holds)
{
	char all[256], noise[200];
	size_t i, j;

	for (i = 0; i < 255; i++)
		all[i] = (char)(i + 1);
	all[255] = '\0';
	check_reads_back(all);
	check_reads_back("\ninfo end service=other exit=0\n");
	check_reads_back("msg=\"a\" b=\\\"");
	check_reads_back("%n%n%s\033]0;x\007");
	check_reads_back("\\");
	check_reads_back("\\\\\"\\");
	check_reads_back("ends in a blank ");
	for (i = 0; i < 2000; i++) {
		for (j = 0; j < sizeof(noise) - 1; j++)
			noise[j] = (char)(1 + arc4random_uniform(255));
		noise[arc4random_uniform(sizeof(noise))] = '\0';
		noise[sizeof(noise) - 1] = '\0';
		check_reads_back(noise);
	}
}
END_TEST

START_TEST(a_line_that_does_not_fit_is_cut_and_still_a_line)
{
	const struct record_fields f = { .level = LEVEL_INFO,
		.event = "stderr",
		.n = 4,
		.key = { "service", "msg", "other", "n" },
		.value = {
		    "echo", "a \"quoted\"\n\001\\ text", "plain", "17" } };
	char *exact;
	size_t size, len, full;

	full = logline_text(&f, line, sizeof(line));
	for (size = 16; size <= full + 8; size++) {
		exact = malloc(size); /* so that a sanitizer sees its end */
		len = logline_text(&f, exact, size);
		ck_assert(len <= size);
		ck_assert(size < full || len == full);
		ck_assert_msg(logline_read(exact, len, &last_read), "%zu: %.*s",
		    size, (int)len, exact);
		free(exact);
	}
	for (size = 0; size < 16; size++)
		ck_assert_uint_le(logline_text(&f, line, size), size);
}
END_TEST

START_TEST(a_value_of_the_longest_record_is_cut)
{
	static char value[RECORD_MAX];
	struct record_fields f = one_pair("msg", value);

	memset(value, '\001', sizeof(value) - 1);
	check_reads(text_of(&f));
	ck_assert_uint_gt(strlen(last_read.value[0]), 4000);
	json_of(&f);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, writes_level_event_and_pairs);
	tcase_add_test(tc, quotes_only_what_has_to_be_quoted);
	tcase_add_test(tc, reads_back_whatever_a_value_holds);
	tcase_add_test(tc, a_line_that_does_not_fit_is_cut_and_still_a_line);
	tcase_add_test(tc, a_value_of_the_longest_record_is_cut);
}

int
main(void)
{
	return runner_main("logline", add);
}
