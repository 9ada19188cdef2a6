/* SPDX-License-Identifier: ISC */
/* Goal of these tests: a session is meant by all that a request names. */
#include "config.h"

#include <string.h>

#include "ipc/selection.h"
#include "runner.h"

#define NOW INT64_C(100000)

static const struct {
	struct command_request r;
	const char *peer; /* NULL: a Unix peer */
	const char *text;
	bool has;
} rows[] = {
	{ { .id = 0 }, "192.0.2.1", "all", true },
	{ { .id = 0 }, NULL, "all", true },
	{ { .id = 7 }, "192.0.2.1", "7", true },
	{ { .id = 8 }, "192.0.2.1", "8", false },
	{ { .ms = 999 }, "192.0.2.1", "older than 999 ms", true },
	{ { .ms = 1000 }, "192.0.2.1", "older than 1000 ms", false },
	{ { .family = 4, .bits = 24, .network = { 192, 0, 2 } }, "192.0.2.1",
	    "192.0.2.0/24", true },
	{ { .family = 4, .bits = 32, .network = { 192, 0, 2, 2 } }, "192.0.2.1",
	    "192.0.2.2/32", false },
	{ { .family = 4 }, "192.0.2.1", "0.0.0.0/0", true },
	{ { .family = 4 }, "2001:db8::1", "0.0.0.0/0", false },
	{ { .family = 4 }, NULL, "0.0.0.0/0", false },
	{ { .family = 6, .bits = 32, .network = { 0x20, 1, 0xd, 0xb8 } },
	    "2001:db8::1", "2001:db8::/32", true },
	{ { .family = 6 }, "192.0.2.1", "::/0", false },
	{ { .id = 7, .ms = 1, .family = 4, .bits = 8, .network = { 192 } },
	    "192.0.2.1", "7 192.0.0.0/8 older than 1 ms", true },
	{ { .id = 8, .ms = 1, .family = 4, .bits = 8, .network = { 192 } },
	    "192.0.2.1", "8 192.0.0.0/8 older than 1 ms", false },
};

START_TEST(means_a_session)
{
	struct addr peer = { .family = AF_UNIX };
	const struct selectable session = {
		.id = 7, .start_ms = NOW - 1000, .peer = &peer
	};
	char buf[160];

	if (rows[_i].peer != NULL)
		ck_assert_int_eq(addr_from_ip(rows[_i].peer, &peer), 0);
	ck_assert_int_eq(selection_has(&rows[_i].r, &session, NOW),
	    rows[_i].has);
	ck_assert_str_eq(selection_text(&rows[_i].r, buf, sizeof(buf)),
	    rows[_i].text);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(tc, means_a_session, 0,
	    (int)(sizeof(rows) / sizeof(rows[0])));
}

int
main(void)
{
	return runner_main("selection", add);
}
