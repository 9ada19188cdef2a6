/* SPDX-License-Identifier: ISC */
/*
 * Goal of these tests: a view shows what overview and scoreboard have, whoever
 * scribbles on the scoreboard, and refuses what is not an overview of its build.
 */
#include "config.h"

#include <sys/mman.h>

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ipc/scoreboard_main.h"
#include "ipc/view.h"
#include "runner.h"

#define NOW  INT64_C(500000)
#define MANY 100 /* slots */

/* An overview of one service with two sections: an acceptor's, the ledger. */
static struct {
	struct overview_head head;
	struct overview_service service;
	struct overview_listener listener;
	struct overview_section section[2];
	uint32_t page[SCOREBOARD_SLOTS / 32 + 64];
} o;

static struct scoreboard *b;
static struct scoreboard_place place;
static struct view v;

static void
write_overview(void)
{
	ck_assert_int_eq(pwrite(v.fd, &o, sizeof(o), 0), sizeof(o));
}

static void
describe(void)
{
	const uint32_t npages = scoreboard_slots_pages(place.nslots);

	memset(&o, 0, sizeof(o));
	strlcpy(o.head.version, settings_version(), sizeof(o.head.version));
	o.head.magic = OVERVIEW_MAGIC;
	o.head.nservices = o.head.nlisteners = 1;
	o.head.nsections = 2;
	o.head.npages = npages;
	strlcpy(o.service.name, "echo", sizeof(o.service.name));
	o.service.number = 7;
	atomic_store(&o.service.gone.accepted, 1000);
	o.section[0] = (struct overview_section) { .kind = OVERVIEW_ACCEPTOR,
		.page = place.first,
		.nsources = place.nsources,
		.nslots = place.nslots };
	o.section[1] = (struct overview_section) { .kind = OVERVIEW_LEDGER,
		.page = scoreboard_ledger(b)->first,
		.slots = npages };
	memcpy(o.page, place.pages, npages * sizeof(*place.pages));
}

static void
begin(void)
{
	ck_assert_ptr_nonnull(b = scoreboard_new("test"));
	ck_assert_int_eq(scoreboard_take(b, 1000, &place), 0);
	view_init(&v);
	ck_assert_int_ne(v.fd = memfd_create("test", MFD_CLOEXEC), -1);
	ck_assert_int_eq(view_add(&v, 7, dup(scoreboard_fd(b))), 0);
	describe();
	write_overview();
}

static void
end(void)
{
	view_end(&v);
	scoreboard_release(b, &place);
	scoreboard_free(b);
}

static struct scoreboard_section *
section(void)
{
	return scoreboard_parts(b, &place).section;
}

START_TEST(adds_sections_up)
{
	struct recent_second *second = recent_now(&section()->recent, NOW);
	struct scoreboard_section
	    *ledger = scoreboard_parts(b, scoreboard_ledger(b)).section;

	atomic_store(&section()->n.accepted, 5);
	atomic_store(&section()->nsessions, 3);
	atomic_store(&section()->peak, 4);
	atomic_store(&second->started, 2);
	recent_now(&section()->recent, NOW - 127000)->refused = 9;
	recent_now(&section()->recent, NOW - 128000)->started = 9;
	atomic_store(&ledger->nsessions, 1);
	ck_assert_int_eq(view_read(&v, NOW), 0);
	ck_assert(!v.torn);
	ck_assert_str_eq(overview_services(v.o)->name, "echo");
	ck_assert_uint_eq(v.sums[0].n.accepted, 1005);
	ck_assert_uint_eq(v.sums[0].sessions, 4);
	ck_assert_uint_eq(v.sums[0].peak, 4);
	ck_assert_uint_eq(v.sums[0].recent[127].refused, 9);
}
END_TEST

/* The place of a second is that of 128 seconds before. */
START_TEST(does_not_count_an_old_second)
{
	recent_now(&section()->recent, NOW - 128000)->started = 9;
	ck_assert_int_eq(view_read(&v, NOW), 0);
	ck_assert_uint_eq(v.sums[0].recent[0].started, 0);
	recent_now(&section()->recent, NOW)->started = 2;
	ck_assert_int_eq(view_read(&v, NOW), 0);
	ck_assert_uint_eq(v.sums[0].recent[0].started, 2);
}
END_TEST

static void
fill(uint32_t i, uint64_t id, enum slot_state state)
{
	struct scoreboard_slot *s = scoreboard_slot(b, &place, i);

	s->id = id;
	atomic_store(&s->state, (uint8_t)state);
	if (i >= atomic_load(&section()->nslots))
		atomic_store(&section()->nslots, i + 1);
}

static uint64_t seen;
static unsigned int nseen;

static bool
see(void *arg, uint32_t service, const struct scoreboard_slot *slot)
{
	const unsigned int *most = arg;

	ck_assert_uint_eq(service, 0);
	seen += slot->id;
	return ++nseen < *most;
}

START_TEST(lists_the_sessions_that_run)
{
	unsigned int most = MANY;

	seen = nseen = 0;
	fill(0, 1, SLOT_TAKEN);
	fill(1, 10, SLOT_ENDED);
	fill(99, 100, SLOT_TAKEN);
	fill(100, 1000, SLOT_FREE);
	ck_assert_int_eq(view_read(&v, NOW), 0);
	view_sessions(&v, 0, see, &most);
	ck_assert_uint_eq(seen, 101);
	ck_assert_uint_eq(nseen, 2);
	most = nseen = 1;
	view_sessions(&v, 0, see, &most);
	ck_assert_uint_eq(nseen, 2);
}
END_TEST

