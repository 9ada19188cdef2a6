/* SPDX-License-Identifier: ISC */
/*
 * Records of sessions that have ended: a slot goes in and comes out, and of
 * what somebody has scribbled into one only what can be true.
 */
#include "config.h"

#include <sys/socket.h>

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "ipc/record.h"
#include "ipc/recorded.h"
#include "runner.h"

START_TEST(carries_a_slot_that_ended)
{
	struct scoreboard_slot s = recorded_slot(), got;
	char buf[256];
	size_t n = record_end(&s, buf, sizeof(buf));

	ck_assert_uint_gt(n, 0);
	ck_assert_int_eq(record_next(buf, sizeof(buf)), (int)n);
	memset(&got, 0xa5, sizeof(got));
	ck_assert_int_eq(record_slot(buf, n, &got), 0);
	ck_assert_mem_eq(&got, &s, sizeof(s));
}
END_TEST

START_TEST(writes_no_slot_where_it_does_not_fit)
{
	struct scoreboard_slot s = recorded_slot();
	char buf[256];
	size_t n = record_end(&s, buf, sizeof(buf));

	ck_assert_uint_eq(record_end(&s, buf, n), n);
	ck_assert_uint_eq(record_end(&s, buf, n - 1), 0);
	ck_assert_uint_eq(record_end(&s, buf, 0), 0);
}
END_TEST

START_TEST(keeps_what_a_scribbler_leaves_of_a_slot)
{
	struct scoreboard_slot s = recorded_slot(), got;
	char buf[256];

	s.state = SLOT_TAKEN;
	s.reason = 200;
	s.pid = -1;
	s.until_ms = INT64_MIN;
	s.status = 0x137f; /* stopped, not ended */
	s.program = 77;
	s.peer.ip[15] = 1;
	s.peer.scope = 3;
	s.local.family = 99;
	record_end(&s, buf, sizeof(buf));
	ck_assert_int_eq(record_slot(buf, record_end(&s, buf, sizeof(buf)),
			     &got),
	    0);
	ck_assert_uint_eq(got.id, 17);
	ck_assert_uint_eq(got.state, SLOT_ENDED);
	ck_assert_uint_eq(got.reason, END_BY_ITSELF);
	ck_assert_int_eq(got.pid, 0);
	ck_assert_int_eq(got.until_ms, 1000);
	ck_assert_int_eq(got.status, 0);
	ck_assert_uint_eq(got.program, 1);
	ck_assert_uint_eq(got.peer.port, 50312);
	ck_assert_uint_eq(got.peer.scope, 0);
	ck_assert_uint_eq(got.peer.ip[15], 0);
	ck_assert_uint_eq(got.local.family, AF_UNSPEC);
}
END_TEST

/* Nobody but a scribbler leaves one: what accepts makes it IPv4. */
START_TEST(carries_no_mapped_address)
{
	static const uint8_t mapped[16] = {
		[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1
	};
	static const struct addr none;
	struct scoreboard_slot s = recorded_slot(), got;
	char buf[256];
	size_t n;

	s.peer.family = AF_INET6;
	memcpy(s.peer.ip, mapped, sizeof(mapped));
	ck_assert_uint_gt(n = record_end(&s, buf, sizeof(buf)), 0);
	ck_assert_int_eq(record_slot(buf, n, &got), 0);
	ck_assert_mem_eq(&got.peer, &none, sizeof(none));
	ck_assert_mem_eq(&got.local, &s.local, sizeof(none));
}
END_TEST

START_TEST(writes_any_scribbled_slot_so_that_it_is_read)
{
	unsigned char bytes[sizeof(struct scoreboard_slot)];
	struct scoreboard_slot s, got;
	char buf[256];
	int round;
	size_t i, n;

	printf("# seed %d\n", RECORDED_SEED);
	for (round = 0; round < RECORDED_ROUNDS; round++) {
		s = recorded_slot();
		memcpy(bytes, &s, sizeof(s));
		for (i = 0; i < sizeof(bytes); i++) {
			if (round % 2 == 0 || recorded_any(16) == 0)
				bytes[i] = (unsigned char)recorded_any(256);
		}
		memcpy(&s, bytes, sizeof(s));
		s.peer.family = (uint8_t)recorded_any(12);
		n = record_end(&s, buf, sizeof(buf));
		ck_assert_int_eq(record_slot(buf, n, &got), 0);
		ck_assert_uint_eq(got.id, s.id);
		ck_assert_int_ge(got.until_ms, got.start_ms);
	}
}
END_TEST

/* Sets one byte of a slot's record; whether it is still taken. */
static int
with_byte(size_t at, unsigned char value)
{
	struct scoreboard_slot s = recorded_slot(), got;
	unsigned char buf[256];
	size_t n = record_end(&s, buf, sizeof(buf));

	buf[sizeof(struct record_head) + at] = value;
	return record_slot(buf, n, &got);
}

START_TEST(refuses_malformed_slots)
{
	ck_assert_int_eq(with_byte(offsetof(struct scoreboard_slot, id), 1), 0);
	ck_assert_int_eq(with_byte(offsetof(struct scoreboard_slot, state),
			     SLOT_TAKEN),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct scoreboard_slot, reason),
			     END_REASONS),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct scoreboard_slot,
				       peer.family),
			     99),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct scoreboard_slot, peer.pad),
			     1),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct scoreboard_slot, peer.ip) +
				 9,
			     1),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct scoreboard_slot, pid) + 3,
			     0x80),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct scoreboard_slot, start_ms) +
				 7,
			     0x80),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct scoreboard_slot, start_ms) +
				 5,
			     1),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct scoreboard_slot, status),
			     0x7f),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct scoreboard_slot, status) + 2,
			     1),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct scoreboard_slot, program),
			     2),
	    -1);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, carries_a_slot_that_ended);
	tcase_add_test(tc, writes_no_slot_where_it_does_not_fit);
	tcase_add_test(tc, keeps_what_a_scribbler_leaves_of_a_slot);
	tcase_add_test(tc, carries_no_mapped_address);
	tcase_add_test(tc, writes_any_scribbled_slot_so_that_it_is_read);
	tcase_add_test(tc, refuses_malformed_slots);
}

int
main(void)
{
	return runner_main("base/record_slot", add);
}
