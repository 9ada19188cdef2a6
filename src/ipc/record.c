/* SPDX-License-Identifier: ISC */
/*
 * The encoder does not make a record that the decoder refuses.  A session can
 * write anything to its slot, and an invalid record closes the acceptor's pipe:
 * so record_end normalizes the slot, and record_slot takes a normalized one only.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <bsd/string.h>
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "base/buf.h"
#include "base/io.h"
#include "ipc/record.h"

#define HEAD_SIZE sizeof(struct record_head)
#define END_SIZE  (HEAD_SIZE + sizeof(struct scoreboard_slot))
#define TEXT_AT   offsetof(struct record, text)
#define EVENT_MIN (TEXT_AT + 2) /* one letter and its NUL */

_Static_assert(sizeof(struct record) == RECORD_MAX, "size of a record");
_Static_assert(END_SIZE <= 256, "the maximum in record.h");

static const char *const level_names[LEVELS] = {
	[LEVEL_ERROR] = "error",
	[LEVEL_WARNING] = "warning",
	[LEVEL_NOTICE] = "notice",
	[LEVEL_INFO] = "info",
	[LEVEL_DEBUG] = "debug",
};

const char *
level_name(enum level l)
{
	return (unsigned int)l < LEVELS ? level_names[l] : "unknown";
}

