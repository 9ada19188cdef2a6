/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "acceptor/children.h"
#include "runner.h"

#define SLOTS      200u
#define OPERATIONS 100000

static struct children c;
static void *mem;

static void
setup(void)
{
	ck_assert_ptr_nonnull(mem = calloc(1, children_size(SLOTS)));
	children_init(&c, mem, SLOTS);
}

static void
teardown(void)
{
	free(mem);
}

static struct child *
running(pid_t pid, int64_t due)
{
	struct child *ch = child_take(&c);

	ck_assert_ptr_nonnull(ch);
	child_register(&c, ch, pid, due);
	return ch;
}

START_TEST(begins_with_every_slot_free)
{
	uint32_t i;

	for (i = 0; i < SLOTS; i++) {
		struct child *ch = child_take(&c);

		ck_assert_ptr_nonnull(ch);
		ck_assert_uint_eq(child_slot(&c, ch), i);
	}
	ck_assert_ptr_null(child_take(&c));
	ck_assert_uint_eq(c.nrunning, SLOTS);
}
END_TEST

START_TEST(gives_the_slot_that_was_freed_last)
{
	struct child *a = running(10, 0), *b = running(11, 0);

	child_exit(&c, a);
	child_exit(&c, b);
	child_free(&c, a);
	child_free(&c, b);
	ck_assert_ptr_eq(child_take(&c), b);
	ck_assert_ptr_eq(child_take(&c), a);
}
END_TEST

START_TEST(takes_back_one_that_was_never_forked)
{
	struct child *ch = child_take(&c);

	child_free(&c, ch);
	ck_assert_uint_eq(c.nrunning, 0);
	ck_assert_ptr_eq(child_take(&c), ch);
}
END_TEST

START_TEST(knows_no_pid_that_was_reaped)
{
	struct child *ch = running(10, 0);

	ck_assert_ptr_eq(child_find(&c, 10), ch);
	child_exit(&c, ch);
	ck_assert_ptr_null(child_find(&c, 10));
	ck_assert_int_eq(ch->state, CHILD_ENDED);
	ck_assert_uint_eq(c.nrunning, 0);
	ck_assert_ptr_null(child_find(&c, 0));
	ck_assert_ptr_null(child_find(&c, -1));
}
END_TEST

START_TEST(goes_from_queue_to_queue)
{
	struct child *a = running(1, 100), *b = running(2, 200);

	ck_assert_int_eq(children_due(&c), 100);
	child_ending(&c, a, CHILD_ENDING, 150);
	ck_assert_int_eq(children_due(&c), 150);
	ck_assert_ptr_eq(TAILQ_FIRST(&c.queue[CHILD_RUNNING]), b);
	ck_assert_ptr_eq(TAILQ_FIRST(&c.queue[CHILD_ENDING]), a);
	child_ending(&c, a, CHILD_KILLED, 0);
	ck_assert_int_eq(children_due(&c), 200);
	ck_assert_ptr_eq(TAILQ_FIRST(&c.queue[CHILD_KILLED]), a);
	child_exit(&c, b);
	ck_assert_int_eq(children_due(&c), 0);
	child_exit(&c, a);
	ck_assert_ptr_eq(TAILQ_FIRST(&c.queue[CHILD_ENDED]), b);
	ck_assert_ptr_eq(TAILQ_NEXT(b, entry), a);
	ck_assert_ptr_null(TAILQ_FIRST(&c.queue[CHILD_KILLED]));
}
END_TEST

START_TEST(knows_no_due_time_where_there_is_none)
{
	ck_assert_int_eq(children_due(&c), 0);
	running(1, 0);
	ck_assert_int_eq(children_due(&c), 0);
}
END_TEST

static unsigned int
length(const struct child_queue *q)
{
	const struct child *ch;
	unsigned int n = 0;

	TAILQ_FOREACH (ch, q, entry)
		n++;
	return n;
}

