/* SPDX-License-Identifier: ISC */
/*
 * Who is accepted to be refused, why, and what is said of it; and who waits for
 * the rate instead.
 */
#include "config.h"

#include <sys/socket.h>

#include "acceptor/accept.h"
#include "acceptor/rig.h"
#include "base/clock.h"
#include "base/source.h"
#include "runner.h"

static struct rig_record r;
static char text[64];

static void
refusing(struct spec_builder *b)
{
	struct spec_ref msg = spec_add_bytes(b, "too many\n", 1, 9);

	spec_of(b)->refuse_message = msg;
	spec_of(b)->when_full = WHEN_FULL_REFUSE;
}

START_TEST(tells_who_is_refused)
{
	int fd[5];

	rig_make(refusing, 8);
	rig_clients(fd, 5);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig_accepted(), 5);
	ck_assert_uint_eq(rig->children.nrunning, 4);
	ck_assert_uint_eq(rig_refused(REFUSED_INSTANCES), 1);
	ck_assert_uint_eq(rig->section->nsessions, 4);
	ck_assert_uint_eq(rig->linger.n, 1);
	ck_assert(rig_read_all(fd[4], text, sizeof(text)));
	ck_assert_str_eq(text, "too many\n");
	ck_assert(rig_record(&r));
	ck_assert_str_eq(r.f.event, "refused");
	ck_assert_str_eq(rig_value(&r, "reason"), "instances");
	rig_stop_all();
}
END_TEST

static void
closed_to_all(struct spec_builder *b)
{
	refusing(b);
	spec_of(b)->access_default = 0;
}

START_TEST(says_nothing_to_who_has_no_access)
{
	int fd;

	rig_make(closed_to_all, 8);
	rig_clients(&fd, 1);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig_refused(REFUSED_ACCESS), 1);
	ck_assert_uint_eq(rig->linger.n, 0);
	ck_assert_uint_eq(rig->section->nsessions, 0);
	ck_assert(rig_read_all(fd, text, sizeof(text)));
	ck_assert_str_eq(text, "");
	ck_assert(rig_record(&r));
	ck_assert_str_eq(rig_value(&r, "reason"), "no_access");
}
END_TEST

static void
queueing_without_access(struct spec_builder *b)
{
	spec_of(b)->access_default = 0;
}

START_TEST(gives_back_the_place_of_who_has_no_access)
{
	int fd[6];

	rig_make(queueing_without_access, 8);
	rig_clients(fd, 6);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig_refused(REFUSED_ACCESS), 6);
	ck_assert_uint_eq(rig->section->nsessions, 0);
	ck_assert(!rig->full);
}
END_TEST

static void
two_of_a_source(struct spec_builder *b)
{
	spec_of(b)->per_source = 2;
}

START_TEST(refuses_too_many_of_a_source)
{
	struct addr source = { .family = AF_INET, .ip = { 127, 0, 0, 1 } };
	int fd[4];

	rig_make(two_of_a_source, 8);
	rig_clients(fd, 4);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig->children.nrunning, 2);
	ck_assert_uint_eq(rig_refused(REFUSED_PER_SOURCE), 2);
	ck_assert_uint_eq(source_count(rig->board, &source), 2);
	ck_assert_uint_eq(rig->section->nsessions, 2);
	rig_kill_one();
	ck_assert_uint_eq(source_count(rig->board, &source), 1);
	rig_clients(fd, 1);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig->children.nrunning, 2);
	rig_stop_all();
}
END_TEST

static void
two_a_second(struct spec_builder *b)
{
	spec_of(b)->cps = (struct spec_rate) { 1, 2 };
}

START_TEST(waits_for_the_rate)
{
	int fd[4];
	int64_t now;

	rig_make(two_a_second, 8);
	rig_clients(fd, 4);
	accept_some(rig, 0);
	now = clock_ms();
	ck_assert_uint_eq(rig_accepted(), 2);
	ck_assert_int_gt(rig->rate_until, now);
	ck_assert_int_le(rig->rate_until, now + 1000);
	ck_assert_uint_eq(rig->section->nsessions, 2);
	ck_assert_uint_eq(rig_refused(REFUSED_RATE), 0);
	rig_stop_all();
}
END_TEST

static void
two_a_second_or_refused(struct spec_builder *b)
{
	two_a_second(b);
	spec_of(b)->when_full = WHEN_FULL_REFUSE;
}

START_TEST(refuses_who_is_over_the_rate)
{
	int fd[4];

	rig_make(two_a_second_or_refused, 8);
	rig_clients(fd, 4);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig_accepted(), 4);
	ck_assert_uint_eq(rig_refused(REFUSED_RATE), 2);
	ck_assert_uint_eq(rig->section->nsessions, 2);
	ck_assert_int_eq(rig->rate_until, 0);
	rig_stop_all();
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, tells_who_is_refused);
	tcase_add_test(tc, says_nothing_to_who_has_no_access);
	tcase_add_test(tc, gives_back_the_place_of_who_has_no_access);
	tcase_add_test(tc, refuses_too_many_of_a_source);
	tcase_add_test(tc, waits_for_the_rate);
	tcase_add_test(tc, refuses_who_is_over_the_rate);
}

int
main(void)
{
	return rig_main("accept_refuses", add);
}
