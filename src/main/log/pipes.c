/* SPDX-License-Identifier: ISC */
/* The log pipes and the records in them. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <bsd/sys/queue.h>

#include "base/io.h"
#include "base/spec.h"
#include "main/log/pipes.h"

#define READ_SIZE  (64u << 10)
#define DRAIN_MAX  64 /* reads of one pipe at the end: 4 MiB */
#define SKIP_LIMIT RECORD_MAX

/* A service's Unix listeners.  They are told before its pipe. */
struct names {
	TAILQ_ENTRY(names) entry;
	char service[SPEC_NAME_MAX];
	char **v; /* NULL: not a Unix one */
	uint32_t n;
};

struct pipe {
	struct watch watch; /* first: what ready() is given */
	TAILQ_ENTRY(pipe) entry;
	struct pipes *all;
	dev_t dev; /* what pipe it is */
	ino_t ino;
	char service[SPEC_NAME_MAX];
	struct names *names;
	bool in_step;   /* a good record was seen */
	size_t skipped; /* bytes before it */
	size_t nrest;   /* of a record that is not complete yet */
	char rest[RECORD_MAX];
};

enum outcome { PIPE_GOOD, PIPE_EMPTY, PIPE_CLOSED };

static void ready(struct watch *w);

void
pipes_init(struct pipes *ps, struct watch_set *watch, struct emit *emit)
{
	ps->watch = watch;
	ps->emit = emit;
	TAILQ_INIT(&ps->list);
	TAILQ_INIT(&ps->names);
}

/* Those of a service, new ones if there are none; NULL without memory. */
static struct names *
names_of(struct pipes *ps, const char *service)
{
	struct names *l;

	TAILQ_FOREACH (l, &ps->names, entry)
		if (strcmp(l->service, service) == 0)
			return l;
	if ((l = calloc(1, sizeof(*l))) == NULL)
		return NULL;
	strlcpy(l->service, service, sizeof(l->service));
	TAILQ_INSERT_HEAD(&ps->names, l, entry);
	return l;
}

/* Once no pipe of the service is left. */
static void
names_free(struct pipes *ps, struct names *l)
{
	const struct pipe *p;
	uint32_t i;

	TAILQ_FOREACH (p, &ps->list, entry)
		if (p->names == l)
			return;
	TAILQ_REMOVE(&ps->names, l, entry);
	for (i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
	free(l);
}

/* Whether that pipe is read already, through another descriptor. */
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
pipes_add(struct pipes *ps, const char *service, int fd)
{
	struct pipe *p = NULL;
	struct stat st;

	if (fstat(fd, &st) == 0 && is_known(ps, &st)) {
		close(fd);
		return 0;
	}
	if (io_nonblock(fd, 1) == -1 || (p = calloc(1, sizeof(*p))) == NULL ||
	    (p->names = names_of(ps, service)) == NULL) {
		free(p);
		close(fd);
		return -1;
	}
	p->all = ps;
	p->dev = st.st_dev;
	p->ino = st.st_ino;
	strlcpy(p->service, service, sizeof(p->service));
	if (watch_add(ps->watch, &p->watch, fd, ready) == -1) {
		free(p);
		return -1;
	}
	TAILQ_INSERT_HEAD(&ps->list, p, entry);
	return 0;
}

void
pipes_listener(struct pipes *ps, const char *service, uint32_t index,
    const char *name)
{
	struct names *l = names_of(ps, service);
	char **grown;

	if (l == NULL || index > SPEC_NUMBERS)
		return;
	if (index >= l->n) {
		grown = recallocarray(l->v, l->n, index + 1, sizeof(*grown));
		if (grown == NULL)
			return;
		l->v = grown;
		l->n = index + 1;
	}
	free(l->v[index]);
	l->v[index] = strdup(name);
}

static void
pipe_close(struct pipe *p)
{
	TAILQ_REMOVE(&p->all->list, p, entry);
	watch_close(&p->watch);
	names_free(p->all, p->names);
	free(p);
}

static void
fail(struct pipe *p, const char *why)
{
	const char *whose = p->service[0] != '\0' ? p->service : "-";

	emit_event(p->all->emit, LEVEL_ERROR, "log", "service", whose, "msg",
	    "its records are read no more", "error", why, NULL);
}

/* Shows one whole record.  0, or -1 when it is malformed. */
static int
show(struct pipe *p, const char *rec, size_t size)
{
	struct record_fields f;
	struct record_head head;
	struct board_slot slot;
	const char *name = NULL;

	memcpy(&head, rec, sizeof(head));
	if (head.kind == RECORD_END) {
		if (record_slot(rec, size, &slot) == -1)
			return -1;
		if (slot.local.port < p->names->n)
			name = p->names->v[slot.local.port];
		emit_end(p->all->emit, p->service, name, &slot);
		return 0;
	}
	if (record_fields(rec, size, &f) == -1)
		return -1;
	emit_fields(p->all->emit, p->service, &f);
	return 0;
}

/*
 * Shows all whole records of buf and keeps the rest.  Before the first good
 * one it looks on, byte by byte, for where one may begin.  0, or -1 when what
 * is there is no record.
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

static enum outcome
read_once(struct pipe *p)
{
	static char buf[RECORD_MAX + READ_SIZE];
	ssize_t n;

	memcpy(buf, p->rest, p->nrest);
	n = io_read(p->watch.fd, buf + p->nrest, READ_SIZE);
	if (n == -1 && watch_may_fail(&p->watch, errno != EAGAIN))
		return PIPE_EMPTY;
	if (n == -1)
		fail(p, strerror(errno));
	if (n <= 0) {
		pipe_close(p);
		return PIPE_CLOSED;
	}
	watch_may_fail(&p->watch, false);
	if (take(p, buf, p->nrest + (size_t)n) == 0)
		return PIPE_GOOD;
	fail(p, "what came was no record");
	pipe_close(p);
	return PIPE_CLOSED;
}

static void
ready(struct watch *w)
{
	read_once((struct pipe *)w);
}

void
pipes_drain(struct pipes *ps)
{
	struct pipe *p, *next;
	int i;

	TAILQ_FOREACH_SAFE (p, &ps->list, entry, next) {
		for (i = 0; i < DRAIN_MAX; i++)
			if (read_once(p) != PIPE_GOOD)
				break;
	}
}

bool
pipes_empty(const struct pipes *ps)
{
	return TAILQ_EMPTY(&ps->list);
}
