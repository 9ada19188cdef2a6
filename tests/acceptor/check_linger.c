/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/linger.h"
#include "acceptor/rig.h"
#include "base/io.h"

static struct linger_ring ring;
static struct pollfd pfd[LINGER_MOST];

/* Who is ready, as the loop finds it. */
static void
look_and_run(int64_t now)
{
	poll(pfd, linger_poll(&ring, pfd), 0);
	linger_run(&ring, pfd, now);
}

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) != -1;
}

/* Whether the other side of a client's socket is closed. */
static bool
is_gone(int client)
{
	return send(client, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT) == -1 &&
	    errno == EPIPE;
}

/* A connection whose server side lingers; the client's socket. */
static int
lingering(int *server, int64_t now)
{
	int sv[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv),
	    0);
	linger_add(&ring, sv[1], now);
	if (server != NULL)
		*server = sv[1];
	return sv[0];
}

START_TEST(shuts_its_sending_side_down)
{
	char c;
	int server, fd = lingering(&server, 100);

	ck_assert_int_eq(read(fd, &c, 1), 0);
	ck_assert(is_open(server));
	ck_assert_int_eq(linger_due(&ring), 100 + LINGER_MS);
}
END_TEST

START_TEST(closes_when_the_peer_has_closed)
{
	int server, fd = lingering(&server, 100);

	look_and_run(101);
	ck_assert(is_open(server));
	close(fd);
	look_and_run(102);
	ck_assert(!is_open(server));
	ck_assert_uint_eq(ring.n, 0);
	ck_assert_int_eq(linger_due(&ring), 0);
}
END_TEST

START_TEST(closes_when_its_second_is_over)
{
	int server, fd = lingering(&server, 100);

	look_and_run(100 + LINGER_MS - 1);
	ck_assert(is_open(server));
	look_and_run(100 + LINGER_MS);
	ck_assert(!is_open(server));
	close(fd);
}
END_TEST

START_TEST(closes_the_oldest_when_it_is_full)
{
	int client[LINGER_MAX + 3], i;

	for (i = 0; i < LINGER_MAX; i++)
		client[i] = lingering(NULL, 100 + i);
	ck_assert_uint_eq(linger_poll(&ring, pfd), LINGER_MAX);
	for (; i < LINGER_MAX + 3; i++)
		client[i] = lingering(NULL, 100 + i);
	ck_assert_uint_eq(linger_poll(&ring, pfd), LINGER_MAX);
	ck_assert_int_eq(linger_due(&ring), 103 + LINGER_MS);
	for (i = 0; i < LINGER_MAX + 3; i++)
		ck_assert_int_eq(is_gone(client[i]), i < 3);
	look_and_run(100 + LINGER_MAX + 3 + LINGER_MS);
	for (i = 0; i < LINGER_MAX + 3; i++)
		ck_assert(is_gone(client[i]));
	ck_assert_uint_eq(ring.n, 0);
}
END_TEST

START_TEST(reads_the_oldest_before_it_is_closed)
{
	char buf[8];
	int client[3], i;

	linger_init(&ring, 1);
	for (i = 0; i < 3; i++) {
		client[i] = lingering(NULL, 100);
		ck_assert_int_eq(send(client[i], "x", 1, MSG_NOSIGNAL), 1);
	}
	/* The ones that gave way had read what was there: no reset. */
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(recv(client[i], buf, sizeof(buf), 0), 0);
	ck_assert_uint_eq(ring.n, 1);
}
END_TEST

START_TEST(holds_more_where_programs_linger)
{
	int client[LINGER_MAX + 3], i;

	linger_init(&ring, UINT_MAX);
	ck_assert_uint_eq(ring.max, LINGER_MOST);
	for (i = 0; i < LINGER_MAX + 3; i++)
		client[i] = lingering(NULL, 100);
	for (i = 0; i < LINGER_MAX + 3; i++)
		ck_assert(!is_gone(client[i]));
	ck_assert_uint_eq(linger_poll(&ring, pfd), LINGER_MAX + 3);
}
END_TEST

START_TEST(goes_on_with_holes_in_its_ring)
{
	int client[LINGER_MAX], i, round;

	for (round = 0; round < 20; round++) {
		for (i = 0; i < LINGER_MAX; i++)
			client[i] = lingering(NULL, round * 10);
		for (i = round % 3; i < LINGER_MAX; i += 3)
			close(client[i]);
		look_and_run(round * 10 + 1);
		for (i = 0; i < LINGER_MAX; i++)
			if (i % 3 != round % 3)
				close(client[i]);
		ck_assert_uint_le(linger_poll(&ring, pfd), LINGER_MAX);
		look_and_run(round * 10 + 2);
		ck_assert_uint_eq(linger_poll(&ring, pfd), 0);
		ck_assert_uint_eq(ring.n, 0);
	}
}
END_TEST

