/* SPDX-License-Identifier: ISC */
/*
 * Who is accepted to be refused, why, and what is said of it; and who waits for
 * the rate instead.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>

#include "acceptor/accept.h"
#include "acceptor/limits.h"
#include "acceptor/limits.h"
#include "acceptor/rig.h"
#include "base/clock.h"
#include "ipc/source.h"
#include "inject.h"
#include "runner.h"

static struct rig_record r;
static char text[64];

static void
refusing(struct settings_builder *b)
{
	struct settings_ref msg = settings_add_bytes(b, "too many\n", 1, 9);

	settings_of(b)->refuse_message = msg;
	settings_of(b)->when_full = WHEN_FULL_REFUSE;
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
closed_to_all(struct settings_builder *b)
{
	refusing(b);
	settings_of(b)->access_default = 0;
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
queueing_without_access(struct settings_builder *b)
{
	settings_of(b)->access_default = 0;
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
two_of_a_source(struct settings_builder *b)
{
	settings_of(b)->per_source = 2;
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
two_a_second(struct settings_builder *b)
{
	settings_of(b)->cps = (struct rate) { 1, 2 };
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
two_a_second_or_refused(struct settings_builder *b)
{
	two_a_second(b);
	settings_of(b)->when_full = WHEN_FULL_REFUSE;
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

/* Why a client may be refused that the service's rate would have let in. */
static const enum refusal others[] = { REFUSED_ACCESS, REFUSED_PER_SOURCE,
	REFUSED_SOURCE_RATE, REFUSED_FORK };
#define OTHERS (int)(sizeof(others) / sizeof(others[0]))

static enum refusal reason;
static enum when_full when_full;

/* A burst of three, and of a source that may have one at most. */
static void
three_of_which_one_is_served(struct settings_builder *b)
{
	struct settings *s = settings_of(b);

	s->when_full = when_full;
	s->cps = (struct rate) { 1, 3 };
	s->cps_per_source = (struct rate) { 1, 100 };
	if (reason == REFUSED_ACCESS)
		s->access_default = 0;
	else if (reason == REFUSED_PER_SOURCE)
		s->per_source = 1;
	else if (reason == REFUSED_SOURCE_RATE)
		s->cps_per_source.burst = 1;
}

static unsigned int
tokens_left(void)
{
	unsigned int n = 0;

	while (limits_start(rig->board, rig->settings, clock_us()) == 0)
		n++;
	return n;
}

/* _i: which of the reasons, in either mode. */
START_TEST(gives_back_the_token_of_who_is_refused)
{
	unsigned int served;
	int fd[20];

	reason = others[_i / 2];
	when_full = _i % 2 == 0 ? WHEN_FULL_QUEUE : WHEN_FULL_REFUSE;
	rig_make(three_of_which_one_is_served, 32);
	if (reason == REFUSED_FORK)
		ck_assert_int_eq(inject(SYS_clone, INJECT_ANY, EAGAIN), 0);
	rig_clients(fd, 20);
	do
		accept_some(rig, 0);
	while (rig_accepted() < 20);
	served = rig->children.nrunning;
	ck_assert_uint_eq(served,
	    reason == REFUSED_ACCESS || reason == REFUSED_FORK ? 0 : 1);
	ck_assert_uint_eq(rig_refused(reason), 20 - served);
	ck_assert_uint_eq(rig->section->nsessions, served);
	ck_assert_uint_eq(tokens_left(), 3 - served);
	rig_stop_all();
}
END_TEST

/* What a source could not use of its own rate it keeps, too. */
static void
none_is_served(struct settings_builder *b)
{
	settings_of(b)->when_full = WHEN_FULL_REFUSE;
	settings_of(b)->cps = (struct rate) { 1, 1 };
	settings_of(b)->cps_per_source = (struct rate) { 1, 4 };
}

START_TEST(gives_back_the_token_of_a_source_that_was_not_served)
{
	struct addr source = { .family = AF_INET, .ip = { 127, 0, 0, 1 } };
	int fd[12], n = 0;

	rig_make(none_is_served, 32);
	if (_i == 1)
		ck_assert_int_eq(inject(SYS_clone, INJECT_ANY, EAGAIN), 0);
	rig_clients(fd, 12);
	do
		accept_some(rig, 0);
	while (rig_accepted() < 12);
	ck_assert_uint_eq(rig_refused(_i == 1 ? REFUSED_FORK : REFUSED_RATE),
	    _i == 1 ? 12 : 11);
	ck_assert_uint_eq(rig_refused(REFUSED_SOURCE_RATE), 0);
	ck_assert_uint_eq(source_count(rig->board, &source), _i == 1 ? 0 : 1);
	while (rate_take(source_bucket(rig->board, &source),
		   &rig->settings->cps_per_source, clock_us()) == 0)
		n++;
	ck_assert_int_eq(n, _i == 1 ? 4 : 3);
	rig_stop_all();
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	tcase_add_test(tc, tells_who_is_refused);
	tcase_add_test(tc, says_nothing_to_who_has_no_access);
	tcase_add_test(tc, gives_back_the_place_of_who_has_no_access);
	tcase_add_test(tc, refuses_too_many_of_a_source);
	tcase_add_test(tc, waits_for_the_rate);
	tcase_add_test(tc, refuses_who_is_over_the_rate);
	runner_add_loop(tc, lack, gives_back_the_token_of_who_is_refused, 0,
	    2 * OTHERS);
	runner_add_loop(tc, lack,
	    gives_back_the_token_of_a_source_that_was_not_served, 0, 2);
}

int
main(void)
{
	return rig_main("accept_refuses", add);
}
