/* SPDX-License-Identifier: ISC */
/* A record is one line whatever it holds, and the values can be read back. */
#include "config.h"

#include <arpa/inet.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "main/log/logline.h"
#include "main/log/loglines.h"
#include "runner.h"

static char line[LOGLINE_MAX];
static struct logline_read got;

static const char *
text_of(const struct record_fields *f)
{
	size_t len = logline_text(f, line, sizeof(line) - 1);

	ck_assert(len > 0 && len < sizeof(line));
	line[len] = '\0';
	return line;
}

static void
check_reads(const char *text)
{
	ck_assert_msg(logline_read(text, strlen(text), &got), "%s", text);
}

static const char *
json_of(const struct record_fields *f)
{
	size_t len = logline_json(f, line, sizeof(line) - 1);

	ck_assert(len > 0 && len < sizeof(line));
	line[len] = '\0';
	ck_assert_msg(logline_is_json(line, len), "no JSON: %s", line);
	return line;
}

static struct record_fields
one_pair(const char *key, const char *value)
{
	return (struct record_fields) { .level = LEVEL_INFO,
		.event = "stderr",
		.n = 1,
		.key = { key },
		.value = { value } };
}

static void
check_reads_back(const char *value)
{
	struct record_fields f = one_pair("msg", value);

	check_reads(text_of(&f));
	ck_assert_str_eq(got.level, "info");
	ck_assert_str_eq(got.event, "stderr");
	ck_assert_uint_eq(got.n, 1);
	ck_assert_str_eq(got.value[0], value);
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
		ck_assert_msg(logline_read(exact, len, &got), "%zu: %.*s", size,
		    (int)len, exact);
		free(exact);
	}
	for (size = 0; size < 16; size++)
		ck_assert_uint_le(logline_text(&f, line, size), size);
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

