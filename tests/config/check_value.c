/* SPDX-License-Identifier: ISC */
/*
 * Values of directives: read, refused, printed.
 */
#include "config.h"

#include <sys/resource.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/capname.h"
#include "config/tree.h"
#include "config/unit.h"
#include "config/print.h"
#include "config/value.h"
#include "runner.h"

static struct service_conf conf;
static struct errors errors;
static struct setting kept[8]; /* what conf points into */
static size_t nkept;

static const struct directive *
row(const char *name)
{
	struct setting *all = setting_new(SCOPE_SERVICE);
	const struct setting *set = setting_find(all, name);
	const struct directive *d;

	ck_assert_ptr_nonnull(set);
	d = set->d;
	setting_free(all);
	return d;
}

/* Reads up to three items, until NULL; the member as text, or NULL. */
static char *
read_items(const char *name, const char *a, const char *b, const char *c)
{
	const struct directive *d = row(name);
	const struct where here = { .file = "f" };
	const char *v[] = { a, b, c };
	struct setting *set = &kept[nkept++ % 8];
	struct buf text = { 0 };
	int i;

	errors_free(&errors);
	list_free(&set->items);
	*set = (struct setting) { .d = d, .given = true };
	for (i = 0; i < 3 && v[i] != NULL; i++)
		list_add(&set->items, v[i], (struct where) { "f", i + 1, 1 });
	value_set(set, &conf, &here, &errors);
	ck_assert_uint_eq(set->wrong, errors.n);
	if (set->wrong)
		return NULL;
	print_value(&text, d, &conf);
	return buf_string(&text);
}

/* The last one is wrong: its item, counted from 1, and why. */
static void
is_wrong(const char *name, int item, const char *reason)
{
	char text[600];

	snprintf(text, sizeof(text), "f:%d: %s: %s", item, name, reason);
	ck_assert_uint_eq(errors.n, 1);
	ck_assert_str_eq(errors.v[0].text, text);
}

static void
gives(const char *name, const char *value, const char *text)
{
	char *is = read_items(name, value, NULL, NULL);

	if (is == NULL)
		ck_abort_msg("%s = %s: %s", name, value, errors.v[0].text);
	ck_assert_str_eq(is, text);
	free(is);
}

static void
fails(const char *name, const char *value, const char *reason)
{
	char *is = read_items(name, value, NULL, NULL);

	if (is != NULL)
		ck_abort_msg("%s = %s: gives %s", name, value, is);
	is_wrong(name, 1, reason);
}

struct row {
	const char *name;
	const char *value;
	const char *text; /* what is printed, or why it is refused */
};

/* clang-format off */

static const struct row good[] = {
	{ "max_time", "1ms", "1ms" },
	{ "max_time", "1000ms", "1s" },
	{ "max_time", "300s", "300s" },
	{ "max_time", "600s", "10m" },
	{ "max_time", "90m", "90m" },
	{ "max_time", "120m", "2h" },
	{ "max_time", "1s", "1s" },
	{ "keepalive", "yes", "yes" },
	{ "keepalive", "no", "no" },
	{ "keepalive", "true", "yes" },
	{ "keepalive", "off", "no" },
	{ "umask", "0", "000" },
	{ "umask", "22", "022" },
	{ "instances", "1", "1" },
	{ "nice", "-20", "-20" },
	{ "nice", "+19", "19" },
	{ "rlimit_as", "1000", "1000" },
	{ "rlimit_as", "0", "0" },
	{ "rlimit_nofile", "100", "100" },
	{ "refuse_message", "a\"b\\c", "\"a\\\"b\\\\c\"" },
	{ "refuse_message", "${HOME} $x", "\"\\${HOME} \\$x\"" },
	{ "refuse_message", "a\nb\tc", "\"a\\nb\\x09c\"" },
	{ "refuse_message", "\0011", "\"\\x011\"" },
	{ "refuse_message", "caf\xc3\xa9", "\"caf\xc3\xa9\"" },
};