/* What an event and a key look like: [a-z_][a-z0-9_]*. */
static bool
is_name(const char *s)
{
	if (*s >= '0' && *s <= '9')
		return false;
	return *s != '\0' &&
	    s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static size_t
text_used(const struct record *r)
{
	return r->head.size - TEXT_AT;
}

/* The number of pairs.  Each string has its NUL; the first one is the event. */
static size_t
count_pairs(const struct record *r)
{
	size_t i, n = 0;

	for (i = 0; i < text_used(r); i++)
		n += r->text[i] == '\0';
	return n / 2;
}

void
record_begin(struct record *r, enum level level, const char *event)
{
	strlcpy(r->text, is_name(event) ? event : "unknown", sizeof(r->text));
	r->head = (struct record_head) { .magic = RECORD_MAGIC,
		.size = (uint16_t)(TEXT_AT + strlen(r->text) + 1),
		.kind = RECORD_EVENT,
		.level = (unsigned int)level < LEVELS ? (uint8_t)level :
							LEVEL_ERROR };
	memset(r->peer, 0, sizeof(r->peer));
}

void
record_str(struct record *r, const char *key, const char *value)
{
	char *at = r->text + text_used(r);
	size_t room = sizeof(r->text) - text_used(r);
	size_t nkey = strlen(key) + 1, n = strlen(value);
	bool is_cut;

	/* An empty value in the place of a long one would be wrong. */
	if (nkey + (n > 0 ? 1 : 0) + 1 > room || !is_name(key) ||
	    count_pairs(r) == RECORD_FIELDS)
		return;
	is_cut = n > room - nkey - 1;
	if (is_cut)
		n = room - nkey - 1;
	memcpy(at, key, nkey);
	memcpy(at + nkey, value, n);
	if (is_cut && n >= 3)
		memcpy(at + nkey + n - 3, "...", 3);
	at[nkey + n] = '\0';
	r->head.size = (uint16_t)(r->head.size + nkey + n + 1);
}

void
record_int(struct record *r, const char *key, int64_t value)
{
	char text[24];
	struct buf b = buf_on(text, sizeof(text));

	buf_int(&b, value);
	record_str(r, key, buf_string(&b));
}

int
record_send(const struct record *r, int fd)
{
	ssize_t n = io_write(fd, r, r->head.size);

	if (n == r->head.size)
		return 0;
	if (n != -1) /* not a pipe: these take all or nothing */
		errno = EMSGSIZE;
	return -1;
}

/* How many bytes an address of that family uses; 0: it is invalid. */
static size_t
used_of(const struct addr *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	switch (a->family) {
	case AF_INET:
		return 4;
	case AF_INET6:
		return memcmp(a->ip, mapped, sizeof(mapped)) != 0 ? 16 : 0;
	case AF_UNIX: /* its port may be a listener's number */
		return sizeof(a->cred);
	default:
		return 0;
	}
}

/* Clears what an address of its family does not use, and one that is invalid. */
static void
normalize_addr(struct addr *a)
{
	const size_t used = used_of(a);

	if (used == 0)
		memset(a, 0, sizeof(*a));
	a->pad = 0;
	if (a->family != AF_INET6)
		a->scope = 0;
	memset(a->ip + used, 0, sizeof(a->ip) - used);
}

/* Makes it the slot of an ended session, each member within its range. */
static void
normalize_slot(struct scoreboard_slot *s)
{
	normalize_addr(&s->peer);
	normalize_addr(&s->local);
	s->state = SLOT_ENDED;
	if (s->reason >= END_REASONS)
		s->reason = END_BY_ITSELF;
	if (s->pid < 0)
		s->pid = 0;
	if (s->start_ms < 0)
		s->start_ms = 0;
	if (s->until_ms < s->start_ms)
		s->until_ms = s->start_ms;
	s->status &= 0xffff;
	if (!WIFEXITED(s->status) && !WIFSIGNALED(s->status))
		s->status = 0;
	s->program = s->program != 0;
}

void
record_peer(struct record *r, const struct addr *peer)
{
	struct addr a = *peer;

	normalize_addr(&a);
	memcpy(r->peer, &a, sizeof(a));
	record_str(r, "peer", "");
}

size_t
record_end(const struct scoreboard_slot *slot, void *buf, size_t size)
{
	const struct record_head head = { .magic = RECORD_MAGIC,
		.size = END_SIZE,
		.kind = RECORD_END,
		.level = LEVEL_INFO };
	struct scoreboard_slot copy;

	if (size < END_SIZE)
		return 0;
	memcpy(&copy, slot, sizeof(copy));
	/* The session may go on writing to slot: only the copy is read. */
	atomic_signal_fence(memory_order_seq_cst);
	normalize_slot(&copy);
	memcpy(buf, &head, HEAD_SIZE);
	memcpy((char *)buf + HEAD_SIZE, &copy, sizeof(copy));
	return END_SIZE;
}

int
record_next(const void *buf, size_t size)
{
	struct record_head head;

	if (size < HEAD_SIZE)
		return 0;
	memcpy(&head, buf, HEAD_SIZE);
	if (head.magic != RECORD_MAGIC)
		return -1;
	switch (head.kind) {
	case RECORD_EVENT:
		if (head.size < EVENT_MIN || head.size > RECORD_MAX ||
		    head.level >= LEVELS)
			return -1;
		break;
	case RECORD_END:
		if (head.size != END_SIZE || head.level != LEVEL_INFO)
			return -1;
		break;
	default:
		return -1;
	}
	return size >= head.size ? head.size : 0;
}

/* Whether rec is exactly one record of that kind. */
static bool
is_whole(const void *rec, size_t size, enum record_kind kind)
{
	const uint8_t *bytes = rec; /* at any address */
	int n = record_next(rec, size);

	return n > 0 && (size_t)n == size &&
	    bytes[offsetof(struct record_head, kind)] == kind;
}

/* Reads a peer; false where record_peer would not have written that. */
static bool
read_peer(const char *rec, struct addr *out)
{
	struct addr a;

	memcpy(out, rec + offsetof(struct record, peer), sizeof(*out));
	a = *out;
	normalize_addr(&a);
	return memcmp(&a, out, sizeof(a)) == 0;
}

int
record_fields(const void *rec, size_t size, struct record_fields *out)
{
	const char *p = (const char *)rec + TEXT_AT;
	const char *end = (const char *)rec + size;
	const uint8_t *bytes = rec;

	if (!is_whole(rec, size, RECORD_EVENT) || end[-1] != '\0')
		return -1;
	out->time = NULL;
	out->level = (enum level)bytes[offsetof(struct record_head, level)];
	out->event = p;
	out->n = 0;
	if (!is_name(p) || !read_peer(rec, &out->peer))
		return -1;
	for (p += strlen(p) + 1; p < end; p += strlen(p) + 1) {
		if (out->n == RECORD_FIELDS || !is_name(p))
			return -1;
		out->key[out->n] = p;
		p += strlen(p) + 1;
		if (p == end) /* a key without a value */
			return -1;
		out->value[out->n++] = p;
	}
	return 0;
}

int
record_slot(const void *rec, size_t size, struct scoreboard_slot *out)
{
	struct scoreboard_slot normal;

	if (!is_whole(rec, size, RECORD_END))
		return -1;
	memcpy(out, (const char *)rec + HEAD_SIZE, sizeof(*out));
	memcpy(&normal, out, sizeof(normal));
	normalize_slot(&normal);
	return memcmp(&normal, out, sizeof(normal)) == 0 ? 0 : -1;
}
