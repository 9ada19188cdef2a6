/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "logger/pipes.h"

#define READ_SIZE  (64u << 10)
#define SKIP_LIMIT RECORD_MAX

struct pipe {
	struct log_source source; /* first */
	bool in_step;             /* a valid record was read */
	size_t skipped;           /* bytes before it */
	size_t nrest; /* bytes of a record that is not complete yet */
	char rest[RECORD_MAX];
};

/* Shows one whole record.  0, or -1 when it is malformed. */
static int
show(const struct log_service *s, const char *rec, size_t size)
{
	struct record_fields f;
	struct record_head head;
	struct scoreboard_slot slot;

	memcpy(&head, rec, sizeof(head));
	if (head.kind == RECORD_END) {
		if (record_slot(rec, size, &slot) == -1)
			return -1;
		emit_end(s->all->emit, s->name,
		    log_service_listener(s, slot.local.port), &slot);
		return 0;
	}
	if (record_fields(rec, size, &f) == -1)
		return -1;
	emit_fields(s->all->emit, s->name, &f);
	return 0;
}

/*
 * Shows all whole records of buf and keeps the rest.  Before the first valid
 * one it looks, byte by byte, for the start of one.  0, or -1 where there is
 * something else.
 */
static int
take(struct pipe *p, const char *buf, size_t size)
{
	size_t off = 0;
	int n;

	while (off < size) {
		n = record_next(buf + off, size - off);
		if (n == 0)
			break;
		if (n > 0 &&
		    show(p->source.service, buf + off, (size_t)n) == 0) {
			p->in_step = true;
			off += (size_t)n;
			continue;
		}
		if (p->in_step || ++p->skipped > SKIP_LIMIT)
			return -1;
		off++;
	}
	p->nrest = size - off;
	if (p->nrest > sizeof(p->rest))
		return -1;
	memcpy(p->rest, buf + off, p->nrest);
	return 0;
}

static void
ready(struct watch *w)
{
	static char buf[RECORD_MAX + READ_SIZE];
	struct pipe *p = (struct pipe *)w;
	ssize_t n;

	memcpy(buf, p->rest, p->nrest);
	if (!log_source_read(&p->source, buf + p->nrest, READ_SIZE, &n))
		return;
	if (n > 0 && take(p, buf, p->nrest + (size_t)n) == 0)
		return;
	if (n != 0)
		log_service_say(p->source.service, LEVEL_ERROR,
		    "its records are no longer read",
		    n == -1 ? strerror(errno) : "invalid record");
	log_source_free(&p->source);
}

int
pipes_add(struct log_service *s, int fd)
{
	if (log_source_find(s, fd) != NULL) {
		close(fd);
		return 0;
	}
	if (io_nonblock(fd, 1) == -1) {
		io_close(fd);
		return -1;
	}
	return log_source_new(s, sizeof(struct pipe), fd, ready) == NULL ? -1 :
									   0;
}
