/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "tine/units.h"
#include "runner.h"

static int64_t
duration(const char *text)
{
	int64_t ns = -1;

	ck_assert_msg(units_duration(text, &ns) == NULL, "'%s' refused", text);
	return ns;
}

static uint64_t
number(const char *(*read)(const char *, uint64_t *), const char *text)
{
	uint64_t n = 0;

	ck_assert_ptr_null(read(text, &n));
	return n;
}

START_TEST(reads_durations_in_every_unit)
{
	ck_assert_int_eq(duration("0"), 0);
	ck_assert_int_eq(duration("3"), 3 * NS_PER_S);
	ck_assert_int_eq(duration("250us"), 250 * NS_PER_US);
	ck_assert_int_eq(duration("500ms"), 500 * NS_PER_MS);
	ck_assert_int_eq(duration("30s"), 30 * NS_PER_S);
	ck_assert_int_eq(duration("10m"), 600 * NS_PER_S);
	ck_assert_int_eq(duration("2h"), 7200 * NS_PER_S);
	ck_assert_int_eq(duration("1.5s"), 1500 * NS_PER_MS);
	ck_assert_int_eq(duration("0.25"), 250 * NS_PER_MS);
}
END_TEST

START_TEST(refuses_what_is_no_duration)
{
	static const char *const wrong[] = { "", " ", "-1", "+1", "s", "ms",
		"1 s", "1x", "1sec", "1ss", ".5", ".", "1e3", "0x10", "nan",
		"inf", "1.2.3", "1,5", "99999999999999h", "1s ", "\xff" };
	int64_t ns = 42;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_msg(units_duration(wrong[i], &ns) != NULL,
		    "'%s' taken", wrong[i]);
	ck_assert_int_eq(ns, 42);
}
END_TEST

START_TEST(reads_sizes_as_powers_of_1024)
{
	uint64_t n;

	ck_assert_uint_eq(number(units_size, "64"), 64);
	ck_assert_uint_eq(number(units_size, "64k"), 65536);
	ck_assert_uint_eq(number(units_size, "1M"), 1048576);
	ck_assert_uint_eq(number(units_size, "1G"), 1073741824);
	ck_assert_ptr_nonnull(units_size("1T", &n));
	ck_assert_ptr_nonnull(units_size("9999999999G", &n));
	ck_assert_ptr_nonnull(units_size("-1", &n));
}
END_TEST

START_TEST(reads_counts_as_powers_of_1000)
{
	uint64_t n;

	ck_assert_uint_eq(number(units_count, "20k"), 20000);
	ck_assert_uint_eq(number(units_count, "1.5M"), 1500000);
	ck_assert_uint_eq(number(units_count, "0"), 0);
	ck_assert_str_eq(units_count("1.5", &n), "not a whole number");
	ck_assert_str_eq(units_count("many", &n), "not a number");
	ck_assert_str_eq(units_count("1q", &n), "unknown unit");
	ck_assert_str_eq(units_count("99999999999999999999", &n), "too large");
}
END_TEST

START_TEST(prints_times_with_three_digits)
{
	ck_assert_str_eq(units_print_time(0).s, "0.00 us");
	ck_assert_str_eq(units_print_time(999).s, "1.00 us");
	ck_assert_str_eq(units_print_time(12345).s, "12.3 us");
	ck_assert_str_eq(units_print_time(999400).s, "999 us");
	ck_assert_str_eq(units_print_time(999600).s, "1.00 ms");
	ck_assert_str_eq(units_print_time(2.31e6).s, "2.31 ms");
	ck_assert_str_eq(units_print_time(61e9).s, "61.0 s");
}
END_TEST

START_TEST(prints_bytes_and_counts)
{
	ck_assert_str_eq(units_print_bytes(999).s, "999 B");
	ck_assert_str_eq(units_print_bytes(1210).s, "1.21 kB");
	ck_assert_str_eq(units_print_bytes(1e9).s, "1.00 GB");
	ck_assert_str_eq(units_print_bytes(3e20).s, "300000 PB");
	ck_assert_str_eq(units_print_count(0).s, "0");
	ck_assert_str_eq(units_print_count(999).s, "999");
	ck_assert_str_eq(units_print_count(1000).s, "1,000");
	ck_assert_str_eq(units_print_count(UINT64_MAX).s,
	    "18,446,744,073,709,551,615");
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, reads_durations_in_every_unit);
	tcase_add_test(tc, refuses_what_is_no_duration);
	tcase_add_test(tc, reads_sizes_as_powers_of_1024);
	tcase_add_test(tc, reads_counts_as_powers_of_1000);
	tcase_add_test(tc, prints_times_with_three_digits);
	tcase_add_test(tc, prints_bytes_and_counts);
}

int
main(void)
{
	return runner_main("check_units", add);
}
