/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/record.h"
#include "runner.h"

#define SEED   20240229
#define ROUNDS 200000

static uint32_t state = SEED;

/* Pseudo-random numbers, the same in each run. */
static uint32_t
any(uint32_t below)
{
	state = state * 1664525 + 1013904223;
	return (uint32_t)(((uint64_t)state * below) >> 32);
}

/* A record must be well-formed, whatever was put into it. */
static struct record_fields
taken_apart(const struct record *r)
{
	struct record_fields f;

	ck_assert_int_eq(record_next(r, sizeof(*r)), r->head.size);
	ck_assert_int_eq(record_fields(r, r->head.size, &f), 0);
	return f;
}

static const char *
value_of(const struct record_fields *f, const char *key)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		if (strcmp(f->key[i], key) == 0)
			return f->value[i];
	}
	return NULL;
}

/* A slot as an acceptor leaves it. */
static struct board_slot
ended_slot(void)
{
	struct board_slot s = { .id = 17,
		.start_ms = 1000,
		.until_ms = 1012,
		.in = 64,
		.out = 65,
		.pid = 4242,
		.status = 3 << 8,
		.state = SLOT_ENDED,
		.reason = END_IDLE,
		.listener = 2,
		.maxrss_kib = 400,
		.utime_us = 5,
		.stime_us = 6,
		.nth = 7,
		.program = 1 };

	ck_assert_int_eq(addr_from_ip("127.0.0.1", &s.peer), 0);
	ck_assert_int_eq(addr_from_ip("fe80::1%1", &s.local), 0);
	s.peer.port = 50312;
	s.local.port = 7;
	return s;
}

START_TEST(carries_pairs_in_their_order)
{
	struct record_fields f;
	struct record r;

	record_begin(&r, LEVEL_NOTICE, "refused");
	record_str(&r, "service", "echo");
	record_str(&r, "_empty", "");
	record_str(&r, "nasty_1", "a b\n\"=\033\377%n");
	record_int(&r, "n", INT64_MIN);
	record_int(&r, "m", INT64_MAX);
	f = taken_apart(&r);
	ck_assert_int_eq(f.level, LEVEL_NOTICE);
	ck_assert_str_eq(f.event, "refused");
	ck_assert_uint_eq(f.n, 5);
	ck_assert_str_eq(f.key[0], "service");
	ck_assert_str_eq(f.value[0], "echo");
	ck_assert_str_eq(f.key[1], "_empty");
	ck_assert_str_eq(f.value[1], "");
	ck_assert_str_eq(f.value[2], "a b\n\"=\033\377%n");
	ck_assert_str_eq(f.value[3], "-9223372036854775808");
	ck_assert_str_eq(f.value[4], "9223372036854775807");
}
END_TEST

START_TEST(carries_an_event_alone)
{
	struct record_fields f;
	struct record r;

	record_begin(&r, LEVEL_ERROR, "x");
	f = taken_apart(&r);
	ck_assert_str_eq(f.event, "x");
	ck_assert_uint_eq(f.n, 0);
}
END_TEST

START_TEST(cuts_a_value_that_does_not_fit)
{
	static char big[2 * RECORD_MAX];
	struct record_fields f;
	struct record r;

	memset(big, 'v', sizeof(big) - 1);
	record_begin(&r, LEVEL_INFO, "stderr");
	record_str(&r, "before", "b");
	record_str(&r, "msg", big);
	record_str(&r, "after", "a");
	ck_assert_uint_eq(r.head.size, RECORD_MAX);
	f = taken_apart(&r);
	ck_assert_uint_eq(f.n, 2);
	ck_assert_str_eq(value_of(&f, "before"), "b");
	ck_assert_uint_eq(strlen(value_of(&f, "msg")),
	    RECORD_MAX - sizeof(struct record_head) - sizeof("stderr") -
		sizeof("before") - sizeof("b") - sizeof("msg") - 1);
}
END_TEST

