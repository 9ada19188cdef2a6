/* SPDX-License-Identifier: ISC */
/* The end record of a slot, and peers as they are shown. */
#include "config.h"

#include <arpa/inet.h>

#include <string.h>

#include <bsd/stdlib.h>

#include "logger/logend.h"
#include "logger/written.h"
#include "runner.h"

static struct scoreboard_slot
a_slot(const char *peer, const char *local)
{
	struct scoreboard_slot slot = { .id = 17,
		.start_ms = 1000,
		.until_ms = 1012,
		.in = 64,
		.out = 65,
		.pid = 4242,
		.state = SLOT_ENDED };

	ck_assert_int_eq(addr_from_ip(peer, &slot.peer), 0);
	ck_assert_int_eq(addr_from_ip(local, &slot.local), 0);
	slot.peer.port = 50312;
	slot.local.port = 7;
	return slot;
}

static const char *
end_of(const struct scoreboard_slot *slot, const char *service,
    const char *listener, enum log_peer how)
{
	struct record_fields f = { .level = LEVEL_INFO, .event = "end" };
	struct end_store store;

	memset(&store, 0xff, sizeof(store));
	record_add(&f, "service", service);
	logend_fields(slot, listener, how, &store, &f);
	return text_of(&f);
}

START_TEST(the_end_of_a_built_in_session_is_as_documented)
{
	struct scoreboard_slot slot = a_slot("127.0.0.1", "127.0.0.1");

	ck_assert_str_eq(end_of(&slot, "echo", NULL, PEER_FULL),
	    "info end service=echo id=17 proto=tcp peer=127.0.0.1:50312 "
	    "local=127.0.0.1:7 pid=4242 in=64 out=65 ms=12 exit=0\n");
	slot.status = 9;
	slot.reason = END_IDLE;
	slot.id = UINT64_MAX;
	ck_assert_str_eq(end_of(&slot, "echo", NULL, PEER_FULL),
	    "info end service=echo id=18446744073709551615 proto=tcp "
	    "peer=127.0.0.1:50312 local=127.0.0.1:7 pid=4242 in=64 out=65 "
	    "ms=12 signal=9 reason=idle_timeout\n");
}
END_TEST

START_TEST(the_end_of_a_program_has_what_it_used_and_no_bytes)
{
	struct scoreboard_slot slot = a_slot("2001:db8::1", "::1");

	slot.program = 1;
	slot.status = 3 << 8;
	slot.reason = END_MAX;
	slot.utime_us = 1500;
	slot.stime_us = 2500;
	slot.maxrss_kib = 4096;
	ck_assert_str_eq(end_of(&slot, "git", NULL, PEER_FULL),
	    "info end service=git id=17 proto=tcp peer=[2001:db8::1]:50312 "
	    "local=[::1]:7 pid=4242 ms=12 exit=3 reason=max_time "
	    "utime_us=1500 stime_us=2500 maxrss_kib=4096\n");
}
END_TEST

START_TEST(the_end_on_a_unix_socket_names_its_listener)
{
	struct scoreboard_slot slot = { .id = 1,
		.pid = 2,
		.start_ms = 5,
		.until_ms = 5,
		.peer = { .family = AF_UNIX, .cred = { 1000, 100, 77 } },
		.local = { .family = AF_UNIX } };

	ck_assert_str_eq(end_of(&slot, "echo", "unix:/run/echo.sock",
			     PEER_FULL),
	    "info end service=echo id=1 proto=unix "
	    "peer=uid:1000,gid:100,pid:77 local=unix:/run/echo.sock pid=2 "
	    "in=0 out=0 ms=0 exit=0\n");
	ck_assert_str_eq(end_of(&slot, "echo", NULL, PEER_PREFIX),
	    "info end service=echo id=1 proto=unix peer=uid:1000 local=unix "
	    "pid=2 in=0 out=0 ms=0 exit=0\n");
}
END_TEST

START_TEST(a_scribbled_slot_is_still_one_line)
{
	struct scoreboard_slot slot;
	int i;

	for (i = 0; i < 5000; i++) {
		arc4random_buf(&slot, sizeof(slot));
		if (i % 2 == 0)
			slot.peer.family = AF_INET6;
		if (i % 3 == 0)
			slot.local.family = AF_UNIX;
		check_reads(end_of(&slot, "echo", "unix:/x", PEER_PREFIX));
		ck_assert_str_eq(logline_value(&last_read, "service"), "echo");
	}
	memset(&slot, 0xff, sizeof(slot));
	check_reads(end_of(&slot, "echo", "unix:/x", PEER_PREFIX));
	ck_assert_str_eq(logline_value(&last_read, "peer"), "-");
	slot.start_ms = INT64_MIN;
	slot.until_ms = INT64_MAX;
	end_of(&slot, "echo", "unix:/x", PEER_PREFIX);
}
END_TEST

START_TEST(peers_are_shown_as_configured)
{
	static const struct {
		const char *ip; /* NULL: a Unix peer */
		uint16_t port;
		const char *full, *prefix;
	} table[] = {
		{ "127.0.0.1", 5555, "127.0.0.1:5555", "127.0.0.0/24" },
		{ "192.0.2.255", 0, "192.0.2.255:0", "192.0.2.0/24" },
		{ "2001:db8:1:2ff:3::4", 65535, "[2001:db8:1:2ff:3::4]:65535",
		    "2001:db8:1:200::/56" },
		{ "fe80::1%1", 7, "[fe80::1%1]:7", "fe80::/56" },
		{ NULL, 0, "uid:1000,gid:100,pid:77", "uid:1000" },
	};
	const struct addr other = { .family = AF_UNSPEC, .port = 7 };
	char buf[ADDR_TEXT_MAX];
	struct addr a;
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		a = (struct addr) { .family = AF_UNIX,
			.cred = { 1000, 100, 77 } };
		if (table[i].ip != NULL)
			ck_assert_int_eq(addr_from_ip(table[i].ip, &a), 0);
		a.port = table[i].port;
		ck_assert_str_eq(logend_peer(&a, PEER_FULL, buf, sizeof(buf)),
		    table[i].full);
		ck_assert_str_eq(logend_peer(&a, PEER_PREFIX, buf, sizeof(buf)),
		    table[i].prefix);
		ck_assert_str_eq(logend_peer(&a, PEER_NONE, buf, sizeof(buf)),
		    "-");
	}
	ck_assert_str_eq(logend_peer(&other, PEER_FULL, buf, sizeof(buf)), "-");
	ck_assert_str_eq(logend_peer(&other, PEER_PREFIX, buf, sizeof(buf)),
	    "-");
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, the_end_of_a_built_in_session_is_as_documented);
	tcase_add_test(tc, the_end_of_a_program_has_what_it_used_and_no_bytes);
	tcase_add_test(tc, the_end_on_a_unix_socket_names_its_listener);
	tcase_add_test(tc, a_scribbled_slot_is_still_one_line);
	tcase_add_test(tc, peers_are_shown_as_configured);
}

int
main(void)
{
	return runner_main("logend", add);
}
