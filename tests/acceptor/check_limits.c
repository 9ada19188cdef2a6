/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/wait.h>

#include <bsd/stdlib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/limits.h"
#include "ipc/scoreboard_main.h"
#include "ipc/source.h"
#include "runner.h"

static struct scoreboard *kept;   /* main's */
static struct scoreboard *b, *b2; /* of two acceptors of a service */
static struct settings s;

static struct scoreboard *
another(void)
{
	struct scoreboard_place place;
	struct scoreboard *made;

	ck_assert_int_eq(scoreboard_take(kept, 100, &place), 0);
	made = scoreboard_map(scoreboard_fd(kept), &place);
	ck_assert_ptr_nonnull(made);
	free(place.pages);
	return made;
}

static void
setup(void)
{
	ck_assert_ptr_nonnull(kept = scoreboard_new("test"));
	s = (struct settings) { .instances = 3,
		.per_source = 2,
		.prefix_v4 = 32,
		.prefix_v6 = 64 };
	b = another();
}

/* A second scoreboard section, which the first one sees. */
static void
have_two(void)
{
	b2 = another();
	scoreboard_grown(b, kept->npages);
}

static void
teardown(void)
{
	scoreboard_free(b);
	scoreboard_free(b2);
	scoreboard_free(kept);
}

static uint32_t
sessions(const struct scoreboard *of)
{
	return atomic_load(&of->own.section->nsessions);
}

static uint32_t
waiting(const struct scoreboard *of)
{
	return atomic_load(&of->own.section->waiting);
}

START_TEST(lets_as_many_in_as_there_are_instances)
{
	int i;

	for (i = 0; i < 3; i++)
		ck_assert(limits_enter(b, &s));
	ck_assert(!limits_enter(b, &s));
	ck_assert(!limits_enter(b, &s));
	ck_assert_uint_eq(sessions(b), 3);
	ck_assert(!limits_leave(b));
	ck_assert(limits_enter(b, &s));
	ck_assert(!limits_enter(b, &s));
}
END_TEST

START_TEST(counts_over_all_acceptors)
{
	have_two();
	ck_assert(limits_enter(b, &s));
	ck_assert(limits_enter(b2, &s));
	ck_assert(limits_enter(b2, &s));
	ck_assert(!limits_enter(b, &s));
	ck_assert(!limits_enter(b2, &s));
	ck_assert_uint_eq(sessions(b), 1);
	ck_assert_uint_eq(sessions(b2), 2);
}
END_TEST

START_TEST(says_when_another_one_waits)
{
	have_two();
	while (limits_enter(b2, &s))
		continue;
	ck_assert(!limits_enter(b, &s));
	ck_assert_uint_eq(waiting(b), 1);
	ck_assert(limits_leave(b2)); /* it is to be woken */
	ck_assert(limits_enter(b, &s));
}
END_TEST

START_TEST(waits_no_longer_once_it_is_in)
{
	have_two();
	while (limits_enter(b2, &s))
		continue;
	ck_assert(!limits_enter(b, &s));
	ck_assert(limits_leave(b2));
	ck_assert(limits_enter(b, &s));
	ck_assert_uint_eq(waiting(b), 0);
	atomic_store(&b2->own.section->waiting, 0);
	ck_assert(!limits_leave(b2)); /* none is to be woken */
}
END_TEST

