/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tine/dial.h"
#include "tine/units.h"
#include "runner.h"

/* A listener on 127.0.0.1, as an endpoint. */
static int
listener(struct endpoint *ep, int backlog)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sin, len), 0);
	if (backlog >= 0)
		ck_assert_int_eq(listen(fd, backlog), 0);
	getsockname(fd, (struct sockaddr *)&sin, &len);
	endpoint_from_sockaddr((struct sockaddr *)&sin, len, ep);
	return fd;
}

/* Its queue is full: the kernel drops what else wants to connect. */
static void
silent(struct endpoint *ep)
{
	int i, fd;

	listener(ep, 0);
	for (i = 0; i < 4; i++) {
		fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)!connect(fd, (struct sockaddr *)&ep->ss, ep->len);
	}
}

/* Bound, not listening. */
static void
refusing(struct endpoint *ep)
{
	listener(ep, -1);
}

static struct target t;

static struct dial
dial(size_t n, int64_t timeout)
{
	struct dial d = { .target = &t, .timeout = timeout };

	t.n = n;
	return d;
}

START_TEST(connects_to_the_only_endpoint)
{
	struct dial d = dial(1, NS_PER_S);
	int fd;

	listener(&t.ep[0], 5);
	fd = dial_connect(&d);
	ck_assert_int_ge(fd, 0);
	ck_assert_ptr_eq(d.peer, &t.ep[0]);
	ck_assert_int_gt(d.took, 0);
	close(fd);
}
END_TEST

START_TEST(after_a_refusal_the_next_is_tried_at_once)
{
	struct dial d = dial(2, 5 * NS_PER_S);
	int64_t began = units_now();

	refusing(&t.ep[0]);
	listener(&t.ep[1], 5);
	ck_assert_int_ge(dial_connect(&d), 0);
	ck_assert_ptr_eq(d.peer, &t.ep[1]);
	ck_assert_int_lt(units_now() - began, 200 * NS_PER_MS);
}
END_TEST

START_TEST(silence_gives_the_next_its_turn_after_250_ms)
{
	struct dial d = dial(2, 5 * NS_PER_S);
	int64_t began, took;

	silent(&t.ep[0]);
	listener(&t.ep[1], 5);
	began = units_now();
	ck_assert_int_ge(dial_connect(&d), 0);
	took = units_now() - began;
	ck_assert_ptr_eq(d.peer, &t.ep[1]);
	ck_assert_int_ge(took, 250 * NS_PER_MS);
	ck_assert_int_lt(took, 900 * NS_PER_MS);
}
END_TEST

START_TEST(silence_of_all_ends_with_the_timeout)
{
	struct dial d = dial(2, 400 * NS_PER_MS);
	int64_t began;

	silent(&t.ep[0]);
	silent(&t.ep[1]);
	began = units_now();
	ck_assert_int_eq(dial_connect(&d), -1);
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert_str_eq(d.step, "connect");
	ck_assert_int_ge(units_now() - began, 400 * NS_PER_MS);
}
END_TEST

START_TEST(when_all_refuse_that_is_the_error)
{
	struct dial d = dial(3, 5 * NS_PER_S);

	refusing(&t.ep[0]);
	refusing(&t.ep[1]);
	refusing(&t.ep[2]);
	ck_assert_int_eq(dial_connect(&d), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	ck_assert_ptr_eq(d.peer, &t.ep[2]);
}
END_TEST

START_TEST(a_local_address_of_another_machine_fails_in_bind)
{
	struct dial d = dial(1, NS_PER_S);
	struct addr local;

	listener(&t.ep[0], 5);
	ck_assert_int_eq(addr_from_ip("192.0.2.1", &local), 0);
	d.local = &local;
	ck_assert_int_eq(dial_connect(&d), -1);
	ck_assert_int_eq(errno, EADDRNOTAVAIL);
	ck_assert_str_eq(d.step, "bind");
}
END_TEST

START_TEST(connects_from_the_local_address)
{
	struct dial d = dial(1, NS_PER_S);
	struct sockaddr_in sin = { 0 };
	socklen_t len = sizeof(sin);
	struct addr local;
	int fd;

	listener(&t.ep[0], 5);
	ck_assert_int_eq(addr_from_ip("127.9.8.7", &local), 0);
	d.local = &local;
	ck_assert_int_ge(fd = dial_connect(&d), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	ck_assert_uint_eq(ntohl(sin.sin_addr.s_addr), 0x7f090807);
}
END_TEST

START_TEST(no_descriptor_is_left_behind)
{
	struct dial d = dial(3, 5 * NS_PER_S);
	int before, after, fd;

	silent(&t.ep[0]);
	refusing(&t.ep[1]);
	listener(&t.ep[2], 5);
	close(before = dup(0));
	fd = dial_connect(&d);
	ck_assert_int_ge(fd, 0);
	close(fd);
	close(after = dup(0));
	ck_assert_int_eq(before, after);
}
END_TEST

static void
on_alarm(int sig)
{
	(void)sig;
}

START_TEST(a_signal_ends_the_wait_where_a_mask_is_given)
{
	struct dial d = dial(1, 20 * NS_PER_S);
	struct itimerval it = { { 0, 20000 }, { 0, 20000 } };
	struct sigaction sa;
	sigset_t none;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_alarm;
	sigaction(SIGALRM, &sa, NULL);
	sigemptyset(&none);
	silent(&t.ep[0]);
	d.mask = &none;
	setitimer(ITIMER_REAL, &it, NULL);
	ck_assert_int_eq(dial_connect(&d), -1);
	ck_assert_int_eq(errno, ECANCELED);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, connects_to_the_only_endpoint);
	tcase_add_test(tc, after_a_refusal_the_next_is_tried_at_once);
	tcase_add_test(tc, silence_gives_the_next_its_turn_after_250_ms);
	tcase_add_test(tc, silence_of_all_ends_with_the_timeout);
	tcase_add_test(tc, when_all_refuse_that_is_the_error);
	tcase_add_test(tc, a_local_address_of_another_machine_fails_in_bind);
	tcase_add_test(tc, connects_from_the_local_address);
	tcase_add_test(tc, no_descriptor_is_left_behind);
	tcase_add_test(tc, a_signal_ends_the_wait_where_a_mask_is_given);
}

int
main(void)
{
	return runner_main("check_dial", add);
}
