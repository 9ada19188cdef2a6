/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/stdlib.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/events.h"
#include "acceptor/rig.h"

static struct rig_record r;

/* Session id has ended and was reaped; event_end was not called yet. */
static struct child *
ended(uint64_t id)
{
	struct child *ch = child_take(&rig->children);
	struct scoreboard_slot *slot;

	ck_assert_ptr_nonnull(ch);
	slot = rig_slot(child_slot(&rig->children, ch));
	child_register(&rig->children, ch, (pid_t)(1000 + id), 0);
	*slot = (struct scoreboard_slot) { .id = id,
		.pid = (int32_t)(1000 + id) };
	atomic_store(&slot->state, SLOT_ENDED);
	child_exit(&rig->children, ch);
	event_end(rig, ch);
	return ch;
}

static void
setup(void)
{
	rig_make(NULL, 100);
}

START_TEST(writes_an_end_and_frees_its_slot)
{
	struct child *ch = ended(7);

	ck_assert_int_eq(ch->state, CHILD_ENDED);
	event_flush(rig);
	ck_assert(rig_record(&r));
	ck_assert_int_eq(r.kind, RECORD_END);
	ck_assert_uint_eq(r.slot.id, 7);
	ck_assert_int_eq(r.slot.pid, 1007);
	ck_assert(!rig_record(&r));
	ck_assert_int_eq(ch->state, CHILD_FREE);
	ck_assert_int_eq(atomic_load(&rig_slot(0)->state), SLOT_FREE);
	ck_assert(!rig->log_full);
}
END_TEST

static void
no_ends(struct settings_builder *b)
{
	settings_of(b)->log_ends = 0;
}

START_TEST(frees_the_slot_at_once_where_ends_are_not_logged)
{
	struct child *ch;

	rig_make(no_ends, 4);
	ch = ended(1);
	ck_assert_int_eq(ch->state, CHILD_FREE);
	event_flush(rig);
	ck_assert(!rig_record(&r));
}
END_TEST

START_TEST(writes_many_ends_in_their_order)
{
	uint64_t i;

	for (i = 0; i < 100; i++)
		ended(i);
	event_flush(rig);
	for (i = 0; i < 100; i++) {
		ck_assert(rig_record(&r));
		ck_assert_uint_eq(r.slot.id, i);
	}
	ck_assert(!rig_record(&r));
	ck_assert(TAILQ_EMPTY(&rig->children.queue[CHILD_ENDED]));
}
END_TEST

START_TEST(keeps_ends_while_the_pipe_is_full)
{
	uint64_t i, kept = 0;
	struct child *ch;

	rig_log_fill();
	for (i = 0; i < 100; i++) {
		ended(i);
		event_flush(rig);
		ck_assert(rig->log_full);
	}
	/* But for what one write holds, all are where they were. */
	TAILQ_FOREACH (ch, &rig->children.queue[CHILD_ENDED], entry)
		kept++;
	ck_assert_uint_ge(kept, 100 - RECORD_MAX / 128);
	ck_assert_uint_eq(rig->section->unreported, 0);
	rig_log_empty();
	for (i = 0; i < 100; i++) {
		while (!rig_record(&r))
			event_flush(rig);
		ck_assert_uint_eq(r.slot.id, i);
	}
	event_flush(rig);
	ck_assert(!rig_record(&r));
	ck_assert(!rig->log_full);
	ck_assert(TAILQ_EMPTY(&rig->children.queue[CHILD_ENDED]));
	ck_assert_uint_eq(atomic_load(&rig->section->n.lost), 0);
}
END_TEST

START_TEST(counts_events_that_did_not_fit_and_says_so)
{
	rig_log_fill();
	event_error(rig, "one");
	event_error(rig, "two");
	ck_assert_uint_eq(rig->section->unreported, 2);
	event_flush(rig);
	ck_assert_uint_eq(rig->section->unreported, 2);
	rig_log_empty();
	event_flush(rig);
	ck_assert(rig_record(&r));
	ck_assert_str_eq(r.f.event, "lost");
	ck_assert_str_eq(rig_value(&r, "records"), "2");
	ck_assert_uint_eq(rig->section->unreported, 0);
	ck_assert_uint_eq(atomic_load(&rig->section->n.lost), 2);
	event_flush(rig);
	ck_assert(!rig_record(&r));
}
END_TEST

