/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "config/rules.h"
#include "listen/fixture.h"
#include "runner.h"

static struct item allow[8], deny[8];
static struct service_conf conf = { .only_from = { allow, 0 },
	.no_access = { deny, 0 } };
static struct rules rules;
static const struct item *culprit;
static const char *why;

static void
only_from(const char *text)
{
	allow[conf.only_from.n++].text = (char *)(uintptr_t)text;
}

static void
no_access(const char *text)
{
	deny[conf.no_access.n++].text = (char *)(uintptr_t)text;
}

static void
make(void)
{
	fixture_look_up(&conf);
	ck_assert_msg(rules_make(&conf, &rules, &culprit, &why) == 0, "%s",
	    why);
}

static void
teardown(void)
{
	rules_free(&rules);
	ck_assert_uint_eq(rules.n, 0);
	rules_free(&rules);
}

/* As an acceptor decides. */
static bool
enters(const char *ip)
{
	struct addr a;
	size_t i;

	ck_assert_int_eq(addr_from_ip(ip, &a), 0);
	for (i = 0; i < rules.n; i++)
		if (cidr_contains(&rules.v[i].net, &a))
			return rules.v[i].allow;
	return rules.allow_others;
}

START_TEST(lets_everyone_in_without_rules)
{
	make();
	ck_assert_uint_eq(rules.n, 0);
	ck_assert(enters("192.0.2.1"));
}
END_TEST

START_TEST(lets_others_in_only_without_only_from)
{
	no_access("192.0.2.0/24");
	make();
	ck_assert(!enters("192.0.2.1"));
	ck_assert(enters("192.0.3.1"));
	rules_free(&rules);
	only_from("198.51.100.0/24");
	make();
	ck_assert(!enters("192.0.3.1"));
	ck_assert(enters("198.51.100.7"));
}
END_TEST

START_TEST(puts_the_most_specific_first)
{
	size_t i;

	only_from("10.0.0.0/8");
	only_from("10.1.2.0/24");
	only_from("2001:db8::/32");
	no_access("10.1.0.0/16");
	no_access("10.1.2.3");
	make();
	ck_assert_uint_eq(rules.n, 5);
	for (i = 1; i < rules.n; i++)
		ck_assert_uint_ge(rules.v[i - 1].net.bits, rules.v[i].net.bits);
	ck_assert(!enters("10.1.2.3"));
	ck_assert(enters("10.1.2.4"));
	ck_assert(!enters("10.1.3.4"));
	ck_assert(enters("10.2.3.4"));
	ck_assert(enters("2001:db8::1"));
	ck_assert(!enters("2001:db9::1"));
}
END_TEST

START_TEST(lets_no_access_win_a_tie)
{
	only_from("192.0.2.0/24");
	no_access("192.0.2.0/24");
	make();
	ck_assert(!enters("192.0.2.1"));
	ck_assert_ptr_eq(rules.v[0].item, &deny[0]);
}
END_TEST

START_TEST(takes_all_addresses_of_a_host)
{
	only_from("localhost");
	make();
	ck_assert_uint_ge(rules.n, 1);
	ck_assert(enters("127.0.0.1"));
	ck_assert(!enters("127.0.0.2"));
	ck_assert_ptr_eq(rules.v[0].item, &allow[0]);
}
END_TEST

START_TEST(takes_every_address_of_a_host_that_has_many)
{
	char hosts[4096] = "", ip[32];
	size_t len = 0;
	int i;

	for (i = 1; i <= 200; i++)
		len += (size_t)snprintf(hosts + len, sizeof(hosts) - len,
		    "192.0.2.%d many\n", i);
	if (fixture_hosts(hosts) == -1)
		return;
	no_access("many");
	make();
	ck_assert_uint_eq(rules.n, 200);
	for (i = 1; i <= 200; i++) {
		snprintf(ip, sizeof(ip), "192.0.2.%d", i);
		ck_assert_msg(!enters(ip), "%s", ip);
	}
	ck_assert(enters("192.0.2.201"));
}
END_TEST

START_TEST(names_what_it_cannot_look_up)
{
	only_from("192.0.2.1");
	no_access("no-such-host.invalid");
	fixture_look_up(&conf);
	ck_assert_int_eq(rules_make(&conf, &rules, &culprit, &why), -1);
	ck_assert_ptr_eq(culprit, &deny[0]);
	ck_assert_ptr_nonnull(why);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, lets_everyone_in_without_rules);
	tcase_add_test(tc, lets_others_in_only_without_only_from);
	tcase_add_test(tc, puts_the_most_specific_first);
	tcase_add_test(tc, lets_no_access_win_a_tie);
	tcase_add_test(tc, takes_all_addresses_of_a_host);
	tcase_add_test(tc, takes_every_address_of_a_host_that_has_many);
	tcase_add_test(tc, names_what_it_cannot_look_up);
}

int
main(void)
{
	return runner_main("rules", add);
}