START_TEST(a_value_of_the_longest_record_is_cut)
{
	static char value[RECORD_MAX];
	struct record_fields f = one_pair("msg", value);

	memset(value, '\001', sizeof(value) - 1);
	check_reads(text_of(&f));
	ck_assert_uint_gt(strlen(got.value[0]), 4000);
	json_of(&f);
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

/* The end record */

static struct board_slot
a_slot(const char *peer, const char *local)
{
	struct board_slot slot = { .id = 17,
		.start_ms = 1000,
		.until_ms = 1012,
		.in = 64,
		.out = 65,
		.pid = 4242,
		.state = SLOT_ENDED };

	ck_assert_int_eq(addr_from_ip(peer, &slot.peer), 0);
	ck_assert_int_eq(addr_from_ip(local, &slot.local), 0);
	slot.peer.port = 50312;
	slot.local.port = 7;
	return slot;
}

static const char *
end_of(const struct board_slot *slot, const struct end_context *ctx)
{
	struct end_store store;
	struct record_fields f;

	memset(&store, 0xff, sizeof(store));
	logline_end(slot, ctx, &store, &f);
	return text_of(&f);
}

START_TEST(the_end_of_a_built_in_session_is_as_documented)
{
	const struct end_context ctx = { "echo", NULL, PEER_FULL };
	struct board_slot slot = a_slot("127.0.0.1", "127.0.0.1");

	ck_assert_str_eq(end_of(&slot, &ctx),
	    "info end service=echo id=17 proto=tcp peer=127.0.0.1:50312 "
	    "local=127.0.0.1:7 pid=4242 in=64 out=65 ms=12 exit=0\n");
	slot.status = 9;
	slot.reason = END_IDLE;
	slot.id = UINT64_MAX;
	ck_assert_str_eq(end_of(&slot, &ctx),
	    "info end service=echo id=18446744073709551615 proto=tcp "
	    "peer=127.0.0.1:50312 local=127.0.0.1:7 pid=4242 in=64 out=65 "
	    "ms=12 signal=9 reason=idle_timeout\n");
}
END_TEST

START_TEST(the_end_of_a_program_has_what_it_used_and_no_bytes)
{
	const struct end_context ctx = { "git", NULL, PEER_FULL };
	struct board_slot slot = a_slot("2001:db8::1", "::1");

	slot.program = 1;
	slot.status = 3 << 8;
	slot.reason = END_MAX;
	slot.utime_us = 1500;
	slot.stime_us = 2500;
	slot.maxrss_kib = 4096;
	ck_assert_str_eq(end_of(&slot, &ctx),
	    "info end service=git id=17 proto=tcp peer=[2001:db8::1]:50312 "
	    "local=[::1]:7 pid=4242 ms=12 exit=3 reason=max_time "
	    "utime_us=1500 stime_us=2500 maxrss_kib=4096\n");
}
END_TEST

START_TEST(the_end_on_a_unix_socket_names_its_listener)
{
	struct end_context ctx = { "echo", "unix:/run/echo.sock", PEER_FULL };
	struct board_slot slot = { .id = 1,
		.pid = 2,
		.start_ms = 5,
		.until_ms = 5,
		.peer = { .family = AF_UNIX, .cred = { 1000, 100, 77 } },
		.local = { .family = AF_UNIX } };

	ck_assert_str_eq(end_of(&slot, &ctx),
	    "info end service=echo id=1 proto=unix "
	    "peer=uid:1000,gid:100,pid:77 local=unix:/run/echo.sock pid=2 "
	    "in=0 out=0 ms=0 exit=0\n");
	ctx.listener = NULL;
	ctx.peer = PEER_PREFIX;
	ck_assert_str_eq(end_of(&slot, &ctx),
	    "info end service=echo id=1 proto=unix peer=uid:1000 local=unix "
	    "pid=2 in=0 out=0 ms=0 exit=0\n");
}
END_TEST

START_TEST(a_scribbled_slot_is_still_one_line)
{
	const struct end_context ctx = { "echo", "unix:/x", PEER_PREFIX };
	struct board_slot slot;
	int i;

	for (i = 0; i < 5000; i++) {
		arc4random_buf(&slot, sizeof(slot));
		if (i % 2 == 0)
			slot.peer.family = AF_INET6;
		if (i % 3 == 0)
			slot.local.family = AF_UNIX;
		check_reads(end_of(&slot, &ctx));
		ck_assert_str_eq(logline_value(&got, "service"), "echo");
	}
	memset(&slot, 0xff, sizeof(slot));
	check_reads(end_of(&slot, &ctx));
	ck_assert_str_eq(logline_value(&got, "peer"), "-");
	slot.start_ms = INT64_MIN;
	slot.until_ms = INT64_MAX;
	end_of(&slot, &ctx);
}
END_TEST

START_TEST(peers_are_shown_as_configured)
{
	static const struct {
		const char *text, *prefix;
	} table[] = {
		{ "127.0.0.1:5555", "127.0.0.0/24" },
		{ "192.0.2.255:0", "192.0.2.0/24" },
		{ "192.0.2.129", "192.0.2.0/24" },
		{ "[2001:db8:1:2ff:3::4]:65535", "2001:db8:1:200::/56" },
		{ "2001:db8:1:2ff:3::4", "2001:db8:1:200::/56" },
		{ "[fe80::1%1]:7", "fe80::/56" },
		{ "uid:1000,gid:100,pid:77", "uid:1000" },
		{ "uid:0,gid:0,pid:0", "uid:0" },
		{ "-", "-" },
		{ "", "-" },
		{ "uid:", "-" },
		{ "uid:12x", "-" },
		{ "localhost:7", "-" },
		{ "192.0.2.1:7 and more", "-" },
		{ "unix:/secret", "-" },
	};
	char buf[ADDR_TEXT_MAX];
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		ck_assert_str_eq(logline_peer_text(table[i].text, PEER_FULL,
				     buf, sizeof(buf)),
		    table[i].text);
		ck_assert_str_eq(logline_peer_text(table[i].text, PEER_PREFIX,
				     buf, sizeof(buf)),
		    table[i].prefix);
		ck_assert_str_eq(logline_peer_text(table[i].text, PEER_NONE,
				     buf, sizeof(buf)),
		    "-");
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
	tcase_add_test(tc,
	    an_object_that_does_not_fit_is_cut_and_still_an_object);
	tcase_add_test(tc, a_value_of_the_longest_record_is_cut);
	tcase_add_test(tc, json_has_numbers_where_they_are_numbers);
	tcase_add_test(tc, json_escapes_bytes_that_are_no_utf8);
	tcase_add_test(tc, the_end_of_a_built_in_session_is_as_documented);
	tcase_add_test(tc, the_end_of_a_program_has_what_it_used_and_no_bytes);
	tcase_add_test(tc, the_end_on_a_unix_socket_names_its_listener);
	tcase_add_test(tc, a_scribbled_slot_is_still_one_line);
	tcase_add_test(tc, peers_are_shown_as_configured);
}

int
main(void)
{
	return runner_main("logline", add);
}