START_TEST(tolerates_a_log_without_a_reader)
{
	signal(SIGPIPE, SIG_IGN);
	close(rig_log);
	event_error(rig, "one");
	ended(1);
	event_flush(rig);
	ck_assert(TAILQ_EMPTY(&rig->children.queue[CHILD_ENDED]));
	ck_assert(!rig->log_full);
}
END_TEST

static struct addr
peer(void)
{
	struct addr a;

	ck_assert_int_eq(addr_from_ip("192.0.2.1", &a), 0);
	a.port = 99;
	return a;
}

START_TEST(logs_at_the_end_what_was_suppressed)
{
	struct addr a = peer();
	int i;

	for (i = 0; i < 5; i++)
		event_refused(rig, REFUSED_PER_SOURCE, &a, 10000);
	ck_assert(rig_record(&r));
	(void)event_suppressed(rig, 0, true);
	ck_assert(rig_record(&r));
	ck_assert_str_eq(r.f.event, "refused");
	ck_assert_str_eq(rig_value(&r, "reason"), "per_source");
	ck_assert_str_eq(rig_value(&r, "not_shown"), "4");
	(void)event_suppressed(rig, 0, true);
	ck_assert(!rig_record(&r));
}
END_TEST

START_TEST(logs_a_refusal_once_a_second_and_reason)
{
	struct addr a = peer();
	int i;

	for (i = 0; i < 50; i++)
		event_refused(rig, REFUSED_PER_SOURCE, &a, 10000 + i);
	event_refused(rig, REFUSED_ACCESS, &a, 10050);
	ck_assert(rig_record(&r));
	ck_assert_str_eq(r.f.event, "refused");
	ck_assert_int_eq(r.f.level, LEVEL_NOTICE);
	ck_assert_str_eq(rig_value(&r, "reason"), "per_source");
	ck_assert_str_eq(rig_value(&r, "peer"), "192.0.2.1:99");
	ck_assert_str_eq(rig_value(&r, "not_shown"), "0");
	ck_assert(rig_record(&r));
	ck_assert_str_eq(rig_value(&r, "reason"), "no_access");
	ck_assert(!rig_record(&r));
	ck_assert_uint_eq(atomic_load(&rig->section->n
					   .refused[REFUSED_PER_SOURCE]),
	    50);
	event_refused(rig, REFUSED_PER_SOURCE, &a, 11000);
	ck_assert(rig_record(&r));
	ck_assert_str_eq(rig_value(&r, "not_shown"), "49");
}
END_TEST

START_TEST(logs_later_what_was_suppressed)
{
	struct addr a = peer();

	ck_assert_int_eq(event_suppressed(rig, 9999, false), 0);
	event_refused(rig, REFUSED_RATE, &a, 10000);
	event_refused(rig, REFUSED_RATE, &a, 10001);
	event_refused(rig, REFUSED_RATE, &a, 10002);
	ck_assert(rig_record(&r));
	ck_assert_int_eq(event_suppressed(rig, 10500, false), 11000);
	ck_assert(!rig_record(&r));
	ck_assert_int_eq(event_suppressed(rig, 11000, false), 0);
	ck_assert(rig_record(&r));
	ck_assert_str_eq(rig_value(&r, "not_shown"), "2");
	ck_assert_ptr_null(rig_value(&r, "peer"));
	ck_assert_int_eq(event_suppressed(rig, 12000, false), 0);
	ck_assert(!rig_record(&r));
}
END_TEST

/* The times are on the scoreboard, which others can write to. */
START_TEST(tolerates_garbage_in_shared_times)
{
	static const int64_t bad[] = { INT64_MIN, INT64_MIN + 1, -1, INT64_MAX,
		INT64_MAX - 1, 10000000 };
	struct addr a = peer();
	int64_t due;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		_Atomic int64_t *said = &rig->board->head
					     ->refused_us[REFUSED_RATE];

		event_refused(rig, REFUSED_RATE, &a, 10000);
		rig->refused[REFUSED_RATE].not_shown = 3;
		atomic_store(said, bad[i]);
		due = event_suppressed(rig, 10001, false);
		ck_assert_msg(due == 0 || (due > 10001 && due <= 12000),
		    "%lld: %lld", (long long)bad[i], (long long)due);
		atomic_store(said, bad[i]);
		rig_log_empty();
		event_refused(rig, REFUSED_RATE, &a, 10002);
		ck_assert(rig_record(&r));
		rig_log_empty();
		atomic_store(said, 0);
	}
}
END_TEST

