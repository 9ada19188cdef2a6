/* SPDX-License-Identifier: ISC */
/*
 * Goal of these tests: the list of tine top has the rows of a sorted list in its
 * window, its cursor stays with its session, and 60,000 sessions take little of a
 * second; so they do where tine refused counts them by their sources.
 */
#include "config.h"

#include <sys/mman.h>

#include <bsd/string.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "ipc/scoreboard_main.h"
#include "tine/look/refused.h"
#include "tine/look/top_list.h"
#include "runner.h"

#define MANY 60000

/* A look at two services, without anything behind it. */
static struct {
	struct overview_head head;
	struct overview_service service[2];
	struct overview_section section;
	uint32_t page[SCOREBOARD_SLOTS / SCOREBOARD_SLOTS_PAGE + 64];
} o;
static struct look look;
static struct top_list list;

static void
begin(void)
{
	o.head = (struct overview_head) { .nservices = 2 };
	o.service[0] = (struct overview_service) { .name = "echo",
		.number = 3 };
	o.service[1] = (struct overview_service) { .name = "git", .number = 7 };
	look = (struct look) { .ask.pidfd = -1, .view.o = &o.head };
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
		top_list_move(&list, &look, 6);
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

/* The scoreboard of echo, with that many sessions, as its acceptor would have it. */
static struct scoreboard *
make_scoreboard(struct scoreboard_place *place, uint32_t n)
{
	struct scoreboard *b = scoreboard_new("test");
	struct scoreboard_slot *slot;
	uint32_t i;

	ck_assert_ptr_nonnull(b);
	ck_assert_int_eq(scoreboard_take(b, n, place), 0);
	for (i = 0; i < n; i++) {
		slot = scoreboard_slot(b, place, i);
		slot->id = i + 1;
		slot->start_ms = i * 7919 % 1000;
		slot->peer = (struct addr) { .family = AF_INET6,
			.port = (uint16_t)i };
		slot->peer.ip[0] = 0x20;
		slot->peer.ip[15] = (uint8_t)(i % 250);
		atomic_store(&slot->in, i * 31 % 101);
		atomic_store(&slot->state, SLOT_TAKEN);
	}
	atomic_store(&scoreboard_parts(b, place).section->nslots, n);
	return b;
}

static void
describe(const struct scoreboard_place *place)
{
	const uint32_t npages = scoreboard_slots_pages(place->nslots);

	strlcpy(o.head.version, settings_version(), sizeof(o.head.version));
	o.head.magic = OVERVIEW_MAGIC;
	o.head.nsections = 1;
	o.head.npages = npages;
	o.section = (struct overview_section) { .kind = OVERVIEW_ACCEPTOR,
		.page = place->first,
		.nsources = place->nsources,
		.nslots = place->nslots };
	ck_assert_uint_le(npages, sizeof(o.page) / sizeof(o.page[0]));
	memcpy(o.page, place->pages, npages * sizeof(*place->pages));
	view_init(&look.view);
	look.view.fd = memfd_create("test", MFD_CLOEXEC);
	ck_assert_int_eq(pwrite(look.view.fd, &o, sizeof(o), 0), sizeof(o));
}

/* All that one second takes but the drawing of one screen: less than a tenth of
 * it. */
START_TEST(takes_little_time_for_many)
{
	struct scoreboard_place place = { .first = 0 };
	struct scoreboard *b = make_scoreboard(&place, MANY);
	int64_t began, took;

	describe(&place);
	ck_assert_int_eq(view_add(&look.view, 3, dup(scoreboard_fd(b))), 0);
	if (_i == SELECT_KEYS)
		strlcpy(list.filter, "20", sizeof(list.filter));
	list.key = (enum select_key)(_i % SELECT_KEYS);
	list.id = MANY / 2;
	list.number = 3;
	began = clock_cpu_us();
	ck_assert_int_eq(look_again(&look), 0);
	ck_assert_int_eq(top_list_read(&list, &look), 0);
	top_list_arrange(&list, &look);
	took = clock_cpu_us() - began;
	printf("# by %d%s: %d us\n", (int)list.key,
	    list.filter[0] != '\0' ? ", with a filter" : "", (int)took);
	ck_assert_uint_eq(list.n, MANY);
	ck_assert_uint_eq(list.id, MANY / 2);
	if (runner_in_valgrind("slow") == NULL && !WIDE_SANDBOX)
		ck_assert_int_lt(took, 100000);
	check_window();
	look_end(&look);
	scoreboard_release(b, &place);
	scoreboard_free(b);
}
END_TEST

/* tine refused asks for each of the sources that a section has room for. */
START_TEST(counts_the_sessions_of_many_sources)
{
	struct addr source = { .family = AF_INET6, .ip = { 0x20 } };
	struct scoreboard_place place = { .first = 0 };
	struct scoreboard *b = make_scoreboard(&place, MANY);
	struct tally tally = { .n = 0 };
	int64_t began, took;
	size_t i;

	o.service[0].prefix_v6 = 128;
	describe(&place);
	ck_assert_int_eq(view_add(&look.view, 3, dup(scoreboard_fd(b))), 0);
	ck_assert_int_eq(look_again(&look), 0);
	began = clock_cpu_us();
	for (i = 0; i < REFUSALS_BUCKETS * REFUSALS_WAYS; i++) {
		source.ip[14] = (uint8_t)(i / 250);
		source.ip[15] = (uint8_t)(i % 250);
		ck_assert_uint_eq(refused_sessions(&tally, &look, 0, &source),
		    i < 250 ? MANY / 250 : 0);
	}
	took = clock_cpu_us() - began;
	ck_assert_uint_eq(refused_sessions(&tally, &look, 1, &source), 0);
	printf("# %d us\n", (int)took);
	if (runner_in_valgrind("slow") == NULL && !WIDE_SANDBOX)
		ck_assert_int_lt(took, 500000);
	refused_tally_end(&tally);
	look_end(&look);
	scoreboard_release(b, &place);
	scoreboard_free(b);
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
	tcase_add_loop_test(tc, takes_little_time_for_many, 0, SELECT_KEYS + 1);
	tcase_add_test(tc, counts_the_sessions_of_many_sources);
}

int
main(void)
{
	return runner_main("top_list", add);
}
