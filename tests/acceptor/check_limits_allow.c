/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "acceptor/limits.h"
#include "runner.h"

/* A settings of nothing but rules, in the order that main gives them. */
static struct {
	struct settings s;
	struct settings_access rule[16];
} it;

static void
rule(const char *net, bool allow)
{
	struct settings_access *r = &it.rule[it.s.access.count++];

	it.s.access.off = (uint32_t)((const char *)it.rule -
	    (const char *)&it.s);
	ck_assert_ptr_null(cidr_parse(net, &r->net));
	r->allow = allow;
}

static bool
enters(const char *ip)
{
	struct addr a;

	ck_assert_int_eq(addr_from_ip(ip, &a), 0);
	a.port = 5;
	return limits_allow(&it.s, &a);
}

START_TEST(goes_by_the_default_without_rules)
{
	ck_assert(!enters("192.0.2.1"));
	it.s.access_default = 1;
	ck_assert(enters("192.0.2.1"));
	ck_assert(enters("2001:db8::1"));
}
END_TEST

START_TEST(lets_the_most_specific_network_decide)
{
	rule("10.1.2.3", false);
	rule("10.1.2.0/24", true);
	rule("10.1.0.0/16", false);
	rule("10.0.0.0/8", true);
	ck_assert(!enters("10.1.2.3"));
	ck_assert(enters("10.1.2.2"));
	ck_assert(enters("10.1.2.4"));
	ck_assert(!enters("10.1.3.3"));
	ck_assert(enters("10.2.0.1"));
	ck_assert(enters("10.0.255.255"));
	ck_assert(!enters("11.0.0.1"));
	it.s.access_default = 1;
	ck_assert(enters("11.0.0.1"));
	ck_assert(!enters("10.1.3.3"));
}
END_TEST

START_TEST(lets_the_first_of_two_equals_decide)
{
	rule("192.0.2.0/24", false);
	rule("192.0.2.0/24", true);
	ck_assert(!enters("192.0.2.9"));
}
END_TEST

START_TEST(knows_both_families)
{
	rule("2001:db8::/32", true);
	rule("0.0.0.0/0", false);
	rule("::/0", false);
	it.s.access_default = 1;
	ck_assert(enters("2001:db8:ffff::1"));
	ck_assert(!enters("2001:db9::1"));
	ck_assert(!enters("192.0.2.1"));
	/* Mapped: IPv4 from the moment that it is read. */
	ck_assert(!enters("::ffff:192.0.2.1"));
}
END_TEST

START_TEST(matches_every_length_of_prefix)
{
	char net[64];
	struct addr a;
	int bits;

	it.s.access_default = 0;
	for (bits = 1; bits <= 32; bits++) {
		it.s.access.count = 0;
		snprintf(net, sizeof(net), "%s/%d",
		    bits == 32 ? "128.0.0.1" : "128.0.0.0", bits);
		rule(net, true);
		ck_assert_int_eq(addr_from_ip(bits == 32 ? "128.0.0.1" :
							   "128.0.0.0",
				     &a),
		    0);
		ck_assert(limits_allow(&it.s, &a));
		/* The last bit that counts, and the first that does not. */
		a.ip[(bits - 1) / 8] ^= (uint8_t)(0x80 >> (bits - 1) % 8);
		ck_assert_msg(!limits_allow(&it.s, &a), "%s", net);
		a.ip[(bits - 1) / 8] ^= (uint8_t)(0x80 >> (bits - 1) % 8);
		if (bits == 32)
			continue;
		a.ip[bits / 8] ^= (uint8_t)(0x80 >> bits % 8);
		ck_assert_msg(limits_allow(&it.s, &a), "%s", net);
	}
}
END_TEST

START_TEST(concerns_no_unix_peer)
{
	struct addr a = { .family = AF_UNIX };

	rule("0.0.0.0/0", false);
	rule("::/0", false);
	ck_assert(limits_allow(&it.s, &a));
}
END_TEST

START_TEST(bears_a_prefix_that_is_too_long)
{
	struct addr a;

	rule("0.0.0.0/0", true);
	it.rule[0].net.bits = 255;
	ck_assert_int_eq(addr_from_ip("0.0.0.0", &a), 0);
	ck_assert(!limits_allow(&it.s, &a));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, goes_by_the_default_without_rules);
	tcase_add_test(tc, lets_the_most_specific_network_decide);
	tcase_add_test(tc, lets_the_first_of_two_equals_decide);
	tcase_add_test(tc, knows_both_families);
	tcase_add_test(tc, matches_every_length_of_prefix);
	tcase_add_test(tc, concerns_no_unix_peer);
	tcase_add_test(tc, bears_a_prefix_that_is_too_long);
}

int
main(void)
{
	return runner_main("limits_allow", add);
}
