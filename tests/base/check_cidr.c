/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <string.h>

#include "base/addr.h"
#include "runner.h"

static struct addr
ip(const char *text)
{
	struct addr a;

	ck_assert_msg(addr_from_ip(text, &a) == 0, "%s", text);
	return a;
}

static struct cidr
network(const char *text)
{
	struct cidr net;
	const char *why = cidr_parse(text, &net);

	ck_assert_msg(why == NULL, "%s: %s", text, why);
	return net;
}

START_TEST(reads_networks)
{
	static const struct {
		const char *text, *addr;
		unsigned int bits;
	} row[] = {
		{ "10.0.0.0/8", "10.0.0.0", 8 },
		{ "0.0.0.0/0", "0.0.0.0", 0 },
		{ "192.0.2.1/32", "192.0.2.1", 32 },
		{ "192.0.2.128/25", "192.0.2.128", 25 },
		{ "192.0.2.1", "192.0.2.1", 32 },
		{ "2001:db8::/32", "2001:db8::", 32 },
		{ "::/0", "::", 0 },
		{ "::1", "::1", 128 },
		{ "::1/128", "::1", 128 },
		{ "fe80::/10", "fe80::", 10 },
		{ "::ffff:10.0.0.0/104", "10.0.0.0", 8 },
		{ "::ffff:0:0/96", "0.0.0.0", 0 },
		{ "::ffff:10.0.0.1", "10.0.0.1", 32 },
	};
	struct addr want;
	struct cidr net;
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		net = network(row[i].text);
		want = ip(row[i].addr);
		ck_assert_mem_eq(&net.addr, &want, sizeof(want));
		ck_assert_uint_eq(net.bits, row[i].bits);
	}
}
END_TEST

START_TEST(refuses_what_is_no_network)
{
	static const char *const row[][2] = {
		{ "", "empty address" },
		{ "/8", "not an IP address" },
		{ "10/8", "not an IP address" },
		{ "10.0.0/24", "not an IP address" },
		{ "localhost", "not an IP address" },
		{ "10.0.0.0:7", "not an IP address" },
		{ "[::1]/128", "not an IP address" },
		{ " 10.0.0.0/8", "not an IP address" },
		{ "10.0.0.0 /8", "not an IP address" },
		{ "010.0.0.0/8", "not an IP address" },
		{ "*", "not an IP address" },
		{ "10.0.0.0/", "bad prefix length" },
		{ "10.0.0.0/ 8", "bad prefix length" },
		{ "10.0.0.0/8 ", "bad prefix length" },
		{ "10.0.0.0/+8", "bad prefix length" },
		{ "10.0.0.0/-8", "bad prefix length" },
		{ "10.0.0.0/08", "bad prefix length" },
		{ "10.0.0.0/8x", "bad prefix length" },
		{ "10.0.0.0/8/8", "bad prefix length" },
		{ "10.0.0.0/255.0.0.0", "bad prefix length" },
		{ "10.0.0.0/4294967304", "bad prefix length" },
		{ "10.0.0.0/33", "prefix too long" },
		{ "::/129", "prefix too long" },
		{ "::/999", "prefix too long" },
		{ "::ffff:10.0.0.0/129", "prefix too long" },
		{ "::ffff:10.0.0.0/8",
		    "prefix too short for an IPv4-mapped address" },
		{ "::ffff:0:0/95",
		    "prefix too short for an IPv4-mapped address" },
		{ "10.0.0.1/8", "host bits are set" },
		{ "10.0.0.1/31", "host bits are set" },
		{ "0.0.0.1/0", "host bits are set" },
		{ "2001:db8::1/32", "host bits are set" },
		{ "::1/0", "host bits are set" },
		{ "fe80::1%1/128", "a network has no zone" },
		{ "fe80::1%lo", "a network has no zone" },
	};
	static const struct cidr nothing;
	struct cidr net;
	const char *why;
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		memset(&net, 0xa5, sizeof(net));
		why = cidr_parse(row[i][0], &net);
		ck_assert_msg(why != NULL, "%s was taken", row[i][0]);
		ck_assert_msg(strcmp(why, row[i][1]) == 0, "%s: %s", row[i][0],
		    why);
		ck_assert_mem_eq(&net, &nothing, sizeof(net));
	}
}
END_TEST

