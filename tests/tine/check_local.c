/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <string.h>

#include "tine/bench/plan.h"
#include "tine/units.h"
#include "runner.h"

static struct plan p;

/* A plan for a load on that address, a connection for each request. */
static void
plan(const char *address)
{
	bool usage;

	memset(&p, 0, sizeof(p));
	ck_assert_ptr_null(target_resolve(address, AF_UNSPEC, &p.peer.target,
	    &usage));
	p.ep = p.peer.target.ep[0];
	p.connections = 32;
	p.requests = 1;
	p.threads = 1;
}

static void
bound_to(const char *network)
{
	ck_assert_ptr_null(cidr_parse(network, &p.peer.local));
	p.peer.bound = true;
}

static const char *
address(uint64_t n)
{
	static char text[INET6_ADDRSTRLEN];
	struct addr a = local_address(&p.local, n);

	return addr_format_ip(&a, text, sizeof(text));
}

/* The plan works, with that many local addresses; 0: the kernel's choice. */
static void
has_addresses(uint64_t n)
{
	ck_assert_ptr_null(plan_local(&p));
	ck_assert_uint_eq(p.local.n, n);
}

START_TEST(few_connections_leave_the_choice_to_the_kernel)
{
	plan("127.0.0.1:7");
	p.total = 1000;
	has_addresses(0);
}
END_TEST

START_TEST(connections_that_stay_need_no_more_than_one_address)
{
	plan("127.0.0.1:7");
	p.duration = NS_PER_S;
	p.requests = 0;
	has_addresses(0);
}
END_TEST

START_TEST(a_load_without_end_is_spread_over_the_loopback_net)
{
	plan("127.0.0.1:7");
	p.duration = NS_PER_S;
	ck_assert_ptr_null(plan_local(&p));
	ck_assert_uint_ge(p.local.n, 1000);
	ck_assert_str_eq(address(0), "127.1.0.0");
	ck_assert_str_eq(address(300), "127.1.1.44");
	ck_assert_str_eq(address(p.local.n), "127.1.0.0");
}
END_TEST

START_TEST(so_is_a_count_that_has_more_connections_than_ports)
{
	plan("127.9.9.9:7");
	p.total = 1000000;
	ck_assert_ptr_null(plan_local(&p));
	ck_assert_uint_gt(p.local.n, 0);
	plan("127.0.0.1:7");
	p.total = 1000000;
	p.requests = 1000;
	has_addresses(0);
}
END_TEST

START_TEST(many_idle_connections_have_addresses_of_their_own)
{
	plan("127.0.0.1:7");
	p.total = 10;
	p.idle = 50000;
	has_addresses(0);
	ck_assert_uint_ge(p.idle_local.n, 50000);
}
END_TEST

START_TEST(other_machines_and_other_sockets_are_left_alone)
{
	static const char *const addresses[] = { "192.0.2.1:7", "[::1]:7",
		"unix:/x" };
	size_t i;

	for (i = 0; i < 3; i++) {
		plan(addresses[i]);
		p.duration = NS_PER_S;
		p.idle = 50000;
		has_addresses(0);
		ck_assert_uint_eq(p.idle_local.n, 0);
	}
}
END_TEST

START_TEST(a_network_is_used_in_turn)
{
	plan("127.0.0.1:7");
	bound_to("127.3.2.252/30");
	has_addresses(4);
	ck_assert_str_eq(address(0), "127.3.2.252");
	ck_assert_str_eq(address(3), "127.3.2.255");
	ck_assert_str_eq(address(4), "127.3.2.252");
}
END_TEST

START_TEST(one_address_is_a_network_of_one)
{
	plan("127.0.0.1:7");
	bound_to("127.0.0.5");
	has_addresses(1);
	ck_assert_str_eq(address(12345), "127.0.0.5");
}
END_TEST

START_TEST(a_huge_network_is_cut_to_what_can_be_counted)
{
	plan("[::1]:7");
	bound_to("fd00::/8");
	has_addresses(1U << 24);
}
END_TEST

START_TEST(a_network_of_another_kind_is_refused)
{
	plan("unix:/x");
	bound_to("127.0.0.1");
	ck_assert_ptr_nonnull(plan_local(&p));
	plan("[::1]:7");
	bound_to("127.0.0.0/8");
	ck_assert_ptr_nonnull(plan_local(&p));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, few_connections_leave_the_choice_to_the_kernel);
	tcase_add_test(tc, connections_that_stay_need_no_more_than_one_address);
	tcase_add_test(tc, a_load_without_end_is_spread_over_the_loopback_net);
	tcase_add_test(tc, so_is_a_count_that_has_more_connections_than_ports);
	tcase_add_test(tc, many_idle_connections_have_addresses_of_their_own);
	tcase_add_test(tc, other_machines_and_other_sockets_are_left_alone);
	tcase_add_test(tc, a_network_is_used_in_turn);
	tcase_add_test(tc, one_address_is_a_network_of_one);
	tcase_add_test(tc, a_huge_network_is_cut_to_what_can_be_counted);
	tcase_add_test(tc, a_network_of_another_kind_is_refused);
}

int
main(void)
{
	return runner_main("check_local", add);
}
