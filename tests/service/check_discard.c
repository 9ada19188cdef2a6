/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <unistd.h>

#include <check.h>

#include "runner.h"
#include "service/harness.h"

#define BLOCKS 200

static char block[1 << 17];

START_TEST(takes_all_and_says_nothing)
{
	struct harness h;
	char c;
	int i;

	harness_run(&h, _i, BUILTIN_discard, 0);
	for (i = 0; i < BLOCKS; i++)
		harness_send(&h, block, sizeof(block));
	shutdown(h.fd, SHUT_WR);
	ck_assert_uint_eq(harness_read_all(&h, &c, 1), 0);
	harness_end(&h);
	ck_assert_uint_eq(h.slot->in, BLOCKS * sizeof(block));
	ck_assert_uint_eq(h.slot->out, 0);
	ck_assert_int_eq(h.slot->reason, END_BY_ITSELF);
}
END_TEST

START_TEST(ends_an_idle_peer_and_says_so)
{
	struct harness h;
	char c;

	harness_run(&h, _i, BUILTIN_discard, 100);
	harness_send(&h, "x", 1);
	ck_assert_uint_eq(harness_read_all(&h, &c, 1), 0);
	ck_assert_int_ge(harness_ms(), 99);
	harness_end(&h);
	ck_assert_uint_eq(h.slot->in, 1);
	ck_assert_int_eq(h.slot->reason, END_IDLE);
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_loop_test(t, takes_all_and_says_nothing, 0, KIND_COUNT);
	tcase_add_loop_test(t, ends_an_idle_peer_and_says_so, 0, KIND_COUNT);
}

int
main(void)
{
	return runner_main("discard", add);
}
