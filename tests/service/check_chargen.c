/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "runner.h"
#include "service/harness.h"

#define CYCLE (95 * 74)

static char text[3 * CYCLE];
static char block[1 << 17];

START_TEST(sends_the_lines_of_rfc_864_again_and_again)
{
	struct harness h;
	int i;

	harness_run(&h, _i, BUILTIN_chargen, 0);
	ck_assert_int_eq(recv(h.fd, text, sizeof(text), MSG_WAITALL),
	    (int)sizeof(text));
	close(h.fd);
	harness_end(&h);
	ck_assert_mem_eq(text,
	    " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKL"
	    "MNOPQRSTUVWXYZ[\\]^_`abcdefg\r\n!\"#",
	    77);
	for (i = 0; i < 95; i++) {
		ck_assert_mem_eq(text + i * 74 + 72, "\r\n", 2);
		ck_assert_int_eq(text[i * 74], ' ' + i);
		ck_assert_int_eq(text[i * 74 + 71], ' ' + (i + 71) % 95);
	}
	ck_assert_mem_eq(text, text + CYCLE, CYCLE);
	ck_assert_mem_eq(text, text + 2 * CYCLE, CYCLE);
	ck_assert_uint_ge(h.slot->out, sizeof(text));
	ck_assert_int_eq(h.slot->reason, END_BY_ITSELF);
}
END_TEST

START_TEST(goes_on_for_a_peer_that_has_only_half_closed)
{
	struct harness h;
	int i;

	harness_run(&h, _i, BUILTIN_chargen, 5000);
	shutdown(h.fd, SHUT_WR);
	for (i = 0; i < 500; i++)
		ck_assert_int_eq(recv(h.fd, text, sizeof(text), MSG_WAITALL),
		    (int)sizeof(text));
	close(h.fd);
	harness_end(&h);
}
END_TEST

START_TEST(takes_what_a_peer_sends_that_does_not_read_yet)
{
	struct harness h;
	int i;

	harness_run(&h, _i, BUILTIN_chargen, 5000);
	for (i = 0; i < 400; i++)
		harness_send(&h, block, sizeof(block));
	ck_assert_int_eq(recv(h.fd, text, sizeof(text), MSG_WAITALL),
	    (int)sizeof(text));
	close(h.fd);
	harness_end(&h);
	ck_assert_uint_gt(h.slot->in, 0);
}
END_TEST

START_TEST(ends_a_peer_that_does_nothing)
{
	struct harness h;

	harness_run(&h, _i, BUILTIN_chargen, 100);
	harness_end(&h);
	ck_assert_int_ge(harness_ms(), 99);
	ck_assert_int_eq(h.slot->reason, END_IDLE);
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_loop_test(t, sends_the_lines_of_rfc_864_again_and_again, 0,
	    KIND_COUNT);
	tcase_add_loop_test(t, goes_on_for_a_peer_that_has_only_half_closed, 0,
	    KIND_COUNT);
	tcase_add_loop_test(t, takes_what_a_peer_sends_that_does_not_read_yet,
	    0, KIND_COUNT);
	tcase_add_loop_test(t, ends_a_peer_that_does_nothing, 0, KIND_COUNT);
}

int
main(void)
{
	return runner_main("chargen", add);
}
