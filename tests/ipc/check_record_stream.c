/* SPDX-License-Identifier: ISC */
/*
 * Records on their way to the logger: each is one write, and whatever comes out
 * of the pipe is either taken apart or refused.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "ipc/record.h"
#include "ipc/recorded.h"
#include "runner.h"

START_TEST(is_one_write_into_a_pipe)
{
	struct record_fields f;
	struct record r;
	char buf[RECORD_MAX];
	int fd[2], n, sent = 0;

	ck_assert_int_eq(pipe(fd), 0);
	ck_assert_int_eq(io_nonblock(fd[0], 1), 0);
	ck_assert_int_eq(io_nonblock(fd[1], 1), 0);
	record_begin(&r, LEVEL_INFO, "e");
	memset(buf, 'v', sizeof(buf));
	buf[3000] = '\0';
	record_str(&r, "k", buf);
	while (record_send(&r, fd[1]) == 0)
		sent++;
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_gt(sent, 0);
	for (n = 0; n < sent; n++) {
		ck_assert_int_eq(io_read_all(fd[0], buf, r.head.size),
		    r.head.size);
		ck_assert_int_eq(record_next(buf, sizeof(buf)), r.head.size);
		ck_assert_int_eq(record_fields(buf, r.head.size, &f), 0);
	}
	ck_assert_int_eq(io_read(fd[0], buf, 1), -1);
	close(fd[1]);
	ck_assert_int_eq(record_send(&r, fd[1]), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

/* A file of limited size, unlike a pipe, takes a part. */
START_TEST(says_when_a_part_was_taken)
{
	struct rlimit before, limit;
	struct record r;
	int fd = memfd_create("test", MFD_CLOEXEC), sent, error;

	ck_assert_int_ne(fd, -1);
	record_begin(&r, LEVEL_INFO, "longer_than_that");
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 10;
	/* Check writes files, too: it has to wait. */
	setrlimit(RLIMIT_FSIZE, &limit);
	sent = record_send(&r, fd);
	error = errno;
	setrlimit(RLIMIT_FSIZE, &before);
	ck_assert_int_eq(sent, -1);
	ck_assert_int_eq(error, EMSGSIZE);
	ck_assert_int_eq(record_send(&r, -1), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

START_TEST(waits_for_the_rest_of_a_record)
{
	struct record r;
	size_t n;

	record_begin(&r, LEVEL_INFO, "e");
	record_str(&r, "k", "value");
	for (n = 0; n < r.head.size; n++)
		ck_assert_int_eq(record_next(&r, n), 0);
	ck_assert_int_eq(record_next(&r, n), (int)n);
	ck_assert_int_eq(record_next(&r, n + 1), (int)n);
}
END_TEST

START_TEST(refuses_a_bad_head)
{
	static const struct record_head bad[] = {
		{ 0, 100, RECORD_EVENT, LEVEL_INFO },
		{ RECORD_MAGIC + 1, 100, RECORD_EVENT, LEVEL_INFO },
		{ RECORD_MAGIC, 0, RECORD_EVENT, LEVEL_INFO },
		{ RECORD_MAGIC, 6, RECORD_EVENT, LEVEL_INFO },
		{ RECORD_MAGIC, 7, RECORD_EVENT, LEVEL_INFO },
		{ RECORD_MAGIC, RECORD_MAX + 1, RECORD_EVENT, LEVEL_INFO },
		{ RECORD_MAGIC, UINT16_MAX, RECORD_EVENT, LEVEL_INFO },
		{ RECORD_MAGIC, 100, RECORD_EVENT, LEVELS },
		{ RECORD_MAGIC, 100, RECORD_EVENT, 255 },
		{ RECORD_MAGIC, 100, 0, LEVEL_INFO },
		{ RECORD_MAGIC, 100, 3, LEVEL_INFO },
		{ RECORD_MAGIC, 133, RECORD_END, LEVEL_INFO },
		{ RECORD_MAGIC, 135, RECORD_END, LEVEL_INFO },
		{ RECORD_MAGIC, 134, RECORD_END, LEVEL_ERROR },
	};
	char buf[2 * RECORD_MAX] = { 0 };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memcpy(buf, &bad[i], sizeof(bad[i]));
		ck_assert_int_eq(record_next(buf, sizeof(buf)), -1);
		/* At once, before the rest of it has come. */
		ck_assert_int_eq(record_next(buf, sizeof(bad[i])), -1);
	}
}
END_TEST

/* Takes an event apart whose strings are these bytes. */
static int
fields_of(const char *text, size_t n)
{
	struct record_fields f;
	struct record r;

	r.head.magic = RECORD_MAGIC;
	r.head.size = (uint16_t)(offsetof(struct record, text) + n);
	r.head.kind = RECORD_EVENT;
	r.head.level = LEVEL_INFO;
	memset(r.peer, 0, sizeof(r.peer));
	memcpy(r.text, text, n);
	return record_fields(&r, r.head.size, &f);
}

#define FIELDS_OF(literal) fields_of(literal, sizeof(literal) - 1)

START_TEST(refuses_malformed_events)
{
	ck_assert_int_eq(FIELDS_OF("e\0k\0v\0"), 0);
	ck_assert_int_eq(FIELDS_OF("e\0k\0\0"), 0);
	ck_assert_int_eq(FIELDS_OF("e\0"), 0);
	ck_assert_int_eq(FIELDS_OF("e"), -1);
	ck_assert_int_eq(FIELDS_OF("ee"), -1);
	ck_assert_int_eq(FIELDS_OF("\0\0"), -1);
	ck_assert_int_eq(FIELDS_OF("E\0"), -1);
	ck_assert_int_eq(FIELDS_OF("e \0"), -1);
	ck_assert_int_eq(FIELDS_OF("1\0"), -1);
	ck_assert_int_eq(FIELDS_OF("e\0k\0"), -1);
	ck_assert_int_eq(FIELDS_OF("e\0k\0v"), -1);
	ck_assert_int_eq(FIELDS_OF("e\0k\0v\0k\0"), -1);
	ck_assert_int_eq(FIELDS_OF("e\0\0v\0"), -1);
	ck_assert_int_eq(FIELDS_OF("e\0K\0v\0"), -1);
	ck_assert_int_eq(FIELDS_OF("e\0k=\0v\0"), -1);
	ck_assert_int_eq(FIELDS_OF("e\0k\nx\0v\0"), -1);
	ck_assert_int_eq(FIELDS_OF("e\0"
				   "9\0v\0"),
	    -1);
	ck_assert_int_eq(FIELDS_OF("e\0k\377\0v\0"), -1);
}
END_TEST

START_TEST(refuses_a_peer_that_is_not_normalized)
{
	struct addr peer = { .family = AF_INET, .scope = 1 };
	struct record_fields f;
	struct record r;

	record_begin(&r, LEVEL_INFO, "e");
	memcpy(r.peer, &peer, sizeof(peer));
	ck_assert_int_eq(record_fields(&r, r.head.size, &f), -1);
	peer.scope = 0;
	memcpy(r.peer, &peer, sizeof(peer));
	ck_assert_int_eq(record_fields(&r, r.head.size, &f), 0);
	peer.family = AF_NETLINK;
	memcpy(r.peer, &peer, sizeof(peer));
	ck_assert_int_eq(record_fields(&r, r.head.size, &f), -1);
}
END_TEST

START_TEST(refuses_more_pairs_than_there_is_room_for)
{
	char text[2 + 4 * (RECORD_FIELDS + 1)];
	size_t i;

	memcpy(text, "e", 2);
	for (i = 2; i < sizeof(text); i += 4)
		memcpy(text + i, "k\0v", 4);
	ck_assert_int_eq(fields_of(text, sizeof(text) - 4), 0);
	ck_assert_int_eq(fields_of(text, sizeof(text)), -1);
}
END_TEST

START_TEST(refuses_a_size_that_is_not_the_records)
{
	struct scoreboard_slot s = recorded_slot(), got;
	struct record_fields f;
	struct record r;
	char buf[256];
	size_t n = record_end(&s, buf, sizeof(buf));

	record_begin(&r, LEVEL_INFO, "e");
	record_str(&r, "k", "v");
	ck_assert_int_eq(record_fields(&r, r.head.size - 1, &f), -1);
	ck_assert_int_eq(record_fields(&r, r.head.size + 1, &f), -1);
	ck_assert_int_eq(record_fields(&r, 0, &f), -1);
	ck_assert_int_eq(record_fields(buf, n, &f), -1);
	ck_assert_int_eq(record_slot(buf, n - 1, &got), -1);
	ck_assert_int_eq(record_slot(buf, n + 1, &got), -1);
	ck_assert_int_eq(record_slot(&r, r.head.size, &got), -1);
}
END_TEST

/* A stream of good records, its size. */
static size_t
good_stream(unsigned char *buf, size_t size)
{
	struct scoreboard_slot s = recorded_slot();
	struct record r;
	size_t n = 0;

	record_begin(&r, LEVEL_NOTICE, "refused");
	record_str(&r, "service", "echo");
	record_peer(&r, &s.peer);
	record_int(&r, "count", 12);
	memcpy(buf, &r, r.head.size);
	n = r.head.size;
	n += record_end(&s, buf + n, size - n);
	record_begin(&r, LEVEL_DEBUG, "start");
	memcpy(buf + n, &r, r.head.size);
	return n + r.head.size;
}

static bool
ends_within(const char *s, const void *end)
{
	return s + strlen(s) < (const char *)end;
}

/* Reads a stream as the logger does.  The records that were good. */
static unsigned int
read_stream(const unsigned char *buf, size_t size)
{
	struct record_fields f;
	struct scoreboard_slot slot;
	unsigned int good = 0;
	size_t i;
	int n;

	while ((n = record_next(buf, size)) > 0) {
		ck_assert_uint_le((size_t)n, size);
		if (record_slot(buf, (size_t)n, &slot) == 0) {
			ck_assert_int_ge(slot.until_ms, slot.start_ms);
			ck_assert_uint_lt(slot.reason, END_REASONS);
			good++;
		}
		if (record_fields(buf, (size_t)n, &f) == 0) {
			ck_assert_uint_le(f.n, RECORD_FIELDS);
			for (i = 0; i < f.n; i++)
				ck_assert(ends_within(f.value[i], buf + n));
			good++;
		}
		buf += n;
		size -= (size_t)n;
	}
	return good;
}

START_TEST(reads_whatever_comes)
{
	unsigned char good[512], bad[512];
	size_t size = good_stream(good, sizeof(good)), n;
	unsigned int round, sum = 0;
	uint32_t i;

	printf("# seed %d\n", RECORDED_SEED);
	ck_assert_uint_eq(read_stream(good, size), 3);
	for (round = 0; round < RECORDED_ROUNDS; round++) {
		memcpy(bad, good, size);
		n = round % 4 == 0 ? recorded_any((uint32_t)size) : size;
		for (i = recorded_any(8) + 1; i > 0; i--)
			bad[recorded_any((uint32_t)size)] = (unsigned char)
			    recorded_any(256);
		if (round % 8 == 0)
			bad[recorded_any(4)] = (unsigned char)recorded_any(256);
		sum += read_stream(bad, n);
	}
	ck_assert_uint_gt(sum,
	    RECORDED_ROUNDS / 2); /* it did not refuse everything */
	ck_assert_uint_lt(sum, 3 * RECORDED_ROUNDS);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, is_one_write_into_a_pipe);
	tcase_add_test(tc, says_when_a_part_was_taken);
	tcase_add_test(tc, waits_for_the_rest_of_a_record);
	tcase_add_test(tc, refuses_a_bad_head);
	tcase_add_test(tc, refuses_malformed_events);
	tcase_add_test(tc, refuses_a_peer_that_is_not_normalized);
	tcase_add_test(tc, refuses_more_pairs_than_there_is_room_for);
	tcase_add_test(tc, refuses_a_size_that_is_not_the_records);
	tcase_add_test(tc, reads_whatever_comes);
}

int
main(void)
{
	return runner_main("base/record_stream", add);
}