START_TEST(leaves_out_a_pair_of_which_nothing_is_left)
{
	static char big[RECORD_MAX];
	struct record_fields f;
	struct record r;
	size_t n, room;

	/* Fill it up to each of the last few bytes, then add "key", "vv". */
	for (room = 0; room < 12; room++) {
		record_begin(&r, LEVEL_INFO, "e");
		n = sizeof(r.text) - sizeof("e") - sizeof("f") - 1 - room;
		memset(big, 'v', n);
		big[n] = '\0';
		record_str(&r, "f", big);
		record_str(&r, "key", "vv");
		f = taken_apart(&r);
		if (room < sizeof("key") + 2) {
			ck_assert_uint_eq(f.n, 1);
			continue;
		}
		ck_assert_uint_eq(f.n, 2);
		ck_assert_str_eq(f.value[1], room == 6 ? "v" : "vv");
	}
}
END_TEST

START_TEST(takes_as_many_pairs_as_the_reader_does)
{
	struct record_fields f;
	struct record r;
	int i;

	record_begin(&r, LEVEL_INFO, "e");
	for (i = 0; i < RECORD_FIELDS + 10; i++)
		record_int(&r, "n", i);
	f = taken_apart(&r);
	ck_assert_uint_eq(f.n, RECORD_FIELDS);
	ck_assert_str_eq(f.value[RECORD_FIELDS - 1], "31");
}
END_TEST

START_TEST(leaves_out_what_is_no_key)
{
	static const char *const bad[] = { "", "1a", "A", "a b", "a=", "a\n",
		"a-b", "a.b", "\303\266" };
	struct record_fields f;
	struct record r;
	size_t i;

	record_begin(&r, LEVEL_INFO, "e");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		record_str(&r, bad[i], "x");
	f = taken_apart(&r);
	ck_assert_uint_eq(f.n, 0);
}
END_TEST

START_TEST(stays_well_formed_with_an_impossible_event)
{
	static char big[2 * RECORD_MAX];
	struct record_fields f;
	struct record r;

	memset(big, 'e', sizeof(big) - 1);
	record_begin(&r, (enum level)77, "a b\n");
	f = taken_apart(&r);
	ck_assert_str_eq(f.event, "unknown");
	ck_assert_int_eq(f.level, LEVEL_ERROR);
	record_begin(&r, LEVEL_INFO, "");
	f = taken_apart(&r);
	ck_assert_str_eq(f.event, "unknown");
	record_begin(&r, LEVEL_INFO, big);
	record_str(&r, "k", "v");
	f = taken_apart(&r);
	ck_assert_uint_eq(f.n, 0);
}
END_TEST

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

START_TEST(carries_a_slot_that_ended)
{
	struct board_slot s = ended_slot(), got;
	char buf[256];
	size_t n = record_end(&s, buf, sizeof(buf));

	ck_assert_uint_gt(n, 0);
	ck_assert_int_eq(record_next(buf, sizeof(buf)), (int)n);
	memset(&got, 0xa5, sizeof(got));
	ck_assert_int_eq(record_slot(buf, n, &got), 0);
	ck_assert_mem_eq(&got, &s, sizeof(s));
}
END_TEST

START_TEST(writes_no_slot_where_it_does_not_fit)
{
	struct board_slot s = ended_slot();
	char buf[256];
	size_t n = record_end(&s, buf, sizeof(buf));

	ck_assert_uint_eq(record_end(&s, buf, n), n);
	ck_assert_uint_eq(record_end(&s, buf, n - 1), 0);
	ck_assert_uint_eq(record_end(&s, buf, 0), 0);
}
END_TEST

START_TEST(keeps_what_a_scribbler_leaves_of_a_slot)
{
	struct board_slot s = ended_slot(), got;
	char buf[256];

	s.state = SLOT_TAKEN;
	s.reason = 200;
	s.pid = -1;
	s.until_ms = INT64_MIN;
	s.status = 0x137f; /* stopped, not ended */
	s.program = 77;
	s.peer.ip[15] = 1;
	s.peer.scope = 3;
	s.local.family = 99;
	record_end(&s, buf, sizeof(buf));
	ck_assert_int_eq(record_slot(buf, record_end(&s, buf, sizeof(buf)),
			     &got),
	    0);
	ck_assert_uint_eq(got.id, 17);
	ck_assert_uint_eq(got.state, SLOT_ENDED);
	ck_assert_uint_eq(got.reason, END_BY_ITSELF);
	ck_assert_int_eq(got.pid, 0);
	ck_assert_int_eq(got.until_ms, 1000);
	ck_assert_int_eq(got.status, 0);
	ck_assert_uint_eq(got.program, 1);
	ck_assert_uint_eq(got.peer.port, 50312);
	ck_assert_uint_eq(got.peer.scope, 0);
	ck_assert_uint_eq(got.peer.ip[15], 0);
	ck_assert_uint_eq(got.local.family, AF_UNSPEC);
}
END_TEST

