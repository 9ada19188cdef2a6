/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "inject.h"
#include "listen/fixture.h"
#include "listen/tcpsock.h"
#include "runner.h"

static struct listener_list out;
static struct listener_error err;

static void
set_up(void)
{
	TAILQ_INIT(&out);
	memset(&err, 0, sizeof(err));
}

static void
tear_down(void)
{
	fixture_close(&out);
}

/* Opens one item; what listeners_open returns. */
static int
open_item(const char *text)
{
	struct service_conf *sc = fixture_conf(text, NULL);
	int rc;

	rc = fixture_open(sc, NULL, &out, &err);
	fixture_conf_free(sc);
	return rc;
}

static int
open_v6only(const char *text)
{
	struct service_conf *sc = fixture_conf(text, NULL);
	int rc;

	sc->v6only = true;
	rc = fixture_open(sc, NULL, &out, &err);
	fixture_conf_free(sc);
	return rc;
}

static struct listener *
first(void)
{
	ck_assert_ptr_nonnull(TAILQ_FIRST(&out));
	return TAILQ_FIRST(&out);
}

static void
assert_connects(const char *ip, uint16_t port, bool yes)
{
	int fd = fixture_connect_ip(ip, port);

	ck_assert_int_eq(fd != -1, yes);
	if (fd != -1)
		close(fd);
}

/* Holds a port, listening; what it is goes to *a. */
static int
hold(const char *ip, uint16_t port, struct addr *a)
{
	struct service_conf *sc = fixture_conf(NULL, NULL);
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	int fd;

	ck_assert_int_eq(addr_from_ip(ip, a), 0);
	a->port = port;
	fd = tcpsock_open(a, sc, false);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&ss, &len), 0);
	addr_from_sockaddr((struct sockaddr *)&ss, a);
	fixture_conf_free(sc);
	return fd;
}

START_TEST(serves_an_ipv4_address)
{
	ck_assert_int_eq(open_item("127.0.0.1:0"), 0);
	ck_assert_uint_eq(fixture_count(&out), 1);
	ck_assert_uint_eq(first()->local.family, AF_INET);
	ck_assert_uint_ne(first()->local.port, 0);
	ck_assert_uint_eq(first()->asked.port, 0);
	ck_assert_str_eq(first()->text, "127.0.0.1:0");
	assert_connects("127.0.0.1", first()->local.port, true);
	assert_connects("127.0.0.2", first()->local.port, false);
}
END_TEST

START_TEST(serves_an_ipv6_address)
{
	ck_assert_int_eq(open_item("[::1]:0"), 0);
	ck_assert_uint_eq(first()->local.family, AF_INET6);
	assert_connects("::1", first()->local.port, true);
	assert_connects("127.0.0.1", first()->local.port, false);
}
END_TEST

START_TEST(serves_every_address_of_both_families)
{
	const char *const texts[] = { "*:0", ":0", "[::]:0" };

	ck_assert_int_eq(open_item(texts[_i]), 0);
	ck_assert_uint_eq(fixture_count(&out), 1);
	ck_assert(!first()->v6only);
	assert_connects("::1", first()->local.port, true);
	assert_connects("127.0.0.1", first()->local.port, true);
}
END_TEST

START_TEST(serves_one_family_alone_where_that_is_wanted)
{
	ck_assert_int_eq(open_v6only("*:0"), 0);
	ck_assert(first()->v6only);
	assert_connects("::1", first()->local.port, true);
	assert_connects("127.0.0.1", first()->local.port, false);
}
END_TEST

START_TEST(serves_every_ipv4_address_where_there_is_no_ipv6)
{
	fixture_without_ipv6();
	ck_assert_int_eq(open_item("*:0"), 0);
	ck_assert_uint_eq(first()->local.family, AF_INET);
	ck_assert_uint_eq(first()->asked.family, AF_INET6);
	assert_connects("127.0.0.1", first()->local.port, true);
}
END_TEST

START_TEST(does_not_take_ipv4_for_ipv6_where_one_is_named)
{
	fixture_without_ipv6();
	ck_assert_int_eq(open_item("[::]:0"), -1);
	ck_assert_int_eq(err.exit_code, EX_UNAVAILABLE);
	ck_assert_int_eq(open_v6only("*:0"), -1);
	ck_assert_int_eq(err.exit_code, EX_UNAVAILABLE);
	ck_assert_str_eq(err.text,
	    "test: bind [::]:0: Address family not supported by protocol");
	ck_assert(TAILQ_EMPTY(&out));
}
END_TEST

