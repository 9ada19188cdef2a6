/* SPDX-License-Identifier: ISC */
/*
 * Goal of these tests: what a session or an acceptor has written neither makes
 * invalid JSON nor controls the terminal, and an age below a millisecond is not
 * that of all sessions.
 */
#include "config.h"

#include <bsd/string.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tine/look/refused.h"
#include "tine/look/select.h"
#include "tine/look/status_text.h"
#include "tine/units.h"
#include "runner.h"

/* A look at one service, without anything behind it. */
static struct {
	struct overview_head head;
	struct overview_service service;
} o;
static struct view_sums sums;
static struct refused refused;
static struct refusals from;

static void
begin(void)
{
	o.head = (struct overview_head) { .nservices = 1 };
	o.service = (struct overview_service) { .name = "echo" };
	memset(&sums, 0, sizeof(sums));
	memset(&from, 0, sizeof(from));
	refused = (struct refused) {
		.look = { .view = { .fd = -1, .o = &o.head, .sums = &sums } }
	};
}

/* What refused_print_json prints for them, in buf. */
static void
print(const struct finds *f, char *buf, size_t size)
{
	FILE *fp = tmpfile();
	const int saved = dup(STDOUT_FILENO);
	size_t n;

	ck_assert_ptr_nonnull(fp);
	ck_assert_int_ne(saved, -1);
	fflush(stdout);
	ck_assert_int_ne(dup2(fileno(fp), STDOUT_FILENO), -1);
	refused_print_json(f, f->n);
	fflush(stdout);
	ck_assert_int_ne(dup2(saved, STDOUT_FILENO), -1);
	close(saved);
	rewind(fp);
	n = fread(buf, 1, size - 1, fp);
	buf[n] = '\0';
	fclose(fp);
}

static const struct {
	uint32_t since_s, last_s;
	const char *rate;
} times[] = {
	{ 10, 10, "\"per_second\": 6.0," },
	{ 10, 12, "\"per_second\": 2.0," },
	{ 11, 10, "\"per_second\": 6.0," }, /* these cannot be */
	{ 0, UINT32_MAX, "\"per_second\": 0.0," },
	{ UINT32_MAX, 0, "\"per_second\": 6.0," },
};

START_TEST(rates_are_numbers)
{
	struct finds f = { .r = &refused };
	char text[512];

	from.source[3][1] = (struct refused_source) {
		.addr = { .family = AF_INET, .ip = { 192, 0, 2, 1 } },
		.count = 6,
		.since_s = times[_i].since_s,
		.last_s = times[_i].last_s,
		.reason = REFUSED_ACCESS,
	};
	refused_take(&f, 0, &from);
	refused_sort(&f);
	ck_assert_uint_eq(f.n, 1);
	print(&f, text, sizeof(text));
	ck_assert_msg(strstr(text, times[_i].rate) != NULL, "%s", text);
	free(f.v);
}
END_TEST

START_TEST(counts_add_up_to_the_largest_at_most)
{
	struct finds f = { .r = &refused };

	from.source[0][0] = (struct refused_source) {
		.addr = { .family = AF_INET },
		.count = UINT32_MAX,
		.reason = REFUSED_ACCESS
	};
	refused_take(&f, 0, &from);
	refused_take(&f, 0, &from);
	refused_sort(&f);
	ck_assert_uint_eq(f.n, 1);
	ck_assert_uint_eq(f.v[0].source.count, UINT32_MAX);
	free(f.v);
}
END_TEST

START_TEST(errors_do_not_control_the_terminal)
{
	struct buf text = { 0 };

	strlcpy(o.service.error, "a\33[2J\nb\177\233", sizeof(o.service.error));
	status_alarms(&refused.look, &text);
	ck_assert_str_eq(buf_string(&text),
	    "! echo: no acceptor is ready: a?[2J?b??\n");
	free(text.s);
}
END_TEST

static const struct {
	int64_t ns, ms;
} ages[] = { { 0, 0 }, { 1, 1 }, { NS_PER_MS - 1, 1 }, { NS_PER_MS, 1 },
	{ NS_PER_MS + 1, 2 }, { 3600 * NS_PER_S, 3600000 } };

START_TEST(an_age_is_rounded_up)
{
	const struct selector s = { .older = ages[_i].ns };

	ck_assert_int_eq(select_older_ms(&s), ages[_i].ms);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, NULL);
	tcase_add_loop_test(tc, rates_are_numbers, 0,
	    sizeof(times) / sizeof(times[0]));
	tcase_add_test(tc, counts_add_up_to_the_largest_at_most);
	tcase_add_test(tc, errors_do_not_control_the_terminal);
	tcase_add_loop_test(tc, an_age_is_rounded_up, 0,
	    sizeof(ages) / sizeof(ages[0]));
}

int
main(void)
{
	return runner_main("look", add);
}