static const struct row bad[] = {
	{ "idle_timeout", "597h", "597h: must be 1ms to 596h, or none" },
	{ "idle_timeout", "0", "0: must be 1ms to 596h, or none" },
	{ "max_time", "idle_timeout", "idle_timeout: is not a duration (500ms, 30s, 10m, 2h)" },
	{ "keepalive", "1", "1: must be yes or no" },
	{ "keepalive", "Yes", "Yes: must be yes or no" },
	{ "keepalive", "", "\"\": must be yes or no" },
	{ "umask", "1000", "1000: must be 0 to 0777" },
	{ "umask", "08", "08: is not an octal mode (022, 0666)" },
	{ "umask", "", "\"\": is not an octal mode (022, 0666)" },
	{ "umask", "-1", "-1: is not an octal mode (022, 0666)" },
	{ "umask", "77777777777777777777777", "77777777777777777777777: must be 0 to 0777" },
	{ "instances", "0", "0: must be 1 to 65536" },
	{ "instances", "65537", "65537: must be 1 to 65536" },
	{ "instances", "-1", "-1: is not a number" },
	{ "instances", "+1", "+1: is not a number" },
	{ "instances", "", "\"\": is not a number" },
	{ "instances", "1 ", "1 : is not a number" },
	{ "instances", "4294967297", "4294967297: must be 1 to 65536" },
	{ "instances", "18446744073709551617", "18446744073709551617: must be 1 to 65536" },
	{ "nice", "-21", "-21: must be -20 to 19" },
	{ "nice", "--1", "--1: is not a number" },
	{ "nice", "-99999999999999999999", "-99999999999999999999: must be -20 to 19" },
	{ "sandbox", "Strict", "Strict: must be off, basic or strict" },
	{ "when_full", "", "\"\": must be queue or refuse" },
	{ "builtin", "ech", "ech: must be none, chargen, daytime, discard, echo, time or whoami" },
	{ "rlimit_cpu", "1500ms", "1500ms: must be whole seconds" },
	{ "rlimit_cpu", "0", "0: must be 1s to 8760h" },
	{ "rlimit_nofile", "100k", "100k: is not a number" },
	{ "rlimit_as", "10m", "10m: has no known unit (k, M, G, T)" },
	{ "capabilities", "", "\"\": no such capability" },
	{ "capabilities", "cap_", "cap_: no such capability" },
};

/* clang-format on */

START_TEST(takes_what_is_a_value)
{
	gives(good[_i].name, good[_i].value, good[_i].text);
}
END_TEST

START_TEST(refuses_what_is_no_value)
{
	fails(bad[_i].name, bad[_i].value, bad[_i].text);
}
END_TEST

START_TEST(reads_durations)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = { { "500ms", 500 }, { "30s", 30000 }, { "10m", 600000 },
		{ "2h", 7200000 }, { "0", 0 }, { "0s", 0 },
		{ "9223372036854775807ms", INT64_MAX } };
	int64_t ms;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_ptr_null(unit_read_duration(rows[i].text, &ms));
		ck_assert_int_eq(ms, rows[i].ms);
	}
}
END_TEST

START_TEST(refuses_what_is_no_duration)
{
	static const char *const wrong[] = { "", "s", "-1s", "+1s", " 1s",
		"1 s", "1s ", "1.5s", "10", "1d", "1ss", "0x10s", "1S",
		"9223372036854775808ms", "2562047788015216h",
		"18446744073709551616s", "99999999999999999999999999s" };
	int64_t ms = 42;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (unit_read_duration(wrong[i], &ms) == NULL)
			ck_abort_msg("%s was taken", wrong[i]);
		ck_assert_int_eq(ms, 42);
	}
}
END_TEST

START_TEST(leaves_a_duration_to_another_directive)
{
	free(read_items("peer_timeout", "idle_timeout", NULL, NULL));
	ck_assert_int_eq(conf.peer_ms, VALUE_SAME);
	free(read_items("peer_timeout", "auto", NULL, NULL));
	ck_assert_int_eq(conf.peer_ms, VALUE_LATER);
}
END_TEST