START_TEST(writes_any_scribbled_slot_so_that_it_is_read)
{
	unsigned char bytes[sizeof(struct board_slot)];
	struct board_slot s, got;
	char buf[256];
	int round;
	size_t i, n;

	printf("# seed %d\n", SEED);
	for (round = 0; round < ROUNDS; round++) {
		s = ended_slot();
		memcpy(bytes, &s, sizeof(s));
		for (i = 0; i < sizeof(bytes); i++) {
			if (round % 2 == 0 || any(16) == 0)
				bytes[i] = (unsigned char)any(256);
		}
		memcpy(&s, bytes, sizeof(s));
		s.peer.family = (uint8_t)any(12);
		n = record_end(&s, buf, sizeof(buf));
		ck_assert_int_eq(record_slot(buf, n, &got), 0);
		ck_assert_uint_eq(got.id, s.id);
		ck_assert_int_ge(got.until_ms, got.start_ms);
	}
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
	r.head.size = (uint16_t)(sizeof(r.head) + n);
	r.head.kind = RECORD_EVENT;
	r.head.level = LEVEL_INFO;
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
	struct board_slot s = ended_slot(), got;
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

/* Sets one byte of a slot's record; whether it is still taken. */
static int
with_byte(size_t at, unsigned char value)
{
	struct board_slot s = ended_slot(), got;
	unsigned char buf[256];
	size_t n = record_end(&s, buf, sizeof(buf));

	buf[sizeof(struct record_head) + at] = value;
	return record_slot(buf, n, &got);
}

START_TEST(refuses_malformed_slots)
{
	ck_assert_int_eq(with_byte(offsetof(struct board_slot, id), 1), 0);
	ck_assert_int_eq(with_byte(offsetof(struct board_slot, state),
			     SLOT_TAKEN),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct board_slot, reason),
			     END_REASONS),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct board_slot, peer.family),
			     99),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct board_slot, peer.pad), 1),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct board_slot, peer.ip) + 9, 1),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct board_slot, pid) + 3, 0x80),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct board_slot, start_ms) + 7,
			     0x80),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct board_slot, start_ms) + 5,
			     1),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct board_slot, status), 0x7f),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct board_slot, status) + 2, 1),
	    -1);
	ck_assert_int_eq(with_byte(offsetof(struct board_slot, program), 2),
	    -1);
}
END_TEST

/* A stream of good records, its size. */
static size_t
good_stream(unsigned char *buf, size_t size)
{
	struct board_slot s = ended_slot();
	struct record r;
	size_t n = 0;

	record_begin(&r, LEVEL_NOTICE, "refused");
	record_str(&r, "service", "echo");
	record_str(&r, "peer", "127.0.0.1:50312");
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
	struct board_slot slot;
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

	printf("# seed %d\n", SEED);
	ck_assert_uint_eq(read_stream(good, size), 3);
	for (round = 0; round < ROUNDS; round++) {
		memcpy(bad, good, size);
		n = round % 4 == 0 ? any((uint32_t)size) : size;
		for (i = any(8) + 1; i > 0; i--)
			bad[any((uint32_t)size)] = (unsigned char)any(256);
		if (round % 8 == 0)
			bad[any(4)] = (unsigned char)any(256);
		sum += read_stream(bad, n);
	}
	ck_assert_uint_gt(sum, ROUNDS / 2); /* it did not refuse everything */
	ck_assert_uint_lt(sum, 3 * ROUNDS);
}
END_TEST