/* An adopted section has lost its first pages and some of its pages. */
START_TEST(lists_the_sessions_of_a_dead_acceptor)
{
	unsigned int most = MANY;

	seen = nseen = 0;
	fill(0, 1, SLOT_TAKEN);
	fill(99, 100, SLOT_TAKEN);
	o.section[0].page = 0;
	o.section[0].kind = OVERVIEW_ADOPTED;
	o.page[0] = 0;
	write_overview();
	ck_assert_int_eq(view_read(&v, NOW), 0);
	view_sessions(&v, 0, see, &most);
	ck_assert_uint_eq(seen, 100);
}
END_TEST

/* Reading makes no page of one that was never written. */
START_TEST(takes_no_memory)
{
	unsigned int most = MANY;
	uint64_t before;

	fill(99, 100, SLOT_TAKEN);
	before = scoreboard_memory(b);
	ck_assert_int_eq(view_read(&v, NOW), 0);
	view_sessions(&v, 0, see, &most);
	ck_assert_uint_eq(scoreboard_memory(b), before);
}
END_TEST

START_TEST(bounds_what_was_scribbled)
{
	unsigned int most = 10 * SCOREBOARD_SLOTS;

	memset(section(), 0xff, sizeof(struct scoreboard_section));
	nseen = 0;
	ck_assert_int_eq(view_read(&v, NOW), 0);
	ck_assert_uint_eq(v.sums[0].sessions, SCOREBOARD_SLOTS);
	ck_assert_uint_eq(v.sums[0].peak, SCOREBOARD_SLOTS);
	view_sessions(&v, 0, see, &most);
	ck_assert_uint_eq(nseen, 0);
}
END_TEST

START_TEST(says_what_it_cannot_see)
{
	o.service.number = 8;
	write_overview();
	ck_assert_int_eq(view_read(&v, NOW), 0);
	ck_assert(v.sums[0].blind);
	ck_assert_uint_eq(v.sums[0].n.accepted, 1000);
}
END_TEST

START_TEST(refuses_another_build)
{
	strlcpy(o.head.version, "0.0.9 other", sizeof(o.head.version));
	write_overview();
	ck_assert_int_eq(view_read(&v, NOW), -1);
	ck_assert_int_eq(errno, EPROTO);
	ck_assert_str_eq(v.o->version, "0.0.9 other");
}
END_TEST

START_TEST(refuses_what_is_not_an_overview)
{
	o.head.magic = 1;
	write_overview();
	ck_assert_int_eq(view_read(&v, NOW), -1);
	ck_assert_int_eq(errno, EBADMSG);
	ck_assert_int_eq(ftruncate(v.fd, 10), 0);
	ck_assert_int_eq(view_read(&v, NOW), -1);
	ck_assert_int_eq(errno, EBADMSG);
}
END_TEST

/* Main was stopped within a change: what there is is shown. */
START_TEST(waits_for_a_change_but_not_for_ever)
{
	o.head.seq = 3;
	write_overview();
	ck_assert_int_eq(view_read(&v, NOW), 0);
	ck_assert(v.torn);
	o.head.seq = 4;
	write_overview();
	ck_assert_int_eq(view_read(&v, NOW), 0);
	ck_assert(!v.torn);
}
END_TEST

/* Counts that do not fit together are of a change, too. */
START_TEST(refuses_an_index_that_cannot_be)
{
	o.section[0].service = 1;
	write_overview();
	ck_assert_int_eq(view_read(&v, NOW), -1);
	o.section[0].service = 0;
	o.section[0].slots = 1;
	write_overview();
	ck_assert_int_eq(view_read(&v, NOW), -1);
	o.section[0].slots = 0;
	o.listener.service = 1;
	write_overview();
	ck_assert_int_eq(view_read(&v, NOW), -1);
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

static void
row(void *arg, uint32_t service, const struct refusals *r)
{
	uint32_t *sum = arg;

	ck_assert_uint_eq(service, 0);
	*sum += r->next;
}

START_TEST(shows_refusals)
{
	struct scoreboard_parts parts = scoreboard_parts(b, &place);
	struct refusal_event e = { .ms = 1, .reason = REFUSED_ACCESS };
	struct addr a;
	uint32_t sum = 0;

	ck_assert_int_eq(addr_from_ip("192.0.2.1", &a), 0);
	e.peer = a;
	refusals_note(parts.refusals, &e, &a, 5);
	refusals_note(parts.refusals, &e, &a, 5);
	ck_assert_int_eq(view_read(&v, NOW), 0);
	view_refusals(&v, 0, row, &sum);
	ck_assert_uint_eq(sum, 2);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, adds_sections_up);
	tcase_add_test(tc, does_not_count_an_old_second);
	tcase_add_test(tc, lists_the_sessions_that_run);
	tcase_add_test(tc, lists_the_sessions_of_a_dead_acceptor);
	tcase_add_test(tc, takes_no_memory);
	tcase_add_test(tc, bounds_what_was_scribbled);
	tcase_add_test(tc, says_what_it_cannot_see);
	tcase_add_test(tc, refuses_another_build);
	tcase_add_test(tc, refuses_what_is_not_an_overview);
	tcase_add_test(tc, waits_for_a_change_but_not_for_ever);
	tcase_add_test(tc, refuses_an_index_that_cannot_be);
	tcase_add_test(tc, shows_refusals);
}

int
main(void)
{
	return runner_main("view", add);
}
