/* SPDX-License-Identifier: ISC */
/* Waiting for many descriptors, in turns. */
#include "config.h"

#include <unistd.h>

#include "ipc/watch.h"
#include "runner.h"

#define N 20

static struct watch_set set;

struct reader {
	struct watch watch; /* first: what ready() is given */
	unsigned int calls;
	int writing_end;
	bool reads;
};

static void
ready(struct watch *w)
{
	struct reader *r = (struct reader *)w;
	char c;

	r->calls++;
	if (r->reads)
		ck_assert_int_eq(read(w->fd, &c, 1), 1);
}

static void
reader_new(struct reader *r, bool reads)
{
	int fd[2];

	ck_assert_int_eq(pipe(fd), 0);
	*r = (struct reader) { .writing_end = fd[1], .reads = reads };
	ck_assert_int_eq(watch_add(&set, &r->watch, fd[0], ready), 0);
}

static void
feed(const struct reader *r)
{
	ck_assert_int_eq(write(r->writing_end, "x", 1), 1);
}

static void
setup(void)
{
	ck_assert_int_eq(watch_open(&set), 0);
}

START_TEST(some_are_called_and_the_others_come_first)
{
	static struct reader r[N];
	int i, n = 0;

	for (i = 0; i < N; i++)
		reader_new(&r[i], true);
	ck_assert_int_eq(watch_wait(&set, 8, 0, NULL), 0);
	for (i = 0; i < N; i++) {
		feed(&r[i]);
		feed(&r[i]);
	}
	ck_assert_int_eq(watch_wait(&set, 8, 0, NULL), 8);
	ck_assert_int_eq(watch_wait(&set, 8, 0, NULL), 8);
	ck_assert_int_eq(watch_wait(&set, 4, 0, NULL), 4);
	for (i = 0; i < N; i++)
		ck_assert_uint_eq(r[i].calls, 1);
	while ((i = watch_wait(&set, 8, 0, NULL)) > 0)
		n += i;
	ck_assert_int_eq(n, N);
}
END_TEST

START_TEST(an_edge_is_what_arrives)
{
	static struct reader r;

	reader_new(&r, false);
	feed(&r);
	watch_edge(&r.watch);
	ck_assert_int_eq(watch_wait(&set, 8, 0, NULL), 1); /* it was there */
	ck_assert_int_eq(watch_wait(&set, 8, 0, NULL), 0); /* and still is */
	feed(&r);
	ck_assert_int_eq(watch_wait(&set, 8, 0, NULL), 1);
	ck_assert_int_eq(watch_wait(&set, 8, 0, NULL), 0);
	watch_edge(&r.watch);
	ck_assert_int_eq(watch_wait(&set, 8, 0, NULL), 1);
	ck_assert_int_eq(watch_wait(&set, 8, 0, NULL), 0);
	ck_assert_uint_eq(r.calls, 3);
}
END_TEST

/* Of a set that is watched by another one. */
static void
inner_ready(struct watch *w)
{
	(void)w;
	watch_wait(&set, 1, 0, NULL);
}

START_TEST(a_set_in_a_set_is_ready_as_long_as_one_of_its_own_is)
{
	static struct reader r[3];
	struct watch_set outer;
	struct watch inner;
	int i;

	ck_assert_int_eq(watch_open(&outer), 0);
	ck_assert_int_eq(watch_add(&outer, &inner, set.epoll, inner_ready), 0);
	for (i = 0; i < 3; i++) {
		reader_new(&r[i], true);
		feed(&r[i]);
	}
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(watch_wait(&outer, 8, 0, NULL), 1);
	ck_assert_int_eq(watch_wait(&outer, 8, 0, NULL), 0);
	for (i = 0; i < 3; i++)
		ck_assert_uint_eq(r[i].calls, 1);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, some_are_called_and_the_others_come_first);
	tcase_add_test(tc, an_edge_is_what_arrives);
	tcase_add_test(tc,
	    a_set_in_a_set_is_ready_as_long_as_one_of_its_own_is);
}

int
main(void)
{
	return runner_main("watch", add);
}
