/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "runner.h"
#include "service/harness.h"

#define BULK  ((uint64_t)16 << 20)
#define CHUNK ((uint64_t)65536)

static unsigned char block[1 << 18];

/* Sends what fits of the stream from byte `sent` on; how much that was. */
static uint64_t
push(struct harness *h, uint64_t sent)
{
	size_t size = BULK - sent < CHUNK ? BULK - sent : CHUNK, i;
	ssize_t n;

	for (i = 0; i < size; i++)
		block[i] = harness_byte(sent + i);
	n = send(h->fd, block, size, MSG_DONTWAIT | MSG_NOSIGNAL);
	ck_assert(n > 0 || errno == EAGAIN);
	return n > 0 ? (uint64_t)n : 0;
}

/* Sends BULK bytes while it reads them back, so many at once, and compares. */
static void
pump(struct harness *h, size_t reads)
{
	static unsigned char got[65536];
	uint64_t sent = 0, back = 0;
	struct pollfd pfd = { .fd = h->fd };
	ssize_t n, i;

	while (back < BULK) {
		pfd.events = sent < BULK ? POLLIN | POLLOUT : POLLIN;
		ck_assert_int_eq(poll(&pfd, 1, 10000), 1);
		if ((pfd.revents & POLLOUT) != 0)
			sent += push(h, sent);
		if ((pfd.revents & POLLIN) == 0)
			continue;
		ck_assert_int_gt(n = read(h->fd, got, reads), 0);
		for (i = 0; i < n; i++, back++)
			if (got[i] != harness_byte(back))
				ck_abort_msg("a byte is wrong");
	}
	ck_assert_int_eq(shutdown(h->fd, SHUT_WR), 0);
	ck_assert_uint_eq(harness_read_all(h, got, sizeof(got)), 0);
	harness_end(h);
	ck_assert_uint_eq(h->slot->in, BULK);
	ck_assert_uint_eq(h->slot->out, BULK);
}

START_TEST(returns_every_byte_then_end_of_file_to_a_peer_that_half_closes)
{
	struct harness h;
	char got[64];

	harness_run(&h, _i, BUILTIN_echo, 0);
	harness_send(&h, "a\0b\nc", 5);
	ck_assert_int_eq(shutdown(h.fd, SHUT_WR), 0);
	ck_assert_uint_eq(harness_read_all(&h, got, sizeof(got)), 5);
	ck_assert_mem_eq(got, "a\0b\nc", 5);
	harness_end(&h);
	ck_assert_uint_eq(h.slot->in, 5);
	ck_assert_uint_eq(h.slot->out, 5);
	ck_assert_int_eq(h.slot->reason, END_BY_ITSELF);
}
END_TEST

START_TEST(answers_request_after_request)
{
	struct harness h;
	char out[64], in[64];
	int i;

	harness_run(&h, _i, BUILTIN_echo, 5000);
	for (i = 0; i < 1000; i++) {
		memset(out, i, sizeof(out));
		harness_send(&h, out, sizeof(out));
		ck_assert_int_eq(recv(h.fd, in, sizeof(in), MSG_WAITALL), 64);
		ck_assert_mem_eq(in, out, sizeof(out));
	}
	close(h.fd);
	harness_end(&h);
	ck_assert_uint_eq(h.slot->out, 64000);
}
END_TEST

START_TEST(returns_bulk_in_order_whatever_the_reader_takes_at_once)
{
	struct harness h;

	harness_run(&h, _i / 2, BUILTIN_echo, 0);
	pump(&h, _i % 2 == 0 ? 65536 : 777);
}
END_TEST

START_TEST(needs_no_more_than_its_buffers_for_bulk)
{
	struct harness h;
	struct rusage ru;

	harness_run(&h, KIND_TCP4, BUILTIN_echo, 0);
	pump(&h, 65536);
	getrusage(RUSAGE_CHILDREN, &ru);
	/* A program of a few MiB, with at most 1 MiB and 64 KiB of buffers. */
	ck_assert_int_lt(ru.ru_minflt, 2000);
}
END_TEST

START_TEST(ends_an_idle_peer_and_says_so)
{
	struct harness h;
	char c;

	harness_run(&h, _i, BUILTIN_echo, 100);
	ck_assert_int_eq(read(h.fd, &c, 1), 0);
	ck_assert_int_ge(harness_ms(), 99);
	harness_end(&h);
	ck_assert_int_eq(h.slot->reason, END_IDLE);
}
END_TEST

