/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <bsd/stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/board.h"
#include "inject.h"
#include "runner.h"

static struct board *b;

static void
setup(void)
{
	ck_assert_ptr_nonnull(b = board_new("test"));
}

static void
teardown(void)
{
	board_free(b);
}

static off_t
board_bytes(void)
{
	struct stat st;

	ck_assert_int_eq(fstat(board_fd(b), &st), 0);
	return st.st_size;
}

START_TEST(cannot_be_shrunk_or_grown)
{
	off_t size = board_bytes();

	ck_assert_int_eq(ftruncate(board_fd(b), size - 1), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(ftruncate(board_fd(b), size + 1), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(fcntl(board_fd(b), F_ADD_SEALS, F_SEAL_WRITE), -1);
}
END_TEST

START_TEST(costs_nothing_where_it_is_not_used)
{
	struct stat st;

	ck_assert_int_eq(fstat(board_fd(b), &st), 0);
	ck_assert_int_gt(st.st_size, (off_t)BOARD_SECTIONS * BOARD_SLOTS * 128);
	ck_assert_int_lt(st.st_blocks * 512, 65536);
	ck_assert_int_eq(fcntl(board_fd(b), F_GETFD), FD_CLOEXEC);
}
END_TEST

START_TEST(is_the_same_for_all_who_map_it)
{
	struct board *other = board_map(board_fd(b));

	ck_assert_ptr_nonnull(other);
	board_slot(b, 63, BOARD_SLOTS - 1)->id = 77;
	atomic_store(&board_section(b, 63)->nsessions, 3);
	ck_assert_uint_eq(board_slot(other, 63, BOARD_SLOTS - 1)->id, 77);
	ck_assert_uint_eq(atomic_load(&board_section(other, 63)->nsessions), 3);
	ck_assert_uint_eq(board_head(other)->seed, board_head(b)->seed);
	board_free(other); /* borrows the descriptor */
	ck_assert_int_ne(fcntl(board_fd(b), F_GETFD), -1);
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
	ck_assert_ptr_null(board_map(fd));
	ck_assert_int_eq(errno, EINVAL);
	close(fd);
}

START_TEST(refuses_what_is_no_board)
{
	uint32_t magic = board_head(b)->magic;
	int both = F_SEAL_SHRINK | F_SEAL_GROW, fds[2], fd;
	off_t size = board_bytes();
	struct board *good;

	fd = imitation(size, both, magic);
	ck_assert_ptr_nonnull(good = board_map(fd));
	board_free(good);
	close(fd);
	is_refused(imitation(size, F_SEAL_GROW, magic));
	is_refused(imitation(size - 1, both, magic));
	is_refused(imitation(size + 4096, both, magic));
	is_refused(imitation(4, both, magic));
	is_refused(imitation(size, both, magic + 1));
	ck_assert_int_eq(pipe(fds), 0);
	is_refused(fds[0]);
	is_refused(fds[1]);
	is_refused(open("/dev/null", O_RDWR));
	is_refused(-1);
}
END_TEST

/* Where each part of a section begins and ends, in order. */
START_TEST(keeps_its_parts_apart)
{
	const char *last = (const char *)board_head(b) + 4096;
	unsigned int sec;

	ck_assert_ptr_eq(board_buckets(b), last);
	last = (const char *)(board_buckets(b) + BOARD_BUCKETS);
	for (sec = 0; sec < BOARD_SECTIONS; sec++) {
		ck_assert_ptr_eq(board_section(b, sec), last);
		last += 4096;
		ck_assert_ptr_eq(board_slot(b, sec, 0), last);
		last = (const char *)board_slot(b, sec, BOARD_SLOTS);
		ck_assert_ptr_eq(board_sources(b, sec), last);
		last = (const char *)(board_sources(b, sec) + BOARD_SOURCES);
	}
	ck_assert_int_eq(last - (const char *)board_head(b), board_bytes());
}
END_TEST

START_TEST(gives_every_section_once)
{
	int i;

	for (i = 0; i < BOARD_SECTIONS; i++)
		ck_assert_int_eq(board_take(b), i);
	ck_assert_int_eq(board_take(b), -1);
	board_release(b, 17);
	board_release(b, 63);
	ck_assert_int_eq(board_take(b), 17);
	ck_assert_int_eq(board_take(b), 63);
	ck_assert_int_eq(board_take(b), -1);
}
END_TEST

START_TEST(gives_a_released_section_without_what_was_in_it)
{
	static const char zeros[4096];
	struct board_section *s;

	ck_assert_int_eq(board_take(b), 0);
	s = board_section(b, 0);
	memset(s, 0xff, 4096);
	memset(board_slot(b, 0, 5), 0xff, 128);
	memset(board_sources(b, 0) + BOARD_SOURCES - 1, 0xff,
	    sizeof(struct board_source));
	atomic_store(&board_section(b, 1)->nsessions, 9);
	board_release(b, 0);
	ck_assert_int_eq(board_take(b), 0);
	ck_assert_mem_eq(s, zeros, 4096);
	ck_assert_mem_eq(board_slot(b, 0, 5), zeros, 128);
	ck_assert_mem_eq(board_sources(b, 0) + BOARD_SOURCES - 1, zeros,
	    sizeof(struct board_source));
	ck_assert_uint_eq(atomic_load(&board_section(b, 1)->nsessions), 9);
}
END_TEST

/* An acceptor may write to the head: main goes by what it knows. */
START_TEST(does_not_believe_a_scribbled_list_of_sections)
{
	ck_assert_int_eq(board_take(b), 0);
	ck_assert_int_eq(board_take(b), 1);
	atomic_store(&board_head(b)->used, 0);
	ck_assert_int_eq(board_take(b), 2);
	ck_assert_uint_eq(atomic_load(&board_head(b)->used), 7);
	atomic_store(&board_head(b)->used, UINT64_MAX);
	board_release(b, 1);
	ck_assert_uint_eq(atomic_load(&board_head(b)->used), 5);
	atomic_store(&board_head(b)->used, UINT64_MAX);
	ck_assert_int_eq(board_take(b), 1);
}
END_TEST

START_TEST(counts_sessions_within_bounds)
{
	board_take(b);
	board_take(b);
	atomic_store(&board_section(b, 0)->nsessions, 5);
	atomic_store(&board_section(b, 1)->nsessions, 7);
	atomic_store(&board_section(b, 2)->nsessions, 100); /* not in use */
	ck_assert_uint_eq(board_sessions(b), 12);
	atomic_store(&board_section(b, 1)->nsessions, UINT32_MAX);
	ck_assert_uint_eq(board_sessions(b), 5 + BOARD_SLOTS);
}
END_TEST

START_TEST(sums_what_is_and_what_was)
{
	struct board_totals t;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		struct board_counters *n = &board_section(b, i)->n;

		board_take(b);
		n->accepted = 1 + i;
		n->started = 10 + i;
		n->ended = 100 + i;
		n->lost = 1000 + i;
		n->in = 10000 + i;
		n->out = 100000 + i;
		n->refused[REFUSED_ACCESS] = i;
		n->refused[REFUSED_FORK] = 5;
	}
	board_release(b, 1);
	board_release(b, 2);
	ck_assert_int_eq(board_take(b), 1);
	board_section(b, 1)->n.accepted = 50;
	board_sum(b, &t);
	ck_assert_uint_eq(t.accepted, 6 + 50);
	ck_assert_uint_eq(t.started, 33);
	ck_assert_uint_eq(t.ended, 303);
	ck_assert_uint_eq(t.lost, 3003);
	ck_assert_uint_eq(t.in, 30003);
	ck_assert_uint_eq(t.out, 300003);
	ck_assert_uint_eq(t.refused[REFUSED_ACCESS], 3);
	ck_assert_uint_eq(t.refused[REFUSED_FORK], 15);
	ck_assert_uint_eq(t.refused[REFUSED_NOT], 0);
}
END_TEST

START_TEST(bears_random_bytes)
{
	struct board_totals t;
	int i;

	for (i = 0; i < 100; i++) {
		arc4random_buf(board_head(b), sizeof(struct board_head));
		arc4random_buf(board_section(b, arc4random_uniform(64)), 4096);
		ck_assert_uint_le(board_sessions(b),
		    BOARD_SECTIONS * BOARD_SLOTS);
		board_sum(b, &t);
		if (board_take(b) != -1 && i % 2 == 0)
			board_release(b, 0);
	}
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

/* Each call that makes one or maps one, and no descriptor left behind. */
static const long calls[] = { SYS_memfd_create, SYS_ftruncate, SYS_pwrite64,
	SYS_mmap };

START_TEST(is_not_made_where_a_call_fails)
{
	int before = dup(0), after;

	close(before);
	ck_assert_int_eq(inject(calls[_i], INJECT_ANY, ENOSPC), 0);
	errno = 0;
	ck_assert_ptr_null(board_new("other"));
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_int_eq(after = dup(0), before);
	close(after);
}
END_TEST

START_TEST(is_emptied_by_hand_where_no_hole_can_be_made)
{
	static const char zeros[4096];

	ck_assert_int_eq(inject(SYS_fallocate, INJECT_ANY, EOPNOTSUPP), 0);
	ck_assert_int_eq(board_take(b), 0);
	memset(board_section(b, 0), 0xff, 4096);
	memset(board_slot(b, 0, BOARD_SLOTS - 1), 0xff, 128);
	atomic_store(&board_section(b, 1)->nsessions, 9);
	board_release(b, 0);
	ck_assert_mem_eq(board_section(b, 0), zeros, 4096);
	ck_assert_mem_eq(board_slot(b, 0, BOARD_SLOTS - 1), zeros, 128);
	ck_assert_uint_eq(atomic_load(&board_section(b, 1)->nsessions), 9);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, cannot_be_shrunk_or_grown);
	tcase_add_test(tc, costs_nothing_where_it_is_not_used);
	tcase_add_test(tc, is_the_same_for_all_who_map_it);
	tcase_add_test(tc, refuses_what_is_no_board);
	tcase_add_test(tc, keeps_its_parts_apart);
	tcase_add_test(tc, gives_every_section_once);
	tcase_add_test(tc, gives_a_released_section_without_what_was_in_it);
	tcase_add_test(tc, does_not_believe_a_scribbled_list_of_sections);
	tcase_add_test(tc, counts_sessions_within_bounds);
	tcase_add_test(tc, sums_what_is_and_what_was);
	tcase_add_test(tc, bears_random_bytes);
	tcase_add_test(tc, names_every_reason);
	runner_add_loop(tc, inject_lack_memory(),
	    is_not_made_where_a_call_fails, 0,
	    sizeof(calls) / sizeof(calls[0]));
	runner_add(tc, lack, is_emptied_by_hand_where_no_hole_can_be_made);
}

int
main(void)
{
	return runner_main("board", add);
}
