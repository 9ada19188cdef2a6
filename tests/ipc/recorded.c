/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <check.h>

#include "ipc/recorded.h"

static uint32_t state = RECORDED_SEED;

uint32_t
recorded_any(uint32_t below)
{
	state = state * 1664525 + 1013904223;
	return (uint32_t)(((uint64_t)state * below) >> 32);
}

struct scoreboard_slot
recorded_slot(void)
{
	struct scoreboard_slot s = { .id = 17,
		.start_ms = 1000,
		.until_ms = 1012,
		.in = 64,
		.out = 65,
		.pid = 4242,
		.status = 3 << 8,
		.state = SLOT_ENDED,
		.reason = END_IDLE,
		.listener = 2,
		.maxrss_kib = 400,
		.utime_us = 5,
		.stime_us = 6,
		.nth = 7,
		.program = 1 };

	ck_assert_int_eq(addr_from_ip("127.0.0.1", &s.peer), 0);
	ck_assert_int_eq(addr_from_ip("fe80::1%1", &s.local), 0);
	s.peer.port = 50312;
	s.local.port = 7;
	return s;
}