START_TEST(names_a_port_in_use)
{
	const int64_t start = clock_ms();
	char text[64], want[128];
	struct addr a;
	int fd;

	fd = hold("127.0.0.1", 0, &a);
	snprintf(text, sizeof(text), "127.0.0.1:%u", a.port);
	ck_assert_int_eq(open_item(text), -1);
	snprintf(want, sizeof(want), "test: bind %s: %s", text,
	    strerror(EADDRINUSE));
	ck_assert_str_eq(err.text, want);
	ck_assert_int_eq(err.exit_code, EX_UNAVAILABLE);
	ck_assert_int_ge(clock_ms() - start, 900);
	ck_assert_int_lt(clock_ms() - start, 5000);
	ck_assert(TAILQ_EMPTY(&out));
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
	fd = hold("127.0.0.1", 0, &a);
	pid = fork();
	ck_assert_int_ne(pid, -1);
	if (pid == 0)
		_exit(poll(NULL, 0, 150));
	close(fd);
	snprintf(text, sizeof(text), "127.0.0.1:%u", a.port);
	ck_assert_int_eq(open_item(text), 0);
	ck_assert_uint_eq(first()->local.port, a.port);
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
	ck_assert_int_eq(err.exit_code, EX_NOPERM);
	ck_assert_ptr_eq(strstr(err.text,
			     "test: bind 127.0.0.1:7: Permission denied"),
	    err.text);
	ck_assert_ptr_nonnull(strstr(err.text, "CAP_NET_BIND_SERVICE"));
	ck_assert_ptr_nonnull(strstr(err.text,
	    "net.ipv4.ip_unprivileged_port_start"));
}
END_TEST

START_TEST(takes_a_port_by_its_name)
{
	if (fixture_network() == -1)
		return;
	ck_assert_int_eq(open_item("127.0.0.1:echo"), 0);
	ck_assert_uint_eq(first()->local.port, 7);
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
	ck_assert_int_eq(err.exit_code, bad[_i].exit_code);
	ck_assert_int_eq(strncmp(err.text, bad[_i].message,
			     strlen(bad[_i].message)),
	    0);
	ck_assert(TAILQ_EMPTY(&out));
}
END_TEST

START_TEST(serves_all_addresses_of_a_host_on_one_port)
{
	if (fixture_network() == -1 ||
	    fixture_hosts("127.0.0.1 many\n127.0.0.2 many\n::1 many\n") == -1)
		return;
	ck_assert_int_eq(open_item("many:0"), 0);
	ck_assert_uint_eq(fixture_count(&out), 3);
	assert_connects("127.0.0.1", first()->local.port, true);
	assert_connects("127.0.0.2", first()->local.port, true);
	assert_connects("::1", first()->local.port, true);
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
	one = hold("127.0.0.1", 40001, &a);
	two = hold("127.0.0.2", 40000, &a);

	ck_assert_int_eq(open_item("many:0"), 0);
	ck_assert_uint_eq(fixture_count(&out), 2);
	second = TAILQ_NEXT(first(), entry);
	ck_assert_uint_ne(first()->local.port, second->local.port);
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
	ck_assert_uint_eq(fixture_count(&out), 1);
	assert_connects("127.0.0.1", first()->local.port, true);
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
	ck_assert_uint_eq(fixture_count(&out), 1);
	ck_assert_ptr_nonnull(strstr(fixture_log, "[::1]:0"));
}
END_TEST

START_TEST(fails_where_no_address_is_left)
{
	if (fixture_network() == -1 ||
	    fixture_hosts("192.0.2.1 many\n192.0.2.2 many\n") == -1)
		return;
	ck_assert_int_eq(open_item("many:0"), -1);
	ck_assert_int_eq(err.exit_code, EX_UNAVAILABLE);
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
	fd = hold("127.0.0.2", 0, &a);
	snprintf(text, sizeof(text), "many:%u", a.port);
	ck_assert_int_eq(open_item(text), -1);
	ck_assert_int_eq(err.exit_code, EX_UNAVAILABLE);
	ck_assert(TAILQ_EMPTY(&out));
	assert_connects("127.0.0.1", a.port, false);
	close(fd);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	tcase_add_checked_fixture(tc, set_up, tear_down);
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
	return runner_main("inet", add);
}