START_TEST(refuses_a_text_of_a_megabyte)
{
	static char text[1 << 20];
	struct cidr net;

	memset(text, '1', sizeof(text) - 1);
	ck_assert_ptr_nonnull(cidr_parse(text, &net));
	memcpy(text, "1.1.1.1/", 8);
	ck_assert_ptr_nonnull(cidr_parse(text, &net));
}
END_TEST

START_TEST(contains_what_agrees_in_the_prefix)
{
	static const struct {
		const char *net, *addr;
		bool want;
	} row[] = {
		{ "10.0.0.0/8", "10.255.255.255", true },
		{ "10.0.0.0/8", "11.0.0.0", false },
		{ "10.0.0.0/8", "9.255.255.255", false },
		{ "0.0.0.0/0", "255.255.255.255", true },
		{ "0.0.0.0/1", "127.255.255.255", true },
		{ "0.0.0.0/1", "128.0.0.0", false },
		{ "192.0.2.0/31", "192.0.2.1", true },
		{ "192.0.2.0/31", "192.0.2.2", false },
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.0", false },
		{ "192.0.2.128/25", "192.0.2.127", false },
		{ "192.0.2.128/25", "192.0.2.128", true },
		{ "10.0.0.0/8", "::ffff:10.0.0.1", true },
		{ "::ffff:10.0.0.0/104", "10.1.1.1", true },
		{ "::/0", "2001:db8::1", true },
		{ "::/0", "10.0.0.1", false },
		{ "0.0.0.0/0", "::1", false },
		{ "2001:db8::/32", "2001:db8:ffff::", true },
		{ "2001:db8::/32", "2001:db9::", false },
		{ "::1", "::1", true },
		{ "::", "::1", false },
		{ "::2/127", "::3", true },
		{ "::2/127", "::1", false },
	};
	struct cidr net;
	struct addr a;
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		net = network(row[i].net);
		a = ip(row[i].addr);
		a.port = 4711;
		ck_assert_msg(cidr_contains(&net, &a) == row[i].want, "%s, %s",
		    row[i].net, row[i].addr);
	}
}
END_TEST

START_TEST(contains_link_local_peers_of_every_zone)
{
	struct cidr net = network("fe80::/10");
	struct addr a = ip("fe80::1%7");

	ck_assert(cidr_contains(&net, &a));
}
END_TEST

START_TEST(makes_the_network_of_one_address)
{
	struct addr a = ip("192.0.2.1"), other = ip("192.0.2.0");
	struct cidr net, want = network("192.0.2.1/32");

	a.port = 7;
	cidr_from_addr(&a, &net);
	ck_assert_mem_eq(&net, &want, sizeof(net));
	ck_assert(cidr_contains(&net, &a));
	ck_assert(!cidr_contains(&net, &other));
	a = ip("fe80::1%7");
	want = network("fe80::1");
	cidr_from_addr(&a, &net);
	ck_assert_mem_eq(&net, &want, sizeof(net));
}
END_TEST

START_TEST(holds_no_unix_peer)
{
	struct addr a = { .family = AF_UNIX };
	struct addr none = { .family = AF_UNSPEC };
	struct cidr net = network("0.0.0.0/0");

	ck_assert(!cidr_contains(&net, &a));
	ck_assert(!cidr_contains(&net, &none));
	cidr_from_addr(&a, &net);
	ck_assert(!cidr_contains(&net, &a));
	cidr_from_addr(&none, &net);
	ck_assert(!cidr_contains(&net, &none));
}
END_TEST

START_TEST(contains_nothing_when_its_prefix_is_impossible)
{
	struct cidr net = network("10.0.0.1");
	struct addr a = ip("10.0.0.1");

	net.bits = 33;
	ck_assert(!cidr_contains(&net, &a));
	net.bits = 255;
	ck_assert(!cidr_contains(&net, &a));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, reads_networks);
	tcase_add_test(tc, refuses_what_is_no_network);
	tcase_add_test(tc, refuses_a_text_of_a_megabyte);
	tcase_add_test(tc, contains_what_agrees_in_the_prefix);
	tcase_add_test(tc, contains_link_local_peers_of_every_zone);
	tcase_add_test(tc, makes_the_network_of_one_address);
	tcase_add_test(tc, holds_no_unix_peer);
	tcase_add_test(tc, contains_nothing_when_its_prefix_is_impossible);
}

int
main(void)
{
	return runner_main("base/cidr", add);
}