/* Two processes that compete for few places: never more than there are. */
START_TEST(never_lets_too_many_in)
{
	enum { ROUNDS = 200000 };
	const struct scoreboard *own;
	uint32_t n;
	int i, in = 0, status;
	pid_t pid;

	have_two();
	s.instances = 2;
	pid = fork();
	own = pid == 0 ? b2 : b;
	for (i = 0; i < ROUNDS; i++) {
		if (limits_enter(own, &s)) {
			in++;
			/* A place is only reserved for a moment before the
			 * sum: more than one over is not possible. */
			n = scoreboard_sessions(own);
			if (n > 2 + 1)
				_exit(2);
			limits_leave(own);
		}
	}
	if (pid == 0)
		_exit(in > 0 ? 0 : 1);
	ck_assert_int_gt(in, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_uint_eq(scoreboard_sessions(b), 0);
}
END_TEST

static struct addr
peer(const char *ip)
{
	struct addr a;

	ck_assert_int_eq(addr_from_ip(ip, &a), 0);
	a.port = 4711;
	return a;
}

static enum refusal
come(const struct scoreboard *to, const char *ip, uint32_t *nth)
{
	struct addr a = peer(ip);

	return limits_source(to, &s, 0, &a, nth);
}

START_TEST(counts_each_source)
{
	struct addr a = peer("192.0.2.1");
	uint32_t nth;

	ck_assert_int_eq(come(b, "192.0.2.1", &nth), REFUSED_NOT);
	ck_assert_uint_eq(nth, 1);
	ck_assert_int_eq(come(b, "192.0.2.1", &nth), REFUSED_NOT);
	ck_assert_uint_eq(nth, 2);
	ck_assert_int_eq(come(b, "192.0.2.1", &nth), REFUSED_PER_SOURCE);
	ck_assert_int_eq(come(b, "192.0.2.2", &nth), REFUSED_NOT);
	a.port = 0;
	ck_assert_uint_eq(source_count(b, &a), 2);
	source_remove(b, &b->own, &a);
	ck_assert_int_eq(come(b, "192.0.2.1", &nth), REFUSED_NOT);
}
END_TEST

START_TEST(counts_a_source_over_all_acceptors)
{
	uint32_t nth;

	have_two();
	ck_assert_int_eq(come(b, "192.0.2.1", &nth), REFUSED_NOT);
	ck_assert_int_eq(come(b2, "192.0.2.1", &nth), REFUSED_NOT);
	ck_assert_uint_eq(nth, 2);
	ck_assert_int_eq(come(b, "192.0.2.1", &nth), REFUSED_PER_SOURCE);
	ck_assert_int_eq(come(b2, "192.0.2.1", &nth), REFUSED_PER_SOURCE);
}
END_TEST

START_TEST(counts_networks_as_the_prefixes_say)
{
	struct addr a = peer("2001:db8::1:2:3:4");
	uint32_t nth;

	s.prefix_v4 = 24;
	come(b, "192.0.2.1", &nth);
	come(b, "192.0.2.254", &nth);
	ck_assert_uint_eq(nth, 2);
	come(b, "192.0.3.1", &nth);
	ck_assert_uint_eq(nth, 1);
	come(b, "2001:db8::1", &nth);
	ck_assert_int_eq(limits_source(b, &s, 0, &a, &nth), REFUSED_NOT);
	ck_assert_uint_eq(nth, 2);
	ck_assert_uint_eq(a.port, 0);
	ck_assert_int_eq(come(b, "2001:db8::9", &nth), REFUSED_PER_SOURCE);
	ck_assert_int_eq(come(b, "2001:db8:0:1::9", &nth), REFUSED_NOT);
}
END_TEST

START_TEST(counts_unix_peers_by_uid)
{
	struct addr a = { .family = AF_UNIX, .cred = { 1000, 5, 77 } };
	struct addr again = { .family = AF_UNIX, .cred = { 1000, 6, 78 } };
	struct addr other = { .family = AF_UNIX, .cred = { 1001, 5, 77 } };
	uint32_t nth;

	limits_source(b, &s, 0, &a, &nth);
	limits_source(b, &s, 0, &again, &nth);
	ck_assert_uint_eq(nth, 2);
	limits_source(b, &s, 0, &other, &nth);
	ck_assert_uint_eq(nth, 1);
}
END_TEST

START_TEST(holds_each_source_to_its_rate)
{
	struct addr a = peer("192.0.2.1");
	int64_t now = 1000000000;
	uint32_t nth;
	int i;

	s.per_source = 100;
	s.cps_per_source = (struct rate) { 1, 3 };
	for (i = 0; i < 3; i++) {
		a = peer("192.0.2.1");
		ck_assert_int_eq(limits_source(b, &s, now, &a, &nth),
		    REFUSED_NOT);
	}
	ck_assert_int_eq(limits_source(b, &s, now, &a, &nth),
	    REFUSED_SOURCE_RATE);
	ck_assert_uint_eq(source_count(b, &a), 3); /* not counted */
	a = peer("192.0.2.2");
	ck_assert_int_eq(limits_source(b, &s, now, &a, &nth), REFUSED_NOT);
	a = peer("192.0.2.1");
	ck_assert_int_eq(limits_source(b, &s, now + 1000000, &a, &nth),
	    REFUSED_NOT);
}
END_TEST

START_TEST(paces_all_acceptors_together)
{
	int64_t now = 1000000000;

	have_two();
	s.cps = (struct rate) { 10, 2 };
	ck_assert_int_eq(limits_start(b, &s, now), 0);
	ck_assert_int_eq(limits_start(b2, &s, now), 0);
	ck_assert_int_eq(limits_start(b, &s, now), 100);
	ck_assert_int_eq(limits_start(b2, &s, now), 100);
	ck_assert_int_eq(limits_start(b2, &s, now + 99001), 1);
	ck_assert_int_eq(limits_start(b2, &s, now + 100000), 0);
}
END_TEST

START_TEST(paces_nobody_without_a_rate)
{
	int i;

	atomic_store(&b->head->full_us, INT64_MAX);
	for (i = 0; i < 1000; i++)
		ck_assert_int_eq(limits_start(b, &s, 0), 0);
}
END_TEST

/* The other acceptor's section holds anything. */
START_TEST(bears_a_section_of_random_bytes)
{
	uint32_t nth;
	int i, k;

	have_two();
	s.cps = s.cps_per_source = (struct rate) { 10, 2 };
	for (i = 0; i < 20; i++) {
		arc4random_buf(b2->own.section, 4096);
		if (i % 5 == 0)
			arc4random_buf(b2->own.sources,
			    b2->own.nsources *
				sizeof(struct scoreboard_source));
		atomic_store(&b->head->full_us,
		    (int64_t)((uint64_t)arc4random() << 32));
		for (k = 0; k < 10; k++) {
			if (limits_enter(b, &s))
				limits_leave(b);
			limits_start(b, &s, 1000000000);
			come(b, "192.0.2.1", &nth);
		}
		ck_assert_uint_eq(sessions(b), 0);
	}
	/* It can take all places, but no more than that. */
	atomic_store(&b2->own.section->nsessions, UINT32_MAX);
	ck_assert(!limits_enter(b, &s));
	atomic_store(&b2->own.section->nsessions, 0);
	ck_assert(limits_enter(b, &s));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, lets_as_many_in_as_there_are_instances);
	tcase_add_test(tc, counts_over_all_acceptors);
	tcase_add_test(tc, says_when_another_one_waits);
	tcase_add_test(tc, waits_no_longer_once_it_is_in);
	tcase_add_test(tc, never_lets_too_many_in);
	tcase_add_test(tc, counts_each_source);
	tcase_add_test(tc, counts_a_source_over_all_acceptors);
	tcase_add_test(tc, counts_networks_as_the_prefixes_say);
	tcase_add_test(tc, counts_unix_peers_by_uid);
	tcase_add_test(tc, holds_each_source_to_its_rate);
	tcase_add_test(tc, paces_all_acceptors_together);
	tcase_add_test(tc, paces_nobody_without_a_rate);
	tcase_add_test(tc, bears_a_section_of_random_bytes);
}

int
main(void)
{
	return runner_main("limits", add);
}
