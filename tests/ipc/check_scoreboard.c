/* SPDX-License-Identifier: ISC */
/* The board as an acceptor has it: mapped, read, and not believed. */
#include "config.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <bsd/stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ipc/scoreboard_main.h"
#include "ipc/scoreboard_private.h"
#include "ipc/source.h"
#include "runner.h"

static struct scoreboard *kept; /* main's */
static struct scoreboard_place place;
static struct scoreboard *b; /* an acceptor's */

static struct scoreboard *
another(struct scoreboard_place *p)
{
	ck_assert_int_eq(scoreboard_take(kept, 10, p), 0);
	scoreboard_announce(kept);
	return scoreboard_map(scoreboard_fd(kept), p);
}

static void
setup(void)
{
	ck_assert_ptr_nonnull(kept = scoreboard_new("test"));
	ck_assert_ptr_nonnull(b = another(&place));
}

static void
teardown(void)
{
	scoreboard_free(b);
	scoreboard_free(kept);
	free(place.pages);
}

START_TEST(is_the_same_for_all_who_map_it)
{
	uint32_t last = place.nslots - 1;

	scoreboard_slot(kept, &place, last)->id = 77;
	atomic_store(&scoreboard_parts(kept, &place).section->nsessions, 3);
	ck_assert_uint_eq(scoreboard_slot(b, &place, last)->id, 77);
	ck_assert_uint_eq(atomic_load(&b->own.section->nsessions), 3);
	ck_assert_uint_eq(b->seed, kept->seed);
	scoreboard_free(b); /* borrows the descriptor */
	b = NULL;
	ck_assert_int_ne(fcntl(scoreboard_fd(kept), F_GETFD), -1);
}
END_TEST

/* A memfd of that size and with those seals, a board's head in it. */
static int
imitation(off_t size, int seals, uint32_t magic)
{
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(ftruncate(fd, size), 0);
	ck_assert_int_eq(pwrite(fd, &magic, sizeof(magic), 0), sizeof(magic));
	ck_assert_int_eq(fcntl(fd, F_ADD_SEALS, seals), 0);
	return fd;
}

static void
is_refused(int fd)
{
	errno = 0;
	ck_assert_ptr_null(scoreboard_map(fd, &place));
	ck_assert_int_eq(errno, EINVAL);
	close(fd);
}

START_TEST(refuses_what_is_no_board)
{
	off_t size = (off_t)kept->npages * SCOREBOARD_PAGE;
	struct scoreboard *good;
	int fds[2], fd;

	fd = imitation(size, F_SEAL_SHRINK, SCOREBOARD_MAGIC);
	ck_assert_ptr_nonnull(good = scoreboard_map(fd, &place));
	scoreboard_free(good);
	close(fd);
	is_refused(imitation(size, F_SEAL_GROW, SCOREBOARD_MAGIC));
	is_refused(imitation(size - 1, F_SEAL_SHRINK, SCOREBOARD_MAGIC));
	is_refused(imitation(4, F_SEAL_SHRINK, SCOREBOARD_MAGIC));
	is_refused(imitation(size, F_SEAL_SHRINK, SCOREBOARD_MAGIC + 1));
	is_refused(imitation(((off_t)SCOREBOARD_PAGES + 1) * SCOREBOARD_PAGE,
	    F_SEAL_SHRINK, SCOREBOARD_MAGIC));
	ck_assert_int_eq(pipe(fds), 0);
	is_refused(fds[0]);
	is_refused(fds[1]);
	is_refused(open("/dev/null", O_RDWR));
	is_refused(-1);
}
END_TEST

START_TEST(counts_sessions_within_bounds)
{
	struct scoreboard_place other;
	struct scoreboard *b2 = another(&other);

	scoreboard_grown(b, kept->npages);
	atomic_store(&b->own.section->nsessions, 5);
	atomic_store(&b2->own.section->nsessions, 7);
	ck_assert_uint_eq(scoreboard_sessions(b), 12);
	ck_assert_uint_eq(scoreboard_sessions(b2), 12);
	ck_assert_uint_eq(scoreboard_sessions(kept), 12);
	atomic_store(&b2->own.section->nsessions, UINT32_MAX);
	ck_assert_uint_eq(scoreboard_sessions(b), 5 + SCOREBOARD_SLOTS);
	ck_assert_uint_eq(scoreboard_sessions(kept), 5 + SCOREBOARD_SLOTS);
	scoreboard_free(b2);
	scoreboard_retire(kept, &other);
	ck_assert_uint_eq(scoreboard_sessions(b), 5);
	scoreboard_release(kept, &other);
}
END_TEST

/* Beyond what main has said of its length there may be nothing: SIGBUS. */
START_TEST(reads_nothing_beyond_the_length_it_knows)
{
	struct scoreboard_place other;
	struct scoreboard *b2 = another(&other);
	uint32_t at = 0, n = 0;
	struct scoreboard_parts d;

	atomic_store(&b2->own.section->nsessions, 7);
	ck_assert(scoreboard_outgrown(b));
	ck_assert_uint_eq(scoreboard_sessions(b), 0);
	scoreboard_grown(b, other.first + 1); /* and a part of the section */
	while (scoreboard_next(b, &at, &d))
		n++;
	ck_assert(scoreboard_outgrown(b));
	scoreboard_grown(b, kept->npages);
	ck_assert(!scoreboard_outgrown(b));
	ck_assert_uint_eq(scoreboard_sessions(b), 7);
	/* It cannot become shorter. */
	scoreboard_grown(b, 0);
	ck_assert_uint_eq(scoreboard_sessions(b), 7);
	scoreboard_grown(b, UINT32_MAX);
	ck_assert_uint_le(n, 1); /* the ledger */
	scoreboard_free(b2);
	free(other.pages);
}
END_TEST