static void
agree(struct child *const *at, unsigned int npids)
{
	unsigned int i, n = 0, places = 0;

	for (i = 0; i < npids; i++) {
		ck_assert_ptr_eq(child_find(&c, (pid_t)i), at[i]);
		n += at[i] != NULL;
	}
	for (i = 0; i <= c.mask; i++)
		places += c.pids[i] != 0;
	ck_assert_uint_eq(places, n);
	ck_assert_uint_eq(c.nrunning, n);
	ck_assert_uint_eq(length(&c.queue[CHILD_RUNNING]) +
		length(&c.queue[CHILD_ENDING]) + length(&c.queue[CHILD_KILLED]),
	    n);
	ck_assert_uint_eq(n + length(&c.queue[CHILD_FREE]) +
		length(&c.queue[CHILD_ENDED]),
	    SLOTS);
}

/* Pids that fall on few places of the map, over its end as well. */
START_TEST(agrees_with_a_model)
{
	enum { PIDS = 4096 };
	static struct child *at[PIDS];
	struct child *ch;
	unsigned int i, pid;

	srandom(3);
	for (i = 0; i < OPERATIONS; i++) {
		pid = ((unsigned int)random() % 24 - 12) & c.mask;
		pid = (pid + (c.mask + 1) * ((unsigned int)random() % 8)) %
		    PIDS;
		if ((ch = at[pid]) == NULL) {
			if ((ch = child_take(&c)) == NULL) {
				ch = TAILQ_FIRST(&c.queue[CHILD_ENDED]);
				ck_assert_ptr_nonnull(ch);
				child_free(&c, ch);
				continue;
			}
			child_register(&c, ch, (pid_t)pid, i);
			at[pid] = ch;
		} else if (ch->state == CHILD_RUNNING && random() % 4 == 0) {
			child_ending(&c, ch, CHILD_ENDING, i);
		} else if (ch->state == CHILD_ENDING && random() % 2 == 0) {
			child_ending(&c, ch, CHILD_KILLED, 0);
		} else {
			child_exit(&c, ch);
			at[pid] = NULL;
			if (random() % 2 == 0)
				child_free(&c, ch);
		}
		if (i % 500 == 0)
			agree(at, PIDS);
	}
	agree(at, PIDS);
}
END_TEST

START_TEST(holds_as_many_pids_as_slots)
{
	uint32_t i;

	for (i = 0; i < SLOTS; i++)
		running((pid_t)(i * (c.mask + 1)), 0);
	for (i = 0; i < SLOTS; i++)
		ck_assert_uint_eq(child_slot(&c,
				      child_find(&c,
					  (pid_t)(i * (c.mask + 1)))),
		    i);
	ck_assert_ptr_null(child_find(&c, 1));
}
END_TEST

START_TEST(knows_the_oldest_that_runs)
{
	struct child *a, *b, *d;

	ck_assert_uint_eq(children_oldest(&c), UINT64_MAX);
	a = running(1, 10);
	b = running(2, 20);
	d = running(3, 30);
	ck_assert_uint_eq(children_oldest(&c), a->serial);
	child_ending(&c, a, CHILD_ENDING, 40);
	ck_assert_uint_eq(children_oldest(&c), a->serial);
	child_ending(&c, a, CHILD_KILLED, 0);
	ck_assert_uint_eq(children_oldest(&c), a->serial);
	child_exit(&c, a);
	child_free(&c, a);
	ck_assert_uint_eq(children_oldest(&c), b->serial);
	/* A slot that is used again is the youngest. */
	a = running(4, 50);
	child_exit(&c, b);
	ck_assert_uint_eq(children_oldest(&c), d->serial);
	child_exit(&c, d);
	ck_assert_uint_eq(children_oldest(&c), a->serial);
	ck_assert_uint_eq(c.serial, a->serial);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, begins_with_every_slot_free);
	tcase_add_test(tc, gives_the_slot_that_was_freed_last);
	tcase_add_test(tc, takes_back_one_that_was_never_forked);
	tcase_add_test(tc, knows_no_pid_that_was_reaped);
	tcase_add_test(tc, goes_from_queue_to_queue);
	tcase_add_test(tc, knows_no_due_time_where_there_is_none);
	tcase_add_test(tc, knows_the_oldest_that_runs);
	tcase_add_test(tc, agrees_with_a_model);
	tcase_add_test(tc, holds_as_many_pids_as_slots);
}

int
main(void)
{
	return runner_main("children", add);
}
