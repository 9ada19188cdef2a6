/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "listen/fixture.h"
#include "listen/tcpsock.h"
#include "runner.h"

static struct service_conf *sc;
static struct addr any_port;

static void
set_up(void)
{
	sc = fixture_conf(NULL, NULL);
	ck_assert_int_eq(addr_from_ip("127.0.0.1", &any_port), 0);
}

static void
tear_down(void)
{
	fixture_conf_free(sc);
}

static int
option(int fd, int level, int name)
{
	return tcpsock_option(fd, level, name, -1);
}

START_TEST(listens_without_blocking_and_is_closed_at_exec)
{
	int fd = tcpsock_open(&any_port, sc, false);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_eq(option(fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
	ck_assert_int_eq(option(fd, SOL_SOCKET, SO_REUSEADDR), 1);
	ck_assert_int_eq(accept(fd, NULL, NULL), -1);
	ck_assert_int_eq(errno, EAGAIN);
	close(fd);
}
END_TEST

START_TEST(binds_ipv6_to_both_families_or_one)
{
	struct addr any = { .family = AF_INET6 };
	int fd;

	fd = tcpsock_open(&any, sc, false);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(option(fd, IPPROTO_IPV6, IPV6_V6ONLY), 0);
	close(fd);
	sc->v6only = true;
	fd = tcpsock_open(&any, sc, false);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(option(fd, IPPROTO_IPV6, IPV6_V6ONLY), 1);
	close(fd);
}
END_TEST

START_TEST(binds_to_a_foreign_address_where_that_is_wanted)
{
	struct addr a;
	int fd;

	ck_assert_int_eq(addr_from_ip("192.0.2.1", &a), 0);
	ck_assert_int_eq(tcpsock_open(&a, sc, false), -1);
	ck_assert_int_eq(errno, EADDRNOTAVAIL);
	sc->freebind = true;
	fd = tcpsock_open(&a, sc, false);
	ck_assert_int_ne(fd, -1);
	close(fd);
	ck_assert_int_eq(addr_from_ip("2001:db8::1", &a), 0);
	fd = tcpsock_open(&a, sc, false);
	ck_assert_int_ne(fd, -1);
	close(fd);
}
END_TEST

START_TEST(says_once_that_the_backlog_is_cut)
{
	const char *first;
	int fd;

	sc->backlog = 2000000000;
	fd = tcpsock_open(&any_port, sc, false);
	ck_assert_int_ne(fd, -1);
	first = strstr(fixture_log, "net.core.somaxconn");
	ck_assert_ptr_nonnull(first);
	ck_assert_int_eq(tcpsock_listen(fd, sc), 0);
	ck_assert_ptr_null(strstr(first + 1, "net.core.somaxconn"));
	close(fd);
}
END_TEST

START_TEST(sets_the_backlog_and_sets_it_anew)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);
	int fd;

	sc->backlog = 17;
	fd = tcpsock_open(&any_port, sc, false);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len), 0);
	ck_assert_uint_eq(info.tcpi_sacked, 17); /* of a listener: backlog */
	sc->backlog = 18;
	ck_assert_int_eq(tcpsock_listen(fd, sc), 0);
	ck_assert_int_eq(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len), 0);
	ck_assert_uint_eq(info.tcpi_sacked, 18);
	ck_assert_str_eq(fixture_log, "");
	close(fd);
}
END_TEST

START_TEST(leaks_no_descriptor_when_it_fails)
{
	int before = dup(1), after, fd;
	struct addr a;

	close(before);
	ck_assert_int_eq(addr_from_ip("192.0.2.1", &a), 0);
	ck_assert_int_eq(tcpsock_open(&a, sc, false), -1);
	after = dup(1);
	ck_assert_int_eq(before, after);
	close(after);
	fd = tcpsock_option(-1, SOL_SOCKET, SO_TYPE, 42);
	ck_assert_int_eq(fd, 42);
}
END_TEST

START_TEST(knows_which_ports_are_privileged)
{
	FILE *f;
	int start;

	if (fixture_network() == -1)
		return;
	ck_assert(tcpsock_privileged(1023, &start));
	ck_assert_int_eq(start, 1024);
	ck_assert(!tcpsock_privileged(1024, &start));
	ck_assert(!tcpsock_privileged(0, &start));
	f = fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start", "w");
	if (f == NULL)
		return; /* read-only in this container */
	fputs("80\n", f);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert(tcpsock_privileged(79, &start));
	ck_assert_int_eq(start, 80);
	ck_assert(!tcpsock_privileged(80, &start));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, listens_without_blocking_and_is_closed_at_exec);
	tcase_add_test(tc, binds_ipv6_to_both_families_or_one);
	tcase_add_test(tc, binds_to_a_foreign_address_where_that_is_wanted);
	tcase_add_test(tc, says_once_that_the_backlog_is_cut);
	tcase_add_test(tc, sets_the_backlog_and_sets_it_anew);
	tcase_add_test(tc, leaks_no_descriptor_when_it_fails);
	tcase_add_test(tc, knows_which_ports_are_privileged);
}

int
main(void)
{
	return runner_main("tcpsock", add);
}