START_TEST(polls_for_those_that_are_open)
{
	int server[3], client[3], i;

	for (i = 0; i < 3; i++)
		client[i] = lingering(&server[i], 100 + i);
	close(client[1]);
	look_and_run(110);
	ck_assert_uint_eq(linger_poll(&ring, pfd), 2);
	ck_assert_int_eq(pfd[0].fd, server[0]);
	ck_assert_int_eq(pfd[1].fd, server[2]);
	ck_assert_int_eq(pfd[1].events, POLLIN);
	/* The newest is done first: the oldest is still due next. */
	close(client[2]);
	look_and_run(111);
	ck_assert_int_eq(linger_due(&ring), 100 + LINGER_MS);
	close(client[0]);
	look_and_run(112);
	ck_assert_uint_eq(ring.n, 0);
}
END_TEST

/* Over TCP: what is unread when a socket is closed makes a reset of it, which
 * destroys what the peer has not read yet. */
START_TEST(delivers_a_message_while_the_client_still_sends)
{
	static char junk[65536];
	char text[16];
	struct pending c;
	size_t sent = 0;
	int64_t now = 100;
	ssize_t n;
	int fd;

	rig_make(NULL, 4);
	fd = rig_connect(&c);
	ck_assert_int_eq(io_nonblock(fd, 1), 0);
	ck_assert_int_gt(send(fd, junk, 1000, 0), 0);
	ck_assert_int_eq(send(c.fd, "go away\n", 8, 0), 8);
	linger_add(&ring, c.fd, now);
	while (sent < 4 * sizeof(junk)) {
		look_and_run(++now);
		ck_assert_uint_eq(ring.n, 1);
		n = send(fd, junk, sizeof(junk), MSG_NOSIGNAL);
		ck_assert(n > 0 || errno == EAGAIN);
		sent += n > 0 ? (size_t)n : 0;
		ck_assert_int_lt(now, 100 + LINGER_MS);
	}
	shutdown(fd, SHUT_WR);
	while (ring.n > 0) {
		linger_poll(&ring, pfd);
		poll(pfd, 1, 1000);
		look_and_run(now);
	}
	ck_assert_int_eq(io_nonblock(fd, 0), 0);
	ck_assert(rig_read_all(fd, text, sizeof(text)));
	ck_assert_str_eq(text, "go away\n");
}
END_TEST

/* One that sends without end does not keep the loop. */
START_TEST(reads_a_fair_share_only)
{
	static char junk[4 << 20];
	struct pending c;
	int fd, big = sizeof(junk), left;

	rig_make(NULL, 4);
	ck_assert_int_eq(setsockopt(SETTINGS_FD_LISTENER, SOL_SOCKET, SO_RCVBUF,
			     &big, sizeof(big)),
	    0);
	fd = rig_connect(&c);
	ck_assert_int_eq(io_nonblock(fd, 1), 0);
	while (send(fd, junk, sizeof(junk), MSG_NOSIGNAL) > 0)
		continue;
	linger_add(&ring, c.fd, 100);
	look_and_run(101);
	left = (int)recv(c.fd, junk, sizeof(junk), MSG_DONTWAIT | MSG_PEEK);
	ck_assert_int_gt(left, 0);
	ck_assert_uint_eq(ring.n, 1);
}
END_TEST

static void
set_up(void)
{
	linger_init(&ring, LINGER_MAX);
}

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, shuts_its_sending_side_down);
	tcase_add_test(tc, closes_when_the_peer_has_closed);
	tcase_add_test(tc, closes_when_its_second_is_over);
	tcase_add_test(tc, closes_the_oldest_when_it_is_full);
	tcase_add_test(tc, reads_the_oldest_before_it_is_closed);
	tcase_add_test(tc, holds_more_where_programs_linger);
	tcase_add_test(tc, goes_on_with_holes_in_its_ring);
	tcase_add_test(tc, polls_for_those_that_are_open);
	tcase_add_test(tc, delivers_a_message_while_the_client_still_sends);
	tcase_add_test(tc, reads_a_fair_share_only);
}

int
main(void)
{
	return rig_main("linger", add);
}