START_TEST(reads_sizes)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} rows[] = { { "0", 0 }, { "4096", 4096 }, { "64k", 65536 },
		{ "64K", 65536 }, { "16M", 16777216 },
		{ "1G", UINT64_C(1) << 30 }, { "2T", UINT64_C(1) << 41 },
		{ "9223372036854775807", INT64_MAX } };
	uint64_t bytes;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_ptr_null(unit_read_size(rows[i].text, &bytes));
		ck_assert_uint_eq(bytes, rows[i].bytes);
	}
}
END_TEST

START_TEST(refuses_what_is_no_size)
{
	static const char *const wrong[] = { "", "k", "-1", "1kk", "1KiB",
		"1.5M", "64 k", "1m", "9223372036854775808", "8388608T",
		"18446744073709551616", "0x10" };
	uint64_t bytes = 42;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (unit_read_size(wrong[i], &bytes) == NULL)
			ck_abort_msg("%s was taken", wrong[i]);
		ck_assert_uint_eq(bytes, 42);
	}
}
END_TEST

START_TEST(reads_rates)
{
	free(read_items("cps", "5", "10", NULL));
	ck_assert_uint_eq(conf.cps.rate, 5);
	ck_assert_uint_eq(conf.cps.burst, 10);
	gives("cps", "7", "{7, 7}");
	gives("cps", "none", "none");
	ck_assert_uint_eq(conf.cps.rate, 0);
	fails("cps", "0", "0: must be 1 to 1000000");
	ck_assert_ptr_null(read_items("cps", "1", "x", NULL));
	is_wrong("cps", 2, "x: is not a number");
	ck_assert_ptr_null(read_items("cps", "none", "1", NULL));
	ck_assert_ptr_null(read_items("cps", "1", "2", "3"));
	ck_assert_ptr_null(read_items("cps", NULL, NULL, NULL));
	ck_assert_uint_eq(conf.cps.rate, 0);
}
END_TEST

START_TEST(sets_the_member)
{
	gives("max_time", "none", "none");
	ck_assert_int_eq(conf.max_ms, 0);
	gives("idle_timeout", "596h", "596h");
	ck_assert_int_eq(conf.idle_ms, INT64_C(596) * 3600000);
	ck_assert_int_lt(conf.idle_ms, INT32_MAX);
	gives("umask", "0777", "0777");
	ck_assert_uint_eq(conf.umask, 0777);
	gives("instances", "65536", "65536");
	ck_assert_uint_eq(conf.instances, 65536);
	gives("sandbox", "strict", "strict");
	ck_assert_uint_eq(conf.sandbox, SANDBOX_STRICT);
	gives("builtin", "echo", "echo");
	ck_assert_int_eq(conf.builtin, BUILTIN_echo);
	gives("builtin", "none", "none");
	ck_assert_int_eq(conf.builtin, BUILTIN_NONE);
	gives("rlimit_as", "65536", "64k");
	ck_assert_uint_eq(conf.limit[LIMIT_AS].value, 65536);
	ck_assert_uint_eq(conf.limit[LIMIT_AS].set, 1);
	gives("rlimit_as", "unlimited", "unlimited");
	ck_assert(conf.limit[LIMIT_AS].value == RLIM_INFINITY);
	gives("rlimit_as", "inherited", "inherited");
	ck_assert_uint_eq(conf.limit[LIMIT_AS].set, 0);
	gives("rlimit_cpu", "90s", "90s");
	ck_assert_uint_eq(conf.limit[LIMIT_CPU].value, 90);
}
END_TEST

START_TEST(reads_capabilities_with_and_without_their_prefix)
{
	char *text = read_items("capabilities", "cap_chown", "NET_BIND_SERVICE",
	    "net_raw");

	ck_assert_str_eq(text,
	    "{\"cap_chown\", \"cap_net_bind_service\", \"cap_net_raw\"}");
	free(text);
	ck_assert_uint_eq(conf.capabilities, 1u << 0 | 1u << 10 | 1u << 13);
	ck_assert_ptr_null(read_items("capabilities", "chown", "fly", NULL));
	is_wrong("capabilities", 2, "fly: no such capability");
}
END_TEST

