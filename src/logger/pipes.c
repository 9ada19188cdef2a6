/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/sys/queue.h>

#include "base/io.h"
#include "logger/pipes.h"

#define READ_SIZE  (64u << 10)
#define SKIP_LIMIT RECORD_MAX

struct pipe {
	struct watch watch; /* first */
	TAILQ_ENTRY(pipe) entry;
	struct pipes *all;
	struct log_service *service;
	dev_t dev; /* of the pipe */
	ino_t ino;
	bool in_step;   /* a valid record was read */
	size_t skipped; /* bytes before it */
	size_t nrest;   /* bytes of a record that is not complete yet */
	char rest[RECORD_MAX];
};

static void ready(struct watch *w);

void
pipes_init(struct pipes *ps, struct emit *emit)
{
	ps->emit = emit;
	TAILQ_INIT(&ps->list);
}

/* Whether the pipe is read already, by another descriptor. */
static bool
is_known(const struct pipes *ps, const struct stat *st)
{
	struct pipe *p;

	TAILQ_FOREACH (p, &ps->list, entry)
		if (p->dev == st->st_dev && p->ino == st->st_ino)
			return true;
	return false;
}

int
pipes_add(struct pipes *ps, struct log_service *s, int fd)
{
	struct pipe *p = NULL;
	struct stat st;

	if (fstat(fd, &st) == 0 && is_known(ps, &st)) {
		close(fd);
		return 0;
	}
	if (io_nonblock(fd, 1) == -1 || (p = calloc(1, sizeof(*p))) == NULL) {
		close(fd);
		return -1;
	}
	p->all = ps;
	p->service = s;
	p->dev = st.st_dev;
	p->ino = st.st_ino;
	if (watch_add(&s->set, &p->watch, fd, ready) == -1) {
		free(p);
		return -1;
	}
	log_service_join(s);
	TAILQ_INSERT_HEAD(&ps->list, p, entry);
	return 0;
}

static void
pipe_close(struct pipe *p)
{
	TAILQ_REMOVE(&p->all->list, p, entry);
	watch_close(&p->watch);
	log_service_leave(p->service);
	free(p);
}

static void
fail(struct pipe *p, const char *why)
{
	const char *name = p->service->name;

	emit_event(p->all->emit, LEVEL_ERROR, "log", "service",
	    name[0] != '\0' ? name : "-", "msg",
	    "its records are no longer read", "error", why, NULL);
}

/* Shows one whole record.  0, or -1 when it is malformed. */
static int
show(struct pipe *p, const char *rec, size_t size)
{
	struct record_fields f;
	struct record_head head;
	struct scoreboard_slot slot;
	const char *name;

	memcpy(&head, rec, sizeof(head));
	if (head.kind == RECORD_END) {
		if (record_slot(rec, size, &slot) == -1)
			return -1;
		name = log_service_listener(p->service, slot.local.port);
		emit_end(p->all->emit, p->service->name, name, &slot);
		return 0;
	}
	if (record_fields(rec, size, &f) == -1)
		return -1;
	emit_fields(p->all->emit, p->service->name, &f);
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
		if (n > 0 && show(p, buf + off, (size_t)n) == 0) {
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
	n = io_read(w->fd, buf + p->nrest, READ_SIZE);
	if (n == -1 && watch_may_fail(w, errno != EAGAIN))
		return;
	if (n == -1)
		fail(p, strerror(errno));
	if (n <= 0) {
		pipe_close(p);
		return;
	}
	watch_may_fail(w, false);
	if (take(p, buf, p->nrest + (size_t)n) == 0)
		return;
	fail(p, "invalid record");
	pipe_close(p);
}
