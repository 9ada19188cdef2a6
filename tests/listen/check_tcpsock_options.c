/* SPDX-License-Identifier: ISC */
/* The options of listening sockets, which connections inherit. */
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

/* A connection that the listener took, as the acceptor sees it. */
static int
accepted(int lfd)
{
	struct pollfd pfd = { .fd = lfd, .events = POLLIN };
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	struct addr a;
	int client, fd;

	ck_assert_int_eq(getsockname(lfd, (struct sockaddr *)&ss, &len), 0);
	addr_from_sockaddr((struct sockaddr *)&ss, &a);
	client = fixture_connect(&a);
	ck_assert_int_ne(client, -1);
	ck_assert_int_eq(poll(&pfd, 1, 5000), 1);
	fd = accept4(lfd, NULL, NULL, 0);
	ck_assert_int_ne(fd, -1);
	close(client);
	return fd;
}

START_TEST(hands_its_options_to_its_connections)
{
	int lfd, fd;

	sc->peer_ms = 60000;
	lfd = tcpsock_open(&any_port, sc, false);
	ck_assert_int_ne(lfd, -1);
	fd = accepted(lfd);
	ck_assert_int_eq(option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 60000);
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 30);
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_KEEPINTVL), 6);
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_KEEPCNT), 5);
	close(fd);
	close(lfd);
}
END_TEST

START_TEST(hands_on_what_is_switched_off_as_well)
{
	int lfd, fd;

	sc->keepalive = sc->nodelay = false;
	sc->peer_ms = sc->idle_ms = 0;
	lfd = tcpsock_open(&any_port, sc, false);
	ck_assert_int_ne(lfd, -1);
	fd = accepted(lfd);
	ck_assert_int_eq(option(fd, SOL_SOCKET, SO_KEEPALIVE), 0);
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_NODELAY), 0);
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 0);
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 7200);
	close(fd);
	close(lfd);
}
END_TEST

START_TEST(probes_as_often_as_idle_timeout_says_where_data_may_wait)
{
	int lfd;

	sc->peer_ms = 0;
	sc->idle_ms = 60000;
	lfd = tcpsock_open(&any_port, sc, false);
	ck_assert_int_ne(lfd, -1);
	ck_assert_int_eq(option(lfd, IPPROTO_TCP, TCP_USER_TIMEOUT), 0);
	ck_assert_int_eq(option(lfd, IPPROTO_TCP, TCP_KEEPIDLE), 30);
	ck_assert_int_eq(option(lfd, IPPROTO_TCP, TCP_KEEPINTVL), 6);
	close(lfd);
}
END_TEST

START_TEST(changes_options_of_an_open_listener)
{
	int lfd, fd;

	lfd = tcpsock_open(&any_port, sc, false);
	ck_assert_int_ne(lfd, -1);
	sc->nodelay = false;
	sc->peer_ms = 10000;
	tcpsock_apply(lfd, sc);
	fd = accepted(lfd);
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_NODELAY), 0);
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 10000);
	close(fd);
	close(lfd);
}
END_TEST

START_TEST(takes_a_timeout_beyond_every_limit)
{
	int lfd;

	sc->peer_ms = INT64_MAX;
	lfd = tcpsock_open(&any_port, sc, false);
	ck_assert_int_ne(lfd, -1);
	ck_assert_int_eq(option(lfd, IPPROTO_TCP, TCP_USER_TIMEOUT),
	    0x7fffffff);
	ck_assert_int_gt(option(lfd, IPPROTO_TCP, TCP_KEEPIDLE), 7200);
	close(lfd);
}
END_TEST

START_TEST(gives_a_silent_peer_up_in_time)
{
	int64_t seconds;

	for (seconds = 1; seconds <= 40000; seconds++) {
		struct tcpsock_keepalive k = tcpsock_keepalive(seconds * 1000);
		int64_t sum = k.idle + (int64_t)k.count * k.interval;

		ck_assert_int_ge(k.idle, 1);
		ck_assert_int_ge(k.interval, 1);
		ck_assert_int_ge(k.count, 1);
		ck_assert_int_le(k.idle, 32767);
		if (seconds >= 2 && seconds <= 32767)
			ck_assert_int_eq(sum, seconds);
		else
			ck_assert_int_le(sum, seconds + 1);
	}
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, hands_its_options_to_its_connections);
	tcase_add_test(tc, hands_on_what_is_switched_off_as_well);
	tcase_add_test(tc,
	    probes_as_often_as_idle_timeout_says_where_data_may_wait);
	tcase_add_test(tc, changes_options_of_an_open_listener);
	tcase_add_test(tc, takes_a_timeout_beyond_every_limit);
	tcase_add_test(tc, gives_a_silent_peer_up_in_time);
}

int
main(void)
{
	return runner_main("tcpsock_options", add);
}
