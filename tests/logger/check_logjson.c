/* SPDX-License-Identifier: ISC */
/* A record as JSON is one object whatever it holds. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "logger/written.h"
#include "runner.h"

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

static void
add(TCase *tc)
{
	tcase_add_test(tc,
	    an_object_that_does_not_fit_is_cut_and_still_an_object);
	tcase_add_test(tc, json_has_numbers_where_they_are_numbers);
	tcase_add_test(tc, json_begins_with_the_time_where_there_is_one);
	tcase_add_test(tc, json_escapes_bytes_that_are_no_utf8);
}

int
main(void)
{
	return runner_main("logjson", add);
}
