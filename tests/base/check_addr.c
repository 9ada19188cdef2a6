/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

/* What a peer of that IPv6 address and port looks like to accept(2). */
static struct sockaddr_in6
peer6(const char *text, uint16_t port, uint32_t scope)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	ck_assert_int_eq(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
	in6.sin6_port = htons(port);
	in6.sin6_scope_id = scope;
	return in6;
}

START_TEST(reads_ipv4)
{
	static const uint8_t bytes[16] = { 192, 0, 2, 255 };
	struct addr a = ip("192.0.2.255");

	ck_assert_uint_eq(a.family, AF_INET);
	ck_assert_uint_eq(a.port, 0);
	ck_assert_uint_eq(a.scope, 0);
	ck_assert_mem_eq(a.ip, bytes, sizeof(bytes));
}
END_TEST

START_TEST(reads_ipv6)
{
	static const uint8_t bytes[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
	struct addr a = ip("2001:DB8::1");

	ck_assert_uint_eq(a.family, AF_INET6);
	ck_assert_mem_eq(a.ip, bytes, sizeof(bytes));
}
END_TEST

START_TEST(reads_a_mapped_address_as_ipv4)
{
	struct addr want = ip("127.0.0.1");
	struct addr dotted = ip("::ffff:127.0.0.1"), hex = ip("::ffff:7f00:1");

	ck_assert_mem_eq(&dotted, &want, sizeof(want));
	ck_assert_mem_eq(&hex, &want, sizeof(want));
}
END_TEST

START_TEST(takes_a_compatible_address_for_ipv6)
{
	ck_assert_uint_eq(ip("::127.0.0.1").family, AF_INET6);
	ck_assert_uint_eq(ip("::").family, AF_INET6);
	ck_assert_uint_eq(ip("::ffff:0:127.0.0.1").family, AF_INET6);
}
END_TEST

START_TEST(reads_zones_by_number_and_by_name)
{
	char text[64], name[IF_NAMESIZE];

	ck_assert_uint_eq(ip("fe80::1%3").scope, 3);
	ck_assert_uint_eq(ip("fe80::1%4294967295").scope, UINT32_MAX);
	ck_assert_uint_eq(ip("febf::1%3").scope, 3);
	ck_assert_ptr_nonnull(if_indextoname(if_nametoindex("lo"), name));
	snprintf(text, sizeof(text), "fe80::1%%%s", name);
	ck_assert_uint_eq(ip(text).scope, if_nametoindex("lo"));
}
END_TEST

START_TEST(refuses_what_is_no_address)
{
	static const char *const bad[] = { "", " ", "localhost", "127.1",
		"127.0.0.01", "127.0.0.256", "127.0.0.1 ", " 127.0.0.1",
		"127.0.0.1.", "0x7f.0.0.1", "127.0.0.1:7", "[::1]", ":",
		":::", "1::2::3", "12345::", "::g", "1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:8:9", "::1%lo", "127.0.0.1%lo",
		"::ffff:127.0.0.1%1", "fe80::1%", "fe80::1%0",
		"fe80::1%4294967296", "fe80::1%4294967297",
		"fe80::1%99999999999999999999999", "fe80::1%-1", "fe80::1% 1",
		"fe80::1%no-such-interface", "fe80::1%1%1", "fec0::1%1", "*",
		"::1\n",
		"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000" };
	struct addr a;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(&a, 0xa5, sizeof(a));
		ck_assert_msg(addr_from_ip(bad[i], &a) == -1, "%s", bad[i]);
		ck_assert_msg(a.family == AF_UNSPEC, "%s", bad[i]);
	}
}
END_TEST

START_TEST(refuses_a_text_of_a_megabyte)
{
	static char text[1 << 20];
	struct addr a;

	memset(text, ':', sizeof(text) - 1);
	ck_assert_int_eq(addr_from_ip(text, &a), -1);
	memset(text, '1', sizeof(text) - 1);
	ck_assert_int_eq(addr_from_ip(text, &a), -1);
	memcpy(text, "fe80::1%", 8);
	ck_assert_int_eq(addr_from_ip(text, &a), -1);
}
END_TEST

START_TEST(goes_to_a_sockaddr_and_back)
{
	static const char *const texts[] = { "0.0.0.0", "255.255.255.255",
		"127.0.0.1", "::", "::1", "2001:db8::ff00:42:8329",
		"fe80::1%7" };
	struct sockaddr_storage ss;
	struct addr a, b;
	socklen_t len;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		a = ip(texts[i]);
		a.port = 0x1234;
		len = addr_to_sockaddr(&a, &ss);
		ck_assert_uint_eq(len,
		    a.family == AF_INET ? sizeof(struct sockaddr_in) :
					  sizeof(struct sockaddr_in6));
		memset(&b, 0xa5, sizeof(b));
		addr_from_sockaddr((struct sockaddr *)&ss, &b);
		ck_assert_msg(memcmp(&a, &b, sizeof(a)) == 0, "%s", texts[i]);
	}
}
END_TEST

