/* SPDX-License-Identifier: ISC */
/* Listeners on the addresses of a host name. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "inject.h"
#include "listen/single.h"
#include "runner.h"

START_TEST(serves_all_addresses_of_a_host_on_one_port)
{
	if (fixture_network() == -1 ||
	    fixture_hosts("127.0.0.1 many\n127.0.0.2 many\n::1 many\n") == -1)
		return;
	ck_assert_int_eq(open_item("many:0"), 0);
	ck_assert_uint_eq(fixture_count(&single_out), 3);
	ck_assert(single_connects("127.0.0.1", single_first()->local.port));
	ck_assert(single_connects("127.0.0.2", single_first()->local.port));
	ck_assert(single_connects("::1", single_first()->local.port));
	ck_assert_str_eq(fixture_log, "");
}
END_TEST

START_TEST(takes_another_port_where_the_same_is_not_free)
{
	struct listener *second;
	struct addr a;
	FILE *f;
	int one, two;

	/* Two ports in all: the first address has but one of them left. */
	if (fixture_network() == -1 ||
	    fixture_hosts("127.0.0.1 many\n127.0.0.2 many\n") == -1)
		return;
	f = fopen("/proc/sys/net/ipv4/ip_local_port_range", "w");
	if (f == NULL)
		return;
	fputs("40000 40001\n", f);
	ck_assert_int_eq(fclose(f), 0);
	one = hold_port("127.0.0.1", 40001, &a);
	two = hold_port("127.0.0.2", 40000, &a);

	ck_assert_int_eq(open_item("many:0"), 0);
	ck_assert_uint_eq(fixture_count(&single_out), 2);
	second = TAILQ_NEXT(single_first(), entry);
	ck_assert_uint_ne(single_first()->local.port, second->local.port);
	close(one);
	close(two);
}
END_TEST

START_TEST(does_without_an_address_that_the_machine_has_not)
{
	if (fixture_network() == -1 ||
	    fixture_hosts("192.0.2.1 many\n127.0.0.1 many\n") == -1)
		return;
	ck_assert_int_eq(open_item("many:0"), 0);
	ck_assert_uint_eq(fixture_count(&single_out), 1);
	ck_assert(single_connects("127.0.0.1", single_first()->local.port));
	ck_assert_str_eq(fixture_log,
	    "test: bind 192.0.2.1:0: Cannot assign requested address "
	    "(the other addresses of many:0 are used)\n");
}
END_TEST

START_TEST(does_without_ipv6_addresses_where_there_is_no_ipv6)
{
	if (fixture_network() == -1 ||
	    fixture_hosts("::1 many\n127.0.0.1 many\n") == -1)
		return;
	fixture_without_ipv6();
	ck_assert_int_eq(open_item("many:0"), 0);
	ck_assert_uint_eq(fixture_count(&single_out), 1);
	ck_assert_ptr_nonnull(strstr(fixture_log, "[::1]:0"));
}
END_TEST

START_TEST(fails_where_no_address_is_left)
{
	if (fixture_network() == -1 ||
	    fixture_hosts("192.0.2.1 many\n192.0.2.2 many\n") == -1)
		return;
	ck_assert_int_eq(open_item("many:0"), -1);
	ck_assert_int_eq(single_err.exit_code, EX_UNAVAILABLE);
	ck_assert_str_eq(fixture_log, "");
}
END_TEST

/* Absence is forgiven, a port in use is not. */
START_TEST(fails_where_one_of_the_addresses_is_in_use)
{
	char text[64];
	struct addr a;
	int fd;

	if (fixture_network() == -1 ||
	    fixture_hosts("127.0.0.1 many\n127.0.0.2 many\n") == -1)
		return;
	fd = hold_port("127.0.0.2", 0, &a);
	snprintf(text, sizeof(text), "many:%u", a.port);
	ck_assert_int_eq(open_item(text), -1);
	ck_assert_int_eq(single_err.exit_code, EX_UNAVAILABLE);
	ck_assert(TAILQ_EMPTY(&single_out));
	ck_assert(!single_connects("127.0.0.1", a.port));
	close(fd);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	tcase_add_checked_fixture(tc, single_set_up, single_tear_down);
	tcase_add_test(tc, serves_all_addresses_of_a_host_on_one_port);
	tcase_add_test(tc, takes_another_port_where_the_same_is_not_free);
	tcase_add_test(tc, does_without_an_address_that_the_machine_has_not);
	runner_add(tc, lack,
	    does_without_ipv6_addresses_where_there_is_no_ipv6);
	tcase_add_test(tc, fails_where_no_address_is_left);
	tcase_add_test(tc, fails_where_one_of_the_addresses_is_in_use);
}

int
main(void)
{
	return runner_main("inet_name", add);
}