START_TEST(makes_well_formed_events_of_whatever_it_is_given)
{
	char key[16], value[5000];
	struct record_fields f;
	struct record r;
	uint32_t i, n, k;
	int round;

	printf("# seed %d\n", SEED);
	for (round = 0; round < ROUNDS / 20; round++) {
		record_begin(&r, (enum level)any(8), any(4) == 0 ? "?" : "ev");
		for (i = any(50); i > 0; i--) {
			for (k = 0; k < any(sizeof(key)); k++)
				key[k] = (char)('_' + any(30));
			key[k] = '\0';
			n = any(4) == 0 ? any(sizeof(value)) : any(40);
			memset(value, (int)any(255) + 1, n);
			value[n] = '\0';
			record_str(&r, key, value);
		}
		f = taken_apart(&r);
		ck_assert_uint_le(r.head.size, RECORD_MAX);
		ck_assert_uint_le(f.n, RECORD_FIELDS);
	}
}
END_TEST

START_TEST(names_levels)
{
	int l;

	for (l = 0; l < LEVELS; l++)
		ck_assert_int_eq(level_find(level_name((enum level)l)), l);
	ck_assert_str_eq(level_name(LEVEL_ERROR), "error");
	ck_assert_str_eq(level_name(LEVEL_DEBUG), "debug");
	ck_assert_str_eq(level_name(LEVELS), "unknown");
	ck_assert_str_eq(level_name((enum level) - 1), "unknown");
	ck_assert_int_eq(level_find(""), -1);
	ck_assert_int_eq(level_find("Error"), -1);
	ck_assert_int_eq(level_find("err"), -1);
	ck_assert_int_eq(level_find("unknown"), -1);
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

/* Nobody but a scribbler leaves one: what accepts makes it IPv4. */
START_TEST(carries_no_mapped_address)
{
	static const uint8_t mapped[16] = {
		[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1
	};
	static const struct addr none;
	struct board_slot s = ended_slot(), got;
	char buf[256];
	size_t n;

	s.peer.family = AF_INET6;
	memcpy(s.peer.ip, mapped, sizeof(mapped));
	ck_assert_uint_gt(n = record_end(&s, buf, sizeof(buf)), 0);
	ck_assert_int_eq(record_slot(buf, n, &got), 0);
	ck_assert_mem_eq(&got.peer, &none, sizeof(none));
	ck_assert_mem_eq(&got.local, &s.local, sizeof(none));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, carries_pairs_in_their_order);
	tcase_add_test(tc, carries_an_event_alone);
	tcase_add_test(tc, cuts_a_value_that_does_not_fit);
	tcase_add_test(tc, leaves_out_a_pair_of_which_nothing_is_left);
	tcase_add_test(tc, takes_as_many_pairs_as_the_reader_does);
	tcase_add_test(tc, leaves_out_what_is_no_key);
	tcase_add_test(tc, stays_well_formed_with_an_impossible_event);
	tcase_add_test(tc, is_one_write_into_a_pipe);
	tcase_add_test(tc, carries_a_slot_that_ended);
	tcase_add_test(tc, writes_no_slot_where_it_does_not_fit);
	tcase_add_test(tc, keeps_what_a_scribbler_leaves_of_a_slot);
	tcase_add_test(tc, writes_any_scribbled_slot_so_that_it_is_read);
	tcase_add_test(tc, waits_for_the_rest_of_a_record);
	tcase_add_test(tc, refuses_a_bad_head);
	tcase_add_test(tc, refuses_malformed_events);
	tcase_add_test(tc, refuses_more_pairs_than_there_is_room_for);
	tcase_add_test(tc, refuses_a_size_that_is_not_the_records);
	tcase_add_test(tc, refuses_malformed_slots);
	tcase_add_test(tc, reads_whatever_comes);
	tcase_add_test(tc, makes_well_formed_events_of_whatever_it_is_given);
	tcase_add_test(tc, names_levels);
	tcase_add_test(tc, says_when_a_part_was_taken);
	tcase_add_test(tc, carries_no_mapped_address);
}

int
main(void)
{
	return runner_main("base/record", add);
}