START_TEST(keeps_the_port_in_host_order)
{
	struct addr a = ip("127.0.0.1");
	struct sockaddr_storage ss;
	struct sockaddr_in in4;

	a.port = 7007;
	addr_to_sockaddr(&a, &ss);
	memcpy(&in4, &ss, sizeof(in4));
	ck_assert_uint_eq(in4.sin_port, htons(7007));
	ck_assert_uint_eq(in4.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
}
END_TEST

START_TEST(makes_a_mapped_peer_ipv4)
{
	struct sockaddr_in6 in6 = peer6("::ffff:192.0.2.1", 4000, 5);
	struct addr a, want = ip("192.0.2.1");

	want.port = 4000;
	addr_from_sockaddr((struct sockaddr *)&in6, &a);
	ck_assert_mem_eq(&a, &want, sizeof(a));
}
END_TEST

START_TEST(keeps_a_scope_only_where_it_means_something)
{
	struct sockaddr_in6 local = peer6("fe80::1", 7, 5);
	struct sockaddr_in6 global = peer6("2001:db8::1", 7, 5);
	struct addr a;

	addr_from_sockaddr((struct sockaddr *)&local, &a);
	ck_assert_uint_eq(a.scope, 5);
	addr_from_sockaddr((struct sockaddr *)&global, &a);
	ck_assert_uint_eq(a.scope, 0);
}
END_TEST

START_TEST(takes_only_the_family_of_a_unix_address)
{
	struct addr a, want = { .family = AF_UNIX };
	struct sockaddr_un sun = { .sun_family = AF_UNIX,
		.sun_path = "/run/x" };

	memset(&a, 0xa5, sizeof(a));
	addr_from_sockaddr((struct sockaddr *)&sun, &a);
	ck_assert_mem_eq(&a, &want, sizeof(a));
}
END_TEST

START_TEST(knows_no_other_family)
{
	struct addr a, none = { .family = AF_UNSPEC };
	struct sockaddr_storage ss = { .ss_family = AF_NETLINK };

	addr_from_sockaddr((struct sockaddr *)&ss, &a);
	ck_assert_mem_eq(&a, &none, sizeof(a));
	ck_assert_uint_eq(addr_to_sockaddr(&none, &ss), 0);
}
END_TEST

START_TEST(ends_a_path_with_its_nul)
{
	struct sockaddr_un sun;

	ck_assert_uint_eq(addr_to_sockaddr_un("/a", &sun),
	    offsetof(struct sockaddr_un, sun_path) + 3);
	ck_assert_uint_eq(sun.sun_family, AF_UNIX);
	ck_assert_str_eq(sun.sun_path, "/a");
}
END_TEST

START_TEST(ends_an_abstract_name_with_its_length)
{
	struct sockaddr_un sun;

	ck_assert_uint_eq(addr_to_sockaddr_un("@ab", &sun),
	    offsetof(struct sockaddr_un, sun_path) + 3);
	ck_assert_mem_eq(sun.sun_path, "\0ab\0", 4);
}
END_TEST

START_TEST(takes_a_path_of_107_bytes_and_no_more)
{
	char path[ADDR_PATH_MAX + 1];
	struct sockaddr_un sun;

	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[107] = '\0';
	ck_assert_uint_eq(addr_to_sockaddr_un(path, &sun), sizeof(sun));
	ck_assert_str_eq(sun.sun_path, path);
	path[107] = 'a';
	path[108] = '\0';
	ck_assert_uint_eq(addr_to_sockaddr_un(path, &sun), 0);
	ck_assert_uint_eq(addr_to_sockaddr_un("", &sun), 0);
}
END_TEST

START_TEST(masks_by_prefix)
{
	static const struct {
		const char *text;
		unsigned int bits;
		const char *want;
	} row[] = {
		{ "192.0.2.255", 32, "192.0.2.255" },
		{ "192.0.2.255", 99, "192.0.2.255" },
		{ "192.0.2.255", 31, "192.0.2.254" },
		{ "192.0.2.255", 25, "192.0.2.128" },
		{ "192.0.2.255", 24, "192.0.2.0" },
		{ "192.0.2.255", 1, "128.0.0.0" },
		{ "192.0.2.255", 0, "0.0.0.0" },
		{ "2001:db8::ffff", 128, "2001:db8::ffff" },
		{ "2001:db8::ffff", 999, "2001:db8::ffff" },
		{ "2001:db8::ffff", 127, "2001:db8::fffe" },
		{ "2001:db8:1:ff00::", 56, "2001:db8:1:ff00::" },
		{ "2001:db8:1:ffff::1", 52, "2001:db8:1:f000::" },
		{ "ffff::", 3, "e000::" },
		{ "ffff::", 0, "::" },
	};
	struct addr a, want;
	size_t i;

	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		a = ip(row[i].text);
		want = ip(row[i].want);
		a.port = 7;
		a.scope = 3;
		if (a.family == AF_INET)
			a.ip[15] = 1; /* no part of it */
		addr_mask(&a, row[i].bits, row[i].bits);
		ck_assert_msg(memcmp(&a, &want, sizeof(a)) == 0, "%s/%u",
		    row[i].text, row[i].bits);
	}
}
END_TEST

