/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "inject.h"
#include "runner.h"
#include "service/harness.h"
#include "service/stream.h"

/* Here the test itself is the session. */
static struct session
session_of(struct harness *h)
{
	return (struct session) {
		.fd = h->server, .settings = h->settings, .slot = h->slot
	};
}

START_TEST(sets_the_idle_timeout_only_where_there_is_one)
{
	struct harness h;
	struct session s;
	struct timeval tv = { 9, 9 };
	socklen_t len = sizeof(tv);

	harness_open(&h, _i);
	s = session_of(&h);
	stream_begin(&s);
	getsockopt(h.server, SOL_SOCKET, SO_RCVTIMEO, &tv, &len);
	ck_assert(tv.tv_sec == 0 && tv.tv_usec == 0);
	s.idle_ms = 12500;
	stream_begin(&s);
	getsockopt(h.server, SOL_SOCKET, SO_RCVTIMEO, &tv, &len);
	ck_assert_int_eq(tv.tv_sec, 12);
	ck_assert_int_ge(tv.tv_usec, 490000);
}
END_TEST

START_TEST(tells_end_of_file_from_idleness_and_from_a_reset)
{
	struct harness h;
	struct session s;
	struct linger hard = { 1, 0 };
	char c;

	harness_open(&h, KIND_TCP4);
	s = session_of(&h);
	s.idle_ms = 50;
	stream_begin(&s);
	ck_assert_int_eq(stream_read(&s, &c, 1), -1);
	ck_assert_int_eq(h.slot->reason, END_IDLE);
	h.slot->reason = END_BY_ITSELF;
	shutdown(h.fd, SHUT_WR);
	ck_assert_int_eq(stream_read(&s, &c, 1), 0);
	harness_open(&h, KIND_TCP4);
	s = session_of(&h);
	setsockopt(h.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(h.fd);
	ck_assert_int_eq(stream_read(&s, &c, 1), -1);
	ck_assert_int_eq(h.slot->reason, END_BY_ITSELF);
}
END_TEST

/* A SIGPIPE would end this test. */
START_TEST(writes_to_a_peer_that_has_gone_without_a_signal)
{
	struct harness h;
	struct session s;
	int i = 0;

	harness_open(&h, _i);
	s = session_of(&h);
	close(h.fd);
	while (stream_write(&s, "0123456789", 10) == 0)
		ck_assert_int_lt(++i, 1000);
	ck_assert_int_eq(h.slot->reason, END_BY_ITSELF);
}
END_TEST

START_TEST(counts_what_moved_and_nothing_else)
{
	struct harness h;
	struct session s;
	static char big[1 << 16];
	uint64_t n = 0;
	ssize_t some;

	harness_open(&h, _i);
	s = session_of(&h);
	s.idle_ms = 100;
	while ((some = stream_write_some(&s, big, sizeof(big))) > 0)
		n += (uint64_t)some;
	ck_assert_int_eq(some, 0);
	ck_assert_uint_eq(h.slot->out, n);
	ck_assert_int_eq(stream_write(&s, big, sizeof(big)), -1);
	ck_assert_int_eq(h.slot->reason, END_IDLE);
	ck_assert_uint_ge(h.slot->out, n);
	harness_send(&h, "four", 4);
	ck_assert_int_eq(stream_read(&s, big, 3), 3);
	ck_assert_uint_eq(h.slot->in, 3);
	ck_assert_int_eq(stream_discard(&s), 1);
	ck_assert_uint_eq(h.slot->in, 4);
	ck_assert_int_eq(stream_discard(&s), 1);
	close(h.fd);
	ck_assert_int_eq(stream_discard(&s), 0);
}
END_TEST

START_TEST(waits_for_a_peer_without_a_limit_where_there_is_none)
{
	struct harness h;
	struct session s;
	char c;

	harness_open(&h, _i);
	s = session_of(&h);
	if (fork() == 0) {
		poll(NULL, 0, 100);
		_exit(write(h.fd, "x", 1) == 1 ? 0 : 1);
	}
	stream_begin(&s);
	ck_assert_int_eq(stream_read(&s, &c, 1), 1);
	ck_assert_int_eq(stream_wait(&s, POLLOUT) & POLLOUT, POLLOUT);
}
END_TEST

START_TEST(closes_at_once_after_the_peer_has_closed)
{
	struct harness h;
	struct session s;

	harness_open(&h, _i);
	s = session_of(&h);
	harness_ms();
	harness_send(&h, "unread", 6);
	shutdown(h.fd, SHUT_WR);
	stream_close(&s);
	ck_assert_int_lt(harness_ms(), STREAM_CLOSE_MS / 2);
}
END_TEST

START_TEST(closes_after_a_second_whatever_the_peer_sends)
{
	struct harness h;
	struct session s;
	pid_t pid;
	int status;

	harness_open(&h, _i);
	s = session_of(&h);
	harness_ms();
	if ((pid = fork()) == 0) {
		close(h.server);
		while (send(h.fd, "drip", 4, MSG_NOSIGNAL) == 4)
			poll(NULL, 0, 1);
		_exit(0);
	}
	close(h.fd);
	stream_close(&s);
	close(h.server);
	ck_assert_int_ge(harness_ms(), STREAM_CLOSE_MS - 10);
	ck_assert_int_lt(harness_ms(), 4 * STREAM_CLOSE_MS);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
}
END_TEST

START_TEST(grows_only_for_reads_that_fill_the_buffer)
{
	char small[16];
	struct stream_buf b = { .data = small, .size = sizeof(small) };
	size_t seen = sizeof(small), grown = 0;
	int i;

	for (i = 0; i < 1000; i++)
		stream_grow(&b, sizeof(small) - 1);
	stream_grow(&b, sizeof(small));
	ck_assert_ptr_eq(b.data, small);
	for (i = 0; i < 1000; i++) {
		stream_grow(&b, b.size);
		b.data[0] = b.data[b.size - 1] = 'x';
		grown += b.size != seen;
		seen = b.size;
	}
	ck_assert_uint_eq(grown, 2);
	ck_assert_uint_eq(seen, 1 << 20);
}
END_TEST

START_TEST(ends_an_idle_session_although_the_kernel_tells_nothing)
{
	struct harness h;
	struct session s;
	char c;

	harness_open(&h, _i);
	s = session_of(&h);
	s.idle_ms = 50;
	stream_begin(&s);
	ck_assert_int_eq(inject(SYS_getsockopt, INJECT_ANY, ENOPROTOOPT), 0);
	ck_assert_int_eq(stream_read(&s, &c, 1), -1);
	ck_assert_int_eq(h.slot->reason, END_IDLE);
}
END_TEST

/* It has been sent more than it has taken yet: it is not idle while it reads,
 * and says something after all. */
START_TEST(waits_on_for_a_peer_that_still_reads)
{
	static char big[1 << 16];
	struct harness h;
	struct session s;
	uint64_t left;
	pid_t pid;
	char c = 0;

	harness_open(&h, KIND_TCP4);
	s = session_of(&h);
	s.idle_ms = 300;
	stream_begin(&s);
	while (stream_write_some(&s, big, sizeof(big)) > 0)
		continue;
	left = h.slot->out;
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		poll(NULL, 0, 450); /* the first read has timed out */
		for (; left > 0; left -= (uint64_t)read(h.fd, big, sizeof(big)))
			if (poll(&(struct pollfd) { .fd = h.fd,
				     .events = POLLIN },
				1, 10000) != 1)
				_exit(1);
		_exit(write(h.fd, "x", 1) == 1 ? 0 : 2);
	}
	ck_assert_int_eq(stream_read(&s, &c, 1), 1);
	ck_assert_int_eq(c, 'x');
	ck_assert_int_eq(h.slot->reason, END_BY_ITSELF);
	waitpid(pid, NULL, 0);
}
END_TEST

