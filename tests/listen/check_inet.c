/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "inject.h"
#include "listen/single.h"
#include "listen/tcpsock.h"
#include "runner.h"

static int
open_v6only(const char *text)
{
	struct service_conf *sc = fixture_conf(text, NULL);
	int rc;

	sc->v6only = true;
	rc = fixture_open(sc, NULL, &single_out, &single_err);
	fixture_conf_free(sc);
	return rc;
}

START_TEST(serves_an_ipv4_address)
{
	ck_assert_int_eq(open_item("127.0.0.1:0"), 0);
	ck_assert_uint_eq(fixture_count(&single_out), 1);
	ck_assert_uint_eq(single_first()->local.family, AF_INET);
	ck_assert_uint_ne(single_first()->local.port, 0);
	ck_assert_uint_eq(single_first()->asked.port, 0);
	ck_assert_str_eq(single_first()->text, "127.0.0.1:0");
	ck_assert(single_connects("127.0.0.1", single_first()->local.port));
	ck_assert(!single_connects("127.0.0.2", single_first()->local.port));
}
END_TEST

START_TEST(serves_an_ipv6_address)
{
	ck_assert_int_eq(open_item("[::1]:0"), 0);
	ck_assert_uint_eq(single_first()->local.family, AF_INET6);
	ck_assert(single_connects("::1", single_first()->local.port));
	ck_assert(!single_connects("127.0.0.1", single_first()->local.port));
}
END_TEST

START_TEST(serves_every_address_of_both_families)
{
	const char *const texts[] = { "*:0", ":0", "[::]:0" };

	ck_assert_int_eq(open_item(texts[_i]), 0);
	ck_assert_uint_eq(fixture_count(&single_out), 1);
	ck_assert(!single_first()->v6only);
	ck_assert(single_connects("::1", single_first()->local.port));
	ck_assert(single_connects("127.0.0.1", single_first()->local.port));
}
END_TEST

START_TEST(serves_one_family_alone_where_that_is_wanted)
{
	ck_assert_int_eq(open_v6only("*:0"), 0);
	ck_assert(single_first()->v6only);
	ck_assert(single_connects("::1", single_first()->local.port));
	ck_assert(!single_connects("127.0.0.1", single_first()->local.port));
}
END_TEST

START_TEST(serves_every_ipv4_address_where_there_is_no_ipv6)
{
	fixture_without_ipv6();
	ck_assert_int_eq(open_item("*:0"), 0);
	ck_assert_uint_eq(single_first()->local.family, AF_INET);
	ck_assert_uint_eq(single_first()->asked.family, AF_INET6);
	ck_assert(single_connects("127.0.0.1", single_first()->local.port));
}
END_TEST

START_TEST(does_not_take_ipv4_for_ipv6_where_one_is_named)
{
	fixture_without_ipv6();
	ck_assert_int_eq(open_item("[::]:0"), -1);
	ck_assert_int_eq(single_err.exit_code, EX_UNAVAILABLE);
	ck_assert_int_eq(open_v6only("*:0"), -1);
	ck_assert_int_eq(single_err.exit_code, EX_UNAVAILABLE);
	ck_assert_str_eq(single_err.text,
	    "test: bind [::]:0: Address family not supported by protocol");
	ck_assert(TAILQ_EMPTY(&single_out));
}
END_TEST

START_TEST(names_a_port_in_use)
{
	const int64_t start = clock_ms();
	char text[64], want[128];
	struct addr a;
	int fd;

	fd = hold_port("127.0.0.1", 0, &a);
	snprintf(text, sizeof(text), "127.0.0.1:%u", a.port);
	ck_assert_int_eq(open_item(text), -1);
	snprintf(want, sizeof(want), "test: bind %s: %s", text,
	    strerror(EADDRINUSE));
	ck_assert_str_eq(single_err.text, want);
	ck_assert_int_eq(single_err.exit_code, EX_UNAVAILABLE);
	ck_assert_int_ge(clock_ms() - start, 900);
	ck_assert_int_lt(clock_ms() - start, 5000);
	ck_assert(TAILQ_EMPTY(&single_out));
	close(fd);
}
END_TEST