START_TEST(knows_every_capability_by_number)
{
	int i;

	for (i = 0; capability_name(i) != NULL; i++)
		ck_assert_int_eq(capability_find(capability_name(i)), i);
	ck_assert_int_eq(i, 41);
	ck_assert_ptr_null(capability_name(-1));
}
END_TEST

START_TEST(takes_no_name_or_path_for_none)
{
	gives("chroot", "/srv", "\"/srv\"");
	gives("chroot", "none", "none");
	ck_assert_ptr_null(conf.chroot);
	gives("chroot", "/srv", "\"/srv\"");
	gives("chroot", "", "none");
	fails("chroot", "srv", "srv: must be an absolute path");
	gives("group", "none", "none");
	gives("refuse_message", "none", "\"none\"");
	gives("refuse_message", "", "\"\"");
	ck_assert_ptr_null(conf.refuse_message);
}
END_TEST

START_TEST(takes_one_value_where_there_is_one)
{
	ck_assert_ptr_null(read_items("instances", "1", "2", NULL));
	is_wrong("instances", 1, "takes one value, not 2");
	ck_assert_ptr_null(read_items("user", NULL, NULL, NULL));
	is_wrong("user", 0, "takes one value, not 0");
}
END_TEST

START_TEST(sets_the_default_when_a_value_is_wrong)
{
	gives("directory", "/srv", "\"/srv\"");
	fails("directory", "srv", "srv: must be an absolute path");
	ck_assert_str_eq(conf.directory, "/");
}
END_TEST

/* Whether two values are the same: two that are printed alike. */
static bool
same(const char *name, const char *a, const char *b)
{
	char *ta = read_items(name, a, NULL, NULL);
	char *tb = read_items(name, b, NULL, NULL);
	bool same = strcmp(ta, tb) == 0;

	free(ta);
	free(tb);
	return same;
}

START_TEST(compares_values)
{
	ck_assert(same("max_time", "60m", "1h"));
	ck_assert(!same("max_time", "60m", "61m"));
	ck_assert(same("chroot", "none", ""));
	ck_assert(!same("chroot", "none", "/a"));
	ck_assert(!same("chroot", "/a", "none"));
	ck_assert(same("chroot", "/a", "/a"));
	ck_assert(!same("chroot", "/a", "/b"));
	ck_assert(same("writable", "/a", "/a"));
	ck_assert(!same("writable", "/a", "/b"));
	ck_assert(!same("writable", "/a", NULL));
	ck_assert(same("rlimit_as", "1024k", "1M"));
	ck_assert(!same("rlimit_as", "0", "inherited"));
	ck_assert(same("cps", "7", "7"));
	ck_assert(!same("keepalive", "yes", "no"));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(tc, takes_what_is_a_value, 0,
	    sizeof(good) / sizeof(good[0]));
	tcase_add_loop_test(tc, refuses_what_is_no_value, 0,
	    sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(tc, reads_durations);
	tcase_add_test(tc, refuses_what_is_no_duration);
	tcase_add_test(tc, leaves_a_duration_to_another_directive);
	tcase_add_test(tc, reads_sizes);
	tcase_add_test(tc, refuses_what_is_no_size);
	tcase_add_test(tc, reads_rates);
	tcase_add_test(tc, sets_the_member);
	tcase_add_test(tc, reads_capabilities_with_and_without_their_prefix);
	tcase_add_test(tc, knows_every_capability_by_number);
	tcase_add_test(tc, takes_no_name_or_path_for_none);
	tcase_add_test(tc, takes_one_value_where_there_is_one);
	tcase_add_test(tc, sets_the_default_when_a_value_is_wrong);
	tcase_add_test(tc, compares_values);
}

int
main(void)
{
	return runner_main("value", add);
}
