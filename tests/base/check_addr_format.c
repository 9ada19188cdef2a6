/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/addr.h"
#include "runner.h"

#define ROUNDS 100000

static struct addr
ip(const char *text, uint16_t port)
{
	struct addr a;

	ck_assert_msg(addr_from_ip(text, &a) == 0, "%s", text);
	a.port = port;
	return a;
}

START_TEST(writes_addresses_with_ports)
{
	static const struct {
		const char *ip;
		uint16_t port;
		const char *want;
	} row[] = {
		{ "192.0.2.1", 7, "192.0.2.1:7" },
		{ "0.0.0.0", 0, "0.0.0.0:0" },
		{ "255.255.255.255", 65535, "255.255.255.255:65535" },
		{ "::ffff:10.0.0.1", 10, "10.0.0.1:10" },
		{ "::", 7, "[::]:7" },
		{ "2001:db8::1", 7, "[2001:db8::1]:7" },
		{ "fe80::1%3", 7, "[fe80::1%3]:7" },
		{ "fe80::1%4294967295", 65535, "[fe80::1%4294967295]:65535" },
	};
	char buf[ADDR_TEXT_MAX];
	struct addr a;
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		a = ip(row[i].ip, row[i].port);
		ck_assert_ptr_eq(addr_format(&a, buf, sizeof(buf)), buf);
		ck_assert_str_eq(buf, row[i].want);
	}
}
END_TEST

START_TEST(shortens_ipv6_as_rfc_5952_says)
{
	static const char *const row[][2] = {
		{ "2001:0db8:0:0:0:0:2:1", "2001:db8::2:1" },
		{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
		{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
		{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
		{ "0:0:1:0:0:0:0:0", "0:0:1::" },
		{ "1:0:0:0:0:0:0:0", "1::" },
		{ "0:1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7" },
		{ "0:0:2:3:4:5:6:7", "::2:3:4:5:6:7" },
		{ "1:2:3:4:5:6:0:0", "1:2:3:4:5:6::" },
		{ "ABCD:EF01:0:0:0:0:0:A", "abcd:ef01::a" },
		{ "::", "::" },
		{ "::1", "::1" },
		{ "1000:200:30:4:1000:200:30:4",
		    "1000:200:30:4:1000:200:30:4" },
	};
	char buf[ADDR_TEXT_MAX];
	struct addr a;
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		a = ip(row[i][0], 7);
		addr_format_ip(&a, buf, sizeof(buf));
		ck_assert_str_eq(buf, row[i][1]);
	}
}
END_TEST

/* glibc writes ::1.2.3.4 where the first 96 bits are 0: left out here. */
START_TEST(agrees_with_inet_ntop)
{
	struct addr a = { .family = AF_INET6 };
	char buf[ADDR_TEXT_MAX], want[INET6_ADDRSTRLEN];
	uint32_t random = 4711; /* a fixed seed: the same run each time */
	unsigned int round, i;

	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < 16; i++) {
			random = random * 1664525 + 1013904223;
			a.ip[i] = (uint8_t)(random >> 24);
			if ((random >> 8 & 3) != 0)
				a.ip[i] = 0;
		}
		a.ip[0] |= 1;
		a.family = round % 2 == 0 ? AF_INET6 : AF_INET;
		inet_ntop(a.family, a.ip, want, sizeof(want));
		addr_format_ip(&a, buf, sizeof(buf));
		ck_assert_str_eq(buf, want);
	}
}
END_TEST

START_TEST(writes_an_ip_without_port_and_brackets)
{
	struct addr a = ip("fe80::1%3", 7), b = ip("10.0.0.1", 7);
	char buf[ADDR_TEXT_MAX];

	ck_assert_str_eq(addr_format_ip(&a, buf, sizeof(buf)), "fe80::1%3");
	ck_assert_str_eq(addr_format_ip(&b, buf, sizeof(buf)), "10.0.0.1");
}
END_TEST

START_TEST(writes_the_credentials_of_a_unix_peer)
{
	struct addr a = { .family = AF_UNIX, .cred = { 1000, 100, 4242 } };
	char buf[ADDR_TEXT_MAX];

	ck_assert_str_eq(addr_format(&a, buf, sizeof(buf)),
	    "uid:1000,gid:100,pid:4242");
	a.cred.uid = UINT32_MAX;
	a.cred.gid = 0;
	a.cred.pid = INT32_MIN;
	ck_assert_str_eq(addr_format_ip(&a, buf, sizeof(buf)),
	    "uid:4294967295,gid:0,pid:-2147483648");
}
END_TEST

START_TEST(writes_a_dash_for_no_address)
{
	struct addr a = { .family = AF_UNSPEC };
	char buf[ADDR_TEXT_MAX];

	ck_assert_str_eq(addr_format(&a, buf, sizeof(buf)), "-");
	a.family = 255;
	ck_assert_str_eq(addr_format_ip(&a, buf, sizeof(buf)), "-");
}
END_TEST

START_TEST(cuts_where_the_room_ends)
{
	static const char want[] = "[2001:db8::1%3]:65535";
	struct addr a = ip("2001:db8::1", 65535);
	char buf[64];
	size_t size;

	a.scope = 3;
	for (size = 1; size <= sizeof(want); size++) {
		memset(buf, 'x', sizeof(buf));
		addr_format(&a, buf, size);
		ck_assert_uint_eq(strlen(buf), size - 1);
		ck_assert_mem_eq(buf, want, size - 1);
		ck_assert_int_eq(buf[size], 'x');
	}
	buf[0] = 'x';
	ck_assert_ptr_eq(addr_format(&a, buf, 0), buf);
	ck_assert_int_eq(buf[0], 'x');
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, writes_addresses_with_ports);
	tcase_add_test(tc, shortens_ipv6_as_rfc_5952_says);
	tcase_add_test(tc, agrees_with_inet_ntop);
	tcase_add_test(tc, writes_an_ip_without_port_and_brackets);
	tcase_add_test(tc, writes_the_credentials_of_a_unix_peer);
	tcase_add_test(tc, writes_a_dash_for_no_address);
	tcase_add_test(tc, cuts_where_the_room_ends);
}

int
main(void)
{
	return runner_main("base/addr_format", add);
}