START_TEST(masks_each_family_by_its_own_prefix)
{
	struct addr a = ip("10.1.2.3"), b = ip("2001:db8::1");
	struct addr want_a = ip("10.0.0.0"), want_b = ip("2001:db8::");

	addr_mask(&a, 8, 64);
	addr_mask(&b, 8, 64);
	ck_assert_mem_eq(&a, &want_a, sizeof(a));
	ck_assert_mem_eq(&b, &want_b, sizeof(b));
}
END_TEST

START_TEST(masks_a_unix_peer_to_its_uid)
{
	struct addr a = { .family = AF_UNIX, .cred = { 1000, 100, 4242 } };
	struct addr want = { .family = AF_UNIX, .cred = { 1000, 0, 0 } };

	addr_mask(&a, 0, 0);
	ck_assert_mem_eq(&a, &want, sizeof(a));
}
END_TEST

START_TEST(finds_equals_and_others)
{
	struct addr a = ip("10.0.0.1"), b = a;

	ck_assert(addr_equal(&a, &b));
	b.ip[9] = 1; /* no part of an IPv4 address */
	ck_assert(addr_equal(&a, &b));
	b.port = 1;
	ck_assert(!addr_equal(&a, &b));
	b = ip("10.0.0.2");
	ck_assert(!addr_equal(&a, &b));
	b = ip("::a00:1");
	ck_assert(!addr_equal(&a, &b));
	a = ip("fe80::1%1");
	b = ip("fe80::1%2");
	ck_assert(!addr_equal(&a, &b));
	b = ip("fe80::2%1");
	ck_assert(!addr_equal(&a, &b));
	ck_assert(addr_equal(&a, &a));
}
END_TEST

START_TEST(compares_unix_peers_by_all_their_credentials)
{
	struct addr a = { .family = AF_UNIX, .cred = { 1, 2, 3 } }, b = a;

	ck_assert(addr_equal(&a, &b));
	b.cred.pid = 4;
	ck_assert(!addr_equal(&a, &b));
	b = a;
	b.cred.gid = 4;
	ck_assert(!addr_equal(&a, &b));
	b = a;
	b.cred.uid = 4;
	ck_assert(!addr_equal(&a, &b));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, reads_ipv4);
	tcase_add_test(tc, reads_ipv6);
	tcase_add_test(tc, reads_a_mapped_address_as_ipv4);
	tcase_add_test(tc, takes_a_compatible_address_for_ipv6);
	tcase_add_test(tc, reads_zones_by_number_and_by_name);
	tcase_add_test(tc, refuses_what_is_no_address);
	tcase_add_test(tc, refuses_a_text_of_a_megabyte);
	tcase_add_test(tc, goes_to_a_sockaddr_and_back);
	tcase_add_test(tc, keeps_the_port_in_host_order);
	tcase_add_test(tc, makes_a_mapped_peer_ipv4);
	tcase_add_test(tc, keeps_a_scope_only_where_it_means_something);
	tcase_add_test(tc, takes_only_the_family_of_a_unix_address);
	tcase_add_test(tc, knows_no_other_family);
	tcase_add_test(tc, ends_a_path_with_its_nul);
	tcase_add_test(tc, ends_an_abstract_name_with_its_length);
	tcase_add_test(tc, takes_a_path_of_107_bytes_and_no_more);
	tcase_add_test(tc, masks_by_prefix);
	tcase_add_test(tc, masks_each_family_by_its_own_prefix);
	tcase_add_test(tc, masks_a_unix_peer_to_its_uid);
	tcase_add_test(tc, finds_equals_and_others);
	tcase_add_test(tc, compares_unix_peers_by_all_their_credentials);
}

int
main(void)
{
	return runner_main("base/addr", add);
}