START_TEST(logs_a_resource_error_once_a_second)
{
	int i;

	for (i = 0; i < 10; i++)
		event_resource(rig, RESOURCE_ACCEPT, "accept4", "RLIMIT_NOFILE",
		    EMFILE);
	event_resource(rig, RESOURCE_FORK, "fork", NULL, EAGAIN);
	ck_assert(rig_record(&r));
	ck_assert_str_eq(r.f.event, "accept");
	ck_assert_int_eq(r.f.level, LEVEL_WARNING);
	ck_assert_str_eq(rig_value(&r, "call"), "accept4");
	ck_assert_str_eq(rig_value(&r, "limit"), "RLIMIT_NOFILE");
	ck_assert_str_eq(rig_value(&r, "msg"), "Too many open files");
	ck_assert(rig_record(&r));
	ck_assert_str_eq(r.f.event, "fork");
	ck_assert_ptr_null(rig_value(&r, "limit"));
	ck_assert(!rig_record(&r));
	rig->resource[RESOURCE_ACCEPT].full_us = 0;
	event_resource(rig, RESOURCE_ACCEPT, "accept4", "RLIMIT_NOFILE",
	    EMFILE);
	ck_assert(rig_record(&r));
	ck_assert_str_eq(rig_value(&r, "not_shown"), "9");
}
END_TEST

static void
with_starts(struct settings_builder *b)
{
	settings_of(b)->log_starts = 1;
}

START_TEST(says_starts_where_they_are_wanted)
{
	struct scoreboard_slot slot = { .id = 3, .pid = 42, .peer = peer() };

	event_start(rig, &slot);
	ck_assert(!rig_record(&r));
	rig_make(with_starts, 4);
	event_start(rig, &slot);
	ck_assert(rig_record(&r));
	ck_assert_str_eq(r.f.event, "start");
	ck_assert_int_eq(r.f.level, LEVEL_DEBUG);
	ck_assert_str_eq(rig_value(&r, "id"), "3");
	ck_assert_str_eq(rig_value(&r, "peer"), "192.0.2.1:99");
	ck_assert_str_eq(rig_value(&r, "pid"), "42");
}
END_TEST

/* A session may leave anything in its slot: one good record each. */
START_TEST(writes_good_records_of_scribbled_slots)
{
	struct child *ch[50];
	int i, round;

	for (round = 0; round < 20; round++) {
		for (i = 0; i < 50; i++)
			ch[i] = ended((uint64_t)i);
		for (i = 0; i < 50; i++)
			arc4random_buf(rig_slot(child_slot(&rig->children,
					   ch[i])),
			    sizeof(struct scoreboard_slot));
		event_flush(rig);
		for (i = 0; i < 50; i++) {
			ck_assert(rig_record(&r));
			ck_assert_int_eq(r.kind, RECORD_END);
		}
		ck_assert(!rig_record(&r));
	}
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, writes_an_end_and_frees_its_slot);
	tcase_add_test(tc, frees_the_slot_at_once_where_ends_are_not_logged);
	tcase_add_test(tc, writes_many_ends_in_their_order);
	tcase_add_test(tc, keeps_ends_while_the_pipe_is_full);
	tcase_add_test(tc, counts_events_that_did_not_fit_and_says_so);
	tcase_add_test(tc, tolerates_a_log_without_a_reader);
	tcase_add_test(tc, logs_at_the_end_what_was_suppressed);
	tcase_add_test(tc, logs_a_refusal_once_a_second_and_reason);
	tcase_add_test(tc, logs_later_what_was_suppressed);
	tcase_add_test(tc, tolerates_garbage_in_shared_times);
	tcase_add_test(tc, logs_a_resource_error_once_a_second);
	tcase_add_test(tc, says_starts_where_they_are_wanted);
	tcase_add_test(tc, writes_good_records_of_scribbled_slots);
}

int
main(void)
{
	return rig_main("events", add);
}
