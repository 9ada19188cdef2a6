/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/stdlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tine/bench/report.h"
#include "tine/picture.h"
#include "runner.h"

static struct term
terminal(int width, bool utf8, bool color)
{
	struct term t = { .width = width, .utf8 = utf8, .color = color };

	return t;
}

static char *
draw(const struct hist *h, struct term t)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	picture_draw(f, h, &t);
	fclose(f);
	return text;
}

static int
count_lines(const char *text)
{
	int n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

START_TEST(one_value_is_one_full_bar)
{
	struct hist *h = hist_new();
	char *text;

	hist_add(h, 1000000);
	text = draw(h, terminal(64, false, false));
	ck_assert_str_eq(text,
	    "   1.00 ms 100.00% |########################################\n");
	free(text);
	free(h);
}
END_TEST

START_TEST(plain_ascii_without_utf8)
{
	struct hist *h = hist_new();
	char *text;
	size_t i;

	for (i = 0; i < 1000; i++)
		hist_add(h, arc4random() >> arc4random_uniform(20));
	text = draw(h, terminal(80, false, false));
	for (i = 0; text[i] != '\0'; i++)
		ck_assert_int_lt((unsigned char)text[i], 0x7f);
	free(text);
	text = draw(h, terminal(80, true, false));
	ck_assert_ptr_nonnull(strstr(text, "\u2502"));
	ck_assert_ptr_null(strchr(text, '\033'));
	free(text);
	text = draw(h, terminal(80, true, true));
	ck_assert_ptr_nonnull(strchr(text, '\033'));
	free(text);
	free(h);
}
END_TEST

START_TEST(fits_any_terminal_and_twenty_rows)
{
	char *text, *row, *rest;
	struct hist *h;
	int width, shift;

	for (shift = 0; shift < 42; shift++) {
		h = hist_new();
		hist_add(h, 1);
		hist_add(h, UINT64_C(1) << shift);
		hist_add(h, HIST_MAX >> (41 - shift));
		for (width = 40; width <= 160; width += 40) {
			rest = text = draw(h, terminal(width, false, false));
			ck_assert_int_le(count_lines(text), 20);
			while ((row = strsep(&rest, "\n")) != NULL)
				ck_assert_uint_lt(strlen(row), (size_t)width);
			free(text);
		}
		free(h);
	}
}
END_TEST

START_TEST(shares_add_up)
{
	struct hist *h = hist_new();
	char *text, *row, *rest, *percent;
	double sum = 0;
	int i;

	for (i = 0; i < 100; i++)
		hist_add(h, i < 90 ? 50000 : 5000000);
	rest = text = draw(h, terminal(80, false, false));
	while ((row = strsep(&rest, "\n")) != NULL && *row != '\0') {
		percent = row + 10;
		sum += strtod(percent, NULL);
	}
	ck_assert_double_eq_tol(sum, 100, 0.1);
	free(text);
	free(h);
}
END_TEST

START_TEST(nothing_is_drawn_of_nothing)
{
	struct hist *h = hist_new();
	char *text = draw(h, terminal(80, true, true));

	ck_assert_str_eq(text, "");
	free(text);
	free(h);
}
END_TEST

/* The lines of a .hgrm file: percentiles rise from 0 to 1, values with them,
 * and the last count is that of all. */
START_TEST(hgrm_rises_to_all)
{
	char path[] = "check_picture.XXXXXX", row[256];
	double value, part, last_value = 0, last_part = -1;
	unsigned long long count = 0;
	struct hist *h = hist_new();
	int i, rows = 0, fd = mkstemp(path);
	FILE *f;

	ck_assert_int_ge(fd, 0);
	for (i = 0; i < 10000; i++)
		hist_add(h, 1000 + arc4random_uniform(10000000));
	ck_assert_int_eq(report_hgrm(path, h), 0);
	f = fdopen(fd, "r");
	ck_assert_ptr_nonnull(fgets(row, sizeof(row), f));
	ck_assert_ptr_nonnull(strstr(row, "Percentile"));
	while (fgets(row, sizeof(row), f) != NULL && row[0] != '#') {
		if (row[0] == '\n')
			continue;
		ck_assert_int_eq(sscanf(row, "%lf %lf %llu", &value, &part,
				     &count),
		    3);
		ck_assert_double_ge(value, last_value);
		ck_assert_double_gt(part, last_part);
		last_value = value;
		last_part = part;
		rows++;
	}
	ck_assert_double_eq(last_part, 1);
	ck_assert_uint_eq(count, 10000);
	ck_assert_double_eq_tol(last_value, (double)h->max / 1e6, 1e-5);
	ck_assert_int_gt(rows, 40);
	fclose(f);
	remove(path);
	free(h);
}
END_TEST

START_TEST(hgrm_of_nothing_is_well_formed)
{
	char path[] = "check_picture.XXXXXX";
	struct hist *h = hist_new();
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(report_hgrm(path, h), 0);
	ck_assert_int_eq(report_hgrm("/nonexistent/x", h), -1);
	remove(path);
	free(h);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, one_value_is_one_full_bar);
	tcase_add_test(tc, plain_ascii_without_utf8);
	tcase_add_test(tc, fits_any_terminal_and_twenty_rows);
	tcase_add_test(tc, shares_add_up);
	tcase_add_test(tc, nothing_is_drawn_of_nothing);
	tcase_add_test(tc, hgrm_rises_to_all);
	tcase_add_test(tc, hgrm_of_nothing_is_well_formed);
}

int
main(void)
{
	return runner_main("check_picture", add);
}