START_TEST(waits_for_a_port_that_is_about_to_be_free)
{
	char text[64];
	struct addr a;
	int fd, status;
	pid_t pid;

	(void)fixture_network(); /* where no other process takes it meanwhile */
	fd = hold_port("127.0.0.1", 0, &a);
	pid = fork();
	ck_assert_int_ne(pid, -1);
	if (pid == 0)
		_exit(poll(NULL, 0, 150));
	close(fd);
	snprintf(text, sizeof(text), "127.0.0.1:%u", a.port);
	ck_assert_int_eq(open_item(text), 0);
	ck_assert_uint_eq(single_first()->local.port, a.port);
	waitpid(pid, &status, 0);
}
END_TEST

START_TEST(names_what_a_privileged_port_needs)
{
	int start;

	(void)fixture_network();
	if (!tcpsock_privileged(7, &start))
		return;
	fixture_unprivileged();
	ck_assert_int_eq(open_item("127.0.0.1:7"), -1);
	ck_assert_int_eq(single_err.exit_code, EX_NOPERM);
	ck_assert_ptr_eq(strstr(single_err.text,
			     "test: bind 127.0.0.1:7: Permission denied"),
	    single_err.text);
	ck_assert_ptr_nonnull(strstr(single_err.text, "CAP_NET_BIND_SERVICE"));
	ck_assert_ptr_nonnull(strstr(single_err.text,
	    "net.ipv4.ip_unprivileged_port_start"));
}
END_TEST

START_TEST(takes_a_port_by_its_name)
{
	if (fixture_network() == -1)
		return;
	ck_assert_int_eq(open_item("127.0.0.1:echo"), 0);
	ck_assert_uint_eq(single_first()->local.port, 7);
}
END_TEST

static const struct {
	const char *text;
	int exit_code;
	const char *message;
} bad[] = {
	{ "192.0.2.1:0", EX_UNAVAILABLE,
	    "test: bind 192.0.2.1:0: Cannot assign requested address" },
	{ "127.0.0.1:no-such-port", EX_CONFIG,
	    "test: listen 127.0.0.1:no-such-port: " },
	{ "127.0.0.1:65536", EX_CONFIG, "test: listen 127.0.0.1:65536: " },
	{ "127.0.0.1", EX_CONFIG, "test: listen 127.0.0.1: " },
	{ "no.such.host.invalid:0", EX_UNAVAILABLE,
	    "test: listen no.such.host.invalid:0: " },
};

START_TEST(says_what_is_wrong_with_an_address)
{
	(void)fixture_network(); /* without a name server */
	ck_assert_int_eq(open_item(bad[_i].text), -1);
	ck_assert_int_eq(single_err.exit_code, bad[_i].exit_code);
	ck_assert_int_eq(strncmp(single_err.text, bad[_i].message,
			     strlen(bad[_i].message)),
	    0);
	ck_assert(TAILQ_EMPTY(&single_out));
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	tcase_add_checked_fixture(tc, single_set_up, single_tear_down);
	tcase_add_test(tc, serves_an_ipv4_address);
	tcase_add_test(tc, serves_an_ipv6_address);
	tcase_add_loop_test(tc, serves_every_address_of_both_families, 0, 3);
	tcase_add_test(tc, serves_one_family_alone_where_that_is_wanted);
	runner_add(tc, lack, serves_every_ipv4_address_where_there_is_no_ipv6);
	runner_add(tc, lack, does_not_take_ipv4_for_ipv6_where_one_is_named);
	tcase_add_test(tc, names_a_port_in_use);
	tcase_add_test(tc, waits_for_a_port_that_is_about_to_be_free);
	tcase_add_test(tc, names_what_a_privileged_port_needs);
	tcase_add_test(tc, takes_a_port_by_its_name);
	tcase_add_loop_test(tc, says_what_is_wrong_with_an_address, 0,
	    sizeof(bad) / sizeof(bad[0]));
}

int
main(void)
{
	return runner_main("inet", add);
}