START_TEST(ends_a_session_whose_peer_takes_nothing)
{
	static char big[1 << 16];
	struct harness h;
	struct session s;
	char c;

	harness_open(&h, KIND_TCP4);
	s = session_of(&h);
	s.idle_ms = 100;
	stream_begin(&s);
	while (stream_write_some(&s, big, sizeof(big)) > 0)
		continue;
	ck_assert_int_eq(stream_read(&s, &c, 1), -1);
	ck_assert_int_eq(h.slot->reason, END_IDLE);
}
END_TEST

START_TEST(ends_where_it_cannot_wait)
{
	static char big[1 << 16];
	struct harness h;
	struct session s;

	harness_open(&h, _i);
	s = session_of(&h);
	while (stream_write_some(&s, big, sizeof(big)) > 0)
		continue;
	ck_assert_int_eq(inject(SYS_ppoll, INJECT_ANY, ENOMEM), 0);
	ck_assert_int_eq(stream_write(&s, big, sizeof(big)), -1);
	ck_assert_int_eq(h.slot->reason, END_BY_ITSELF);
	stream_close(&s);
}
END_TEST

START_TEST(goes_on_with_its_buffer_where_there_is_no_larger_one)
{
	char first[4096];
	struct stream_buf b = { .data = first, .size = sizeof(first) };
	int i;

	ck_assert_int_eq(inject(SYS_mmap, INJECT_ANY, ENOMEM), 0);
	for (i = 0; i < 10; i++)
		stream_grow(&b, sizeof(first));
	ck_assert_ptr_eq(b.data, first);
	ck_assert_uint_eq(b.size, sizeof(first));
}
END_TEST

static void
add(TCase *t)
{
	const char *lack = inject_lack();

	tcase_add_loop_test(t, sets_the_idle_timeout_only_where_there_is_one, 0,
	    KIND_COUNT);
	tcase_add_test(t, tells_end_of_file_from_idleness_and_from_a_reset);
	tcase_add_loop_test(t, writes_to_a_peer_that_has_gone_without_a_signal,
	    0, KIND_COUNT);
	tcase_add_loop_test(t, counts_what_moved_and_nothing_else, 0,
	    KIND_COUNT);
	tcase_add_loop_test(t,
	    waits_for_a_peer_without_a_limit_where_there_is_none, 0,
	    KIND_COUNT);
	tcase_add_loop_test(t, closes_at_once_after_the_peer_has_closed, 0,
	    KIND_COUNT);
	tcase_add_loop_test(t, closes_after_a_second_whatever_the_peer_sends, 0,
	    KIND_COUNT);
	tcase_add_test(t, grows_only_for_reads_that_fill_the_buffer);
	runner_add_loop(t, lack,
	    ends_an_idle_session_although_the_kernel_tells_nothing, 0,
	    KIND_COUNT);
	tcase_add_test(t, waits_on_for_a_peer_that_still_reads);
	tcase_add_test(t, ends_a_session_whose_peer_takes_nothing);
	runner_add_loop(t, lack, ends_where_it_cannot_wait, 0, KIND_COUNT);
	runner_add(t, inject_lack_memory(),
	    goes_on_with_its_buffer_where_there_is_no_larger_one);
}

int
main(void)
{
	return runner_main("stream", add);
}
