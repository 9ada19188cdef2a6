/* SPDX-License-Identifier: ISC */
/*
 * Goal of these tests: the list of tine top has the rows of a sorted list in its
 * window, its cursor stays with its session, and 60,000 sessions take little of a
 * second.
 */
#include "config.h"

#include <bsd/string.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tine/look/top_list.h"
#include "runner.h"

#define MANY 60000

/* A look at two services, without anything behind it. */
static struct {
	struct overview_head head;
	struct overview_service service[2];
} o;
static struct look look;
static struct top_list list;

static void
begin(void)
{
	memset(&o, 0, sizeof(o));
	o.head.nservices = 2;
	strlcpy(o.service[0].name, "echo", sizeof(o.service[0].name));
	strlcpy(o.service[1].name, "git", sizeof(o.service[1].name));
	o.service[0].number = 3;
	o.service[1].number = 7;
	look.view.o = &o.head;
	list = (struct top_list) { .height = 5 };
}

static void
end(void)
{
	top_list_end(&list);
}

/* That many sessions; those of git have even ids, and all values repeat. */
static void
fill(size_t n)
{
	struct row *r;
	size_t i;

	list.rows.v = reallocarray(list.rows.v, n, sizeof(*list.rows.v));
	ck_assert_ptr_nonnull(list.rows.v);
	list.rows.n = n;
	for (i = 0; i < n; i++) {
		r = &list.rows.v[i];
		*r = (struct row) { .service = (i + 1) % 2 == 0,
			.id = i + 1,
			.start_ms = (int64_t)(i * 7919 % 1000),
			.in = i * 31 % 101,
			.out = i * 17 % 11 };
		r->peer = (struct addr) { .family = AF_INET,
			.port = (uint16_t)(i % 60000) };
		r->peer.ip[0] = 192;
		r->peer.ip[3] = (uint8_t)(i % 250);
	}
}

static int
by_key(const void *a, const void *b)
{
	return select_compare(a, b, list.key);
}

/* The window is the part of the sorted list that it should be. */
static void
check_window(void)
{
	struct row *all = calloc(list.n, sizeof(*all));
	size_t i;

	ck_assert_ptr_nonnull(all);
	memcpy(all, list.rows.v, list.n * sizeof(*all));
	qsort(all, list.n, sizeof(*all), by_key);
	for (i = list.first; i < list.n && i < list.first + list.height; i++)
		ck_assert_uint_eq(list.rows.v[i].id, all[i].id);
	if (list.id != 0) {
		ck_assert_uint_eq(all[list.at].id, list.id);
		ck_assert_uint_ge(list.at, list.first);
		ck_assert_uint_lt(list.at, list.first + list.height);
	}
	free(all);
}

START_TEST(window_is_sorted)
{
	size_t n;

	list.key = (enum select_key)_i;
	for (n = 1; n < 400; n += n < 12 ? 1 : 97) {
		fill(n);
		top_list_arrange(&list, &look);
		ck_assert_uint_eq(list.n, n);
		check_window();
		top_list_move(&list, &look, (long)n / 2);
		check_window();
		top_list_move(&list, &look, 3);
		top_list_move(&list, &look, 3);
		check_window();
		top_list_move(&list, &look, (long)n);
		ck_assert_uint_eq(list.at, n - 1);
		check_window();
		top_list_leave(&list);
	}
}
END_TEST

/* Sessions can write anything to their slots: all the same, too. */
START_TEST(orders_what_is_all_equal)
{
	size_t i;

	fill(MANY);
	for (i = 0; i < MANY; i++)
		list.rows.v[i] = list.rows.v[0];
	top_list_arrange(&list, &look);
	top_list_move(&list, &look, MANY);
	ck_assert_uint_eq(list.at, MANY - 1);
}
END_TEST

START_TEST(shows_what_matches)
{
	fill(100);
	strlcpy(list.filter, "git", sizeof(list.filter));
	top_list_arrange(&list, &look);
	ck_assert_uint_eq(list.n, 50);
	check_window();
	strlcpy(list.filter, "192.0.0.7:", sizeof(list.filter));
	top_list_arrange(&list, &look);
	ck_assert_uint_eq(list.n, 1);
	strlcpy(list.filter, "nothing", sizeof(list.filter));
	top_list_arrange(&list, &look);
	ck_assert_uint_eq(list.n, 0);
	top_list_move(&list, &look, 1);
	ck_assert_uint_eq(list.id, 0);
	list.filter[0] = '\0';
	top_list_arrange(&list, &look);
	ck_assert_uint_eq(list.n, 100);
}
END_TEST

START_TEST(cursor_stays_with_its_session)
{
	uint64_t id;

	fill(100);
	top_list_arrange(&list, &look);
	ck_assert_uint_eq(list.id, 0);
	top_list_move(&list, &look, 1);
	ck_assert_uint_eq(list.at, 0);
	top_list_move(&list, &look, 20);
	ck_assert_uint_eq(list.at, 20);
	id = list.id;
	for (list.key = 0; list.key < SELECT_KEYS; list.key++) {
		top_list_arrange(&list, &look);
		ck_assert_uint_eq(list.id, id);
		check_window();
	}
	/* Services are known by their number, not by their place. */
	list.key = SELECT_AGE;
	o.service[0].number = 4;
	o.service[1].number = 5;
	top_list_arrange(&list, &look);
	ck_assert_uint_ne(list.id, id);
	check_window();
}
END_TEST

/* The cursor's session has ended, and another one is in its place. */
START_TEST(cursor_goes_to_what_takes_the_place)
{
	fill(100);
	top_list_arrange(&list, &look);
	top_list_move(&list, &look, 1);
	top_list_move(&list, &look, 3);
	list.rows.v[list.at].id = 1000;
	top_list_arrange(&list, &look);
	ck_assert_uint_eq(list.at, 3);
	ck_assert_uint_eq(list.id, 1000);
	check_window();
	list.rows.n = 2;
	list.rows.v[0].id = list.rows.v[1].id = 2000;
	top_list_arrange(&list, &look);
	ck_assert_uint_eq(list.at, 1);
	ck_assert_uint_eq(list.id, 2000);
	list.rows.n = 0;
	top_list_arrange(&list, &look);
	ck_assert_uint_eq(list.id, 0);
}
END_TEST

/* Once a second, it must be less than a tenth: here with room for slow machines. */
START_TEST(takes_little_time_for_many)
{
	int64_t began;

	fill(MANY);
	strlcpy(list.filter, "192.0.0", sizeof(list.filter));
	list.key = (enum select_key)_i;
	top_list_arrange(&list, &look);
	top_list_move(&list, &look, MANY / 2);
	fill(MANY);
	began = clock_cpu_us();
	top_list_arrange(&list, &look);
	began = clock_cpu_us() - began;
	if (runner_in_valgrind("slow") == NULL)
		ck_assert_int_lt(began, 100000);
	check_window();
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_loop_test(tc, window_is_sorted, 0, SELECT_KEYS);
	tcase_add_test(tc, orders_what_is_all_equal);
	tcase_add_test(tc, shows_what_matches);
	tcase_add_test(tc, cursor_stays_with_its_session);
	tcase_add_test(tc, cursor_goes_to_what_takes_the_place);
	tcase_add_loop_test(tc, takes_little_time_for_many, 0, SELECT_KEYS);
}

int
main(void)
{
	return runner_main("top_list", add);
}
