/* SPDX-License-Identifier: ISC */
/*
 * A record is one line, or one JSON object, whatever it holds, and the values
 * can be read back.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

START_TEST(an_object_that_does_not_fit_is_cut_and_still_an_object)
{
	const struct record_fields f = { .level = LEVEL_INFO,
		.event = "stderr",
		.n = 4,
		.key = { "service", "msg", "n", "other" },
		.value = {
		    "echo", "a \"q\"\n\001\\ \303\251\377", "17", "x" } };
	char *exact;
	size_t size, len, full;

	full = logline_json(&f, line, sizeof(line));
	for (size = 24; size <= full + 8; size++) {
		exact = malloc(size);
		len = logline_json(&f, exact, size);
		ck_assert(len <= size);
		ck_assert(size < full || len == full);
		ck_assert_msg(logline_is_json(exact, len), "%zu: %.*s", size,
		    (int)len, exact);
		free(exact);
	}
	for (size = 0; size < 24; size++)
		ck_assert_uint_le(logline_json(&f, line, size), size);
}
END_TEST

START_TEST(json_has_numbers_where_they_are_numbers)
{
	static const struct {
		const char *key, *value, *json;
	} table[] = {
		{ "id", "0", "0" },
		{ "id", "-17", "-17" },
		{ "id", "999999999999999999", "999999999999999999" },
		{ "id", "9999999999999999999", "\"9999999999999999999\"" },
		{ "id", "017", "\"017\"" },
		{ "id", "-", "\"-\"" },
		{ "id", "1.5", "\"1.5\"" },
		{ "id", "1e3", "\"1e3\"" },
		{ "id", " 1", "\" 1\"" },
		{ "id", "", "\"\"" },
		{ "msg", "17", "\"17\"" },
		{ "service", "7", "\"7\"" },
	};
	char want[128];
	struct record_fields f;
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		snprintf(want, sizeof(want),
		    "{\"level\":\"info\",\"event\":\"stderr\",\"%s\":%s}\n",
		    table[i].key, table[i].json);
		f = one_pair(table[i].key, table[i].value);
		ck_assert_str_eq(json_of(&f), want);
	}
}
END_TEST

START_TEST(json_begins_with_the_time_where_there_is_one)
{
	struct record_fields f = one_pair("msg", "17");

	f.time = "2026-11-26T18:55:03.042Z";
	ck_assert_str_eq(json_of(&f),
	    "{\"time\":\"2026-11-26T18:55:03.042Z\",\"level\":\"info\","
	    "\"event\":\"stderr\",\"msg\":\"17\"}\n");
	ck_assert_str_eq(text_of(&f),
	    "2026-11-26T18:55:03.042Z info stderr msg=17\n");
}
END_TEST

START_TEST(json_escapes_bytes_that_are_no_utf8)
{
	static const struct {
		const char *value, *json;
	} table[] = {
		{ "caf\303\251 \342\202\254 \360\237\230\200",
		    "caf\303\251 \342\202\254 \360\237\230\200" },
		{ "\303", "\\u00c3" }, /* cut */
		{ "\303x", "\\u00c3x" },
		{ "\251", "\\u00a9" },            /* begins in the middle */
		{ "\300\257", "\\u00c0\\u00af" }, /* overlong */
		{ "\340\237\277", "\\u00e0\\u009f\\u00bf" },
		{ "\355\240\200", "\\u00ed\\u00a0\\u0080" }, /* a surrogate */
		{ "\360\217\277\277", "\\u00f0\\u008f\\u00bf\\u00bf" },
		{ "\364\220\200\200", "\\u00f4\\u0090\\u0080\\u0080" },
		{ "\370\210\200\200\200",
		    "\\u00f8\\u0088\\u0080\\u0080\\u0080" },
		{ "\302\233", "\\u009b" }, /* CSI, as a terminal reads it */
		{ "a\033\177\n\"\\", "a\\u001b\\u007f\\n\\\"\\\\" },
		/* shown in another order; a line more for some readers */
		{ "a\342\200\256b", "a\\u202eb" },
		{ "a\342\200\250b\302\205", "a\\u2028b\\u0085" },
	};
	char want[128];
	struct record_fields f;
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		snprintf(want, sizeof(want),
		    "{\"level\":\"info\",\"event\":\"stderr\","
		    "\"msg\":\"%s\"}\n",
		    table[i].json);
		f = one_pair("msg", table[i].value);
		ck_assert_str_eq(json_of(&f), want);
	}
}
END_TEST

START_TEST(a_time_is_as_rfc_3339_has_it)
{
	static const struct {
		time_t s;
		long ns;
		const char *text;
	} table[] = {
		{ 0, 0, "1970-01-01T00:00:00.000Z" },
		{ 0, 999999999, "1970-01-01T00:00:00.999Z" },
		{ 951782400, 7000000, "2000-02-29T00:00:00.007Z" },
		{ 1795719303, 42999999, "2026-11-26T18:55:03.042Z" },
		{ 1795719303, 43000000, "2026-11-26T18:55:03.043Z" },
		{ 1795719304, 0, "2026-11-26T18:55:04.000Z" },
		{ 1795719303, 1, "2026-11-26T18:55:03.000Z" }, /* set back */
		{ 253402300799, 0, "9999-12-31T23:59:59.000Z" },
	};
	struct timespec ts;
	size_t i;

	setenv("TZ", "Asia/Kathmandu", 1);
	tzset();
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		ts = (struct timespec) { .tv_sec = table[i].s,
			.tv_nsec = table[i].ns };
		ck_assert_str_eq(logline_time(&ts), table[i].text);
	}
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
	tcase_add_test(tc,
	    an_object_that_does_not_fit_is_cut_and_still_an_object);
	tcase_add_test(tc, json_has_numbers_where_they_are_numbers);
	tcase_add_test(tc, json_begins_with_the_time_where_there_is_one);
	tcase_add_test(tc, json_escapes_bytes_that_are_no_utf8);
	tcase_add_test(tc, a_time_is_as_rfc_3339_has_it);
}

int
main(void)
{
	return runner_main("logline", add);
}