START_TEST(ends_a_peer_that_sends_and_never_reads)
{
	struct harness h;
	struct timeval tv = { 20, 0 };

	harness_run(&h, _i, BUILTIN_echo, 200);
	setsockopt(h.fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	while (send(h.fd, block, sizeof(block), MSG_NOSIGNAL) > 0)
		;
	ck_assert(errno == EPIPE || errno == ECONNRESET);
	harness_end(&h);
	ck_assert_int_eq(h.slot->reason, END_IDLE);
	ck_assert_uint_lt(h.slot->out, h.slot->in);
}
END_TEST

/* It takes a piece from time to time, each well within the idle timeout, but
 * so little that the kernel lets the server write only long after. */
START_TEST(does_not_take_a_slow_reader_for_an_idle_one)
{
	struct harness h;
	int size = 1 << 16, i;
	ssize_t n;

	harness_open(&h, _i);
	setsockopt(h.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	size = 1 << 21;
	setsockopt(h.server, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	h.settings->idle_ms = 400;
	harness_start(&h, BUILTIN_echo);
	while (send(h.fd, block, sizeof(block), MSG_DONTWAIT) > 0 ||
	    poll(&(struct pollfd) { h.fd, POLLOUT, 0 }, 1, 50) == 1)
		;
	for (i = 0; i < 12; i++) {
		ck_assert_msg((n = read(h.fd, block, 65536)) > 0,
		    "after %d reads: %s", i, strerror(errno));
		poll(NULL, 0, 100);
		ck_assert_int_eq(waitpid(h.pid, NULL, WNOHANG), 0);
	}
	close(h.fd);
	waitpid(h.pid, NULL, 0);
	ck_assert_int_eq(h.slot->reason, END_BY_ITSELF);
}
END_TEST

START_TEST(is_quiet_when_the_peer_resets)
{
	struct harness h;
	struct linger hard = { 1, 0 };

	harness_run(&h, KIND_TCP4, BUILTIN_echo, 0);
	harness_send(&h, block, 4096);
	setsockopt(h.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(h.fd);
	harness_end(&h);
	ck_assert_int_eq(h.slot->reason, END_BY_ITSELF);
}
END_TEST

START_TEST(goes_on_after_being_stopped_and_continued)
{
	struct harness h;
	int status;
	char c;

	harness_run(&h, _i, BUILTIN_echo, 20000);
	harness_send(&h, "x", 1);
	ck_assert_int_eq(read(h.fd, &c, 1), 1);
	kill(h.pid, SIGSTOP);
	ck_assert_int_eq(waitpid(h.pid, &status, WUNTRACED), h.pid);
	kill(h.pid, SIGCONT);
	harness_send(&h, "y", 1);
	ck_assert_int_eq(read(h.fd, &c, 1), 1);
	ck_assert_int_eq(c, 'y');
	close(h.fd);
	harness_end(&h);
}
END_TEST

static void
add(TCase *t)
{
	const char *lack = geteuid() == 0 ?
	    NULL :
	    "only root can force a buffer's size";

	tcase_add_loop_test(t,
	    returns_every_byte_then_end_of_file_to_a_peer_that_half_closes, 0,
	    KIND_COUNT);
	tcase_add_loop_test(t, answers_request_after_request, 0, KIND_COUNT);
	tcase_add_loop_test(t,
	    returns_bulk_in_order_whatever_the_reader_takes_at_once, 0,
	    2 * KIND_COUNT);
	tcase_add_test(t, needs_no_more_than_its_buffers_for_bulk);
	tcase_add_loop_test(t, ends_an_idle_peer_and_says_so, 0, KIND_COUNT);
	tcase_add_loop_test(t, ends_a_peer_that_sends_and_never_reads, 0,
	    KIND_COUNT);
	runner_add_loop(t, lack, does_not_take_a_slow_reader_for_an_idle_one, 0,
	    KIND_COUNT);
	tcase_add_test(t, is_quiet_when_the_peer_resets);
	tcase_add_loop_test(t, goes_on_after_being_stopped_and_continued, 0,
	    KIND_COUNT);
}

int
main(void)
{
	return runner_main("echo", add);
}