/* An index that a session has written leads nowhere. */
START_TEST(goes_nowhere_by_a_scribbled_index)
{
	const uint32_t end = kept->npages;
	const uint32_t pages[] = { 0, 1, end - 1, end, end + 1,
		SCOREBOARD_PAGES, UINT32_MAX };
	const uint32_t sizes[] = { 0, 1, 127, 128, 129, SCOREBOARD_SOURCES,
		2 * SCOREBOARD_SOURCES, UINT32_MAX };
	struct addr a = { .family = AF_INET, .ip = { 192, 0, 2, 1 } };
	uint32_t i, k;

	atomic_store(&b->head->nindex, UINT32_MAX);
	for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		for (k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
			atomic_store(&scoreboard_index(b)[(i + k) %
					 SCOREBOARD_LIVE],
			    scoreboard_entry(pages[i], sizes[k]));
			scoreboard_sessions(b);
			source_count(b, &a);
			/* Main does not go by it. */
			ck_assert_uint_eq(scoreboard_sessions(kept), 0);
		}
	for (i = 0; i < 200; i++) {
		arc4random_buf(scoreboard_index(b), SCOREBOARD_LIVE * 8);
		ck_assert_uint_le(scoreboard_sessions(b),
		    (SCOREBOARD_LIVE + 1) * SCOREBOARD_SLOTS);
	}
	atomic_store(&b->own.section->nsessions, 3);
	memset(scoreboard_index(b), 0, SCOREBOARD_LIVE * 8);
	ck_assert_uint_eq(scoreboard_sessions(b), 3); /* its own it knows */
}
END_TEST

/* Its memory is bounded by what it can be told of. */
START_TEST(maps_less_where_there_is_no_room_for_all)
{
	struct rlimit rl = { 64 << 20, 64 << 20 };
	struct scoreboard *small;

	scoreboard_free(b);
	b = NULL;
	ck_assert_int_eq(setrlimit(RLIMIT_AS, &rl), 0);
	small = scoreboard_map(scoreboard_fd(kept), &place);
	ck_assert_ptr_nonnull(small);
	ck_assert_uint_lt(small->mapped, 64 << 20);
	ck_assert_uint_gt(small->mapped, 8 << 20);
	scoreboard_grown(small, SCOREBOARD_PAGES);
	ck_assert_uint_eq(small->npages, small->mapped / SCOREBOARD_PAGE);
	atomic_store(&small->head->npages, SCOREBOARD_PAGES);
	ck_assert(!scoreboard_outgrown(small));
	scoreboard_free(small);
}
END_TEST

START_TEST(has_a_section_as_large_as_its_instances)
{
	ck_assert_uint_eq(scoreboard_nslots(1), 1 + SCOREBOARD_SPARE);
	ck_assert_uint_eq(scoreboard_nslots(SCOREBOARD_SLOTS),
	    SCOREBOARD_SLOTS);
	ck_assert_uint_eq(scoreboard_nslots(SCOREBOARD_SLOTS - 5),
	    SCOREBOARD_SLOTS);
	ck_assert_uint_eq(scoreboard_nsources(0), 128);
	ck_assert_uint_eq(scoreboard_nsources(64), 128);
	ck_assert_uint_eq(scoreboard_nsources(65), 256);
	ck_assert_uint_eq(scoreboard_nsources(1024), 2048);
	ck_assert_uint_eq(scoreboard_nsources(SCOREBOARD_SLOTS),
	    SCOREBOARD_SOURCES);
	ck_assert_uint_eq(scoreboard_slots_pages(1), 1);
	ck_assert_uint_eq(scoreboard_slots_pages(33), 2);
}
END_TEST

START_TEST(names_every_reason)
{
	int i;

	for (i = 1; i < END_REASONS; i++)
		ck_assert_str_ne(end_reason_name(i), "");
	for (i = 1; i < REFUSED_REASONS; i++)
		ck_assert_str_ne(refusal_name(i), "");
	ck_assert_str_eq(end_reason_name(END_IDLE), "idle_timeout");
	ck_assert_str_eq(refusal_name(REFUSED_ACCESS), "no_access");
	ck_assert_str_eq(end_reason_name(END_BY_ITSELF), "");
	ck_assert_str_eq(end_reason_name(99), "unknown");
	ck_assert_str_eq(refusal_name((enum refusal) - 1), "unknown");
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = WIDE_SANDBOX ?
	    "a sanitizer needs the room" :
	    runner_in_valgrind("it needs the room");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, is_the_same_for_all_who_map_it);
	tcase_add_test(tc, refuses_what_is_no_board);
	tcase_add_test(tc, counts_sessions_within_bounds);
	tcase_add_test(tc, reads_nothing_beyond_the_length_it_knows);
	tcase_add_test(tc, goes_nowhere_by_a_scribbled_index);
	runner_add(tc, lack, maps_less_where_there_is_no_room_for_all);
	tcase_add_test(tc, has_a_section_as_large_as_its_instances);
	tcase_add_test(tc, names_every_reason);
}

int
main(void)
{
	return runner_main("board", add);
}
