/* SPDX-License-Identifier: ISC */
/* What programs write to their standard error. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>
#include <bsd/sys/queue.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/spec.h"
#include "main/log/lines.h"
#include "main/log/stderrs.h"

#define READ_SIZE (64u << 10)
#define DRAIN_MAX 32 /* reads of one pipe at the end: 2 MiB */
#define TAKE_MAX  64 /* read ends from one socket in a turn */
#define REPORT_MS 1000

/* An acceptor's socket. */
struct giver {
	struct watch watch; /* first: what ready() is given */
	TAILQ_ENTRY(giver) entry;
	struct stderrs *all;
	dev_t dev; /* what socket it is */
	ino_t ino;
	char service[SPEC_NAME_MAX];
};

/* A session's pipe. */
struct talker {
	struct watch watch; /* first: what ready() is given */
	TAILQ_ENTRY(talker) entry;
	TAILQ_ENTRY(talker) lost_entry;
	struct stderrs *all;
	char service[SPEC_NAME_MAX];
	char id[24];
	char pid[16];
	bool losing; /* it is on that list */
	struct lines lines;
};

#define LINES_OFFSET offsetof(struct talker, lines)

enum outcome { TALKER_GOOD, TALKER_EMPTY, TALKER_CLOSED };

static void giver_ready(struct watch *w);
static void talker_ready(struct watch *w);

void
stderrs_init(struct stderrs *s, struct watch_set *watch, struct emit *emit)
{
	*s = (struct stderrs) { .watch = watch, .emit = emit };
	TAILQ_INIT(&s->givers);
	TAILQ_INIT(&s->talkers);
	TAILQ_INIT(&s->losing);
}

/* Whether that socket is heard already, through another descriptor. */
static bool
is_known(const struct stderrs *s, const struct stat *st)
{
	struct giver *g;

	TAILQ_FOREACH (g, &s->givers, entry)
		if (g->dev == st->st_dev && g->ino == st->st_ino)
			return true;
	return false;
}

int
stderrs_add(struct stderrs *s, const char *service, int sock)
{
	struct giver *g = NULL;
	struct stat st;

	if (fstat(sock, &st) == 0 && is_known(s, &st)) {
		close(sock);
		return 0;
	}
	if ((g = calloc(1, sizeof(*g))) == NULL) {
		close(sock);
		return -1;
	}
	g->all = s;
	g->dev = st.st_dev;
	g->ino = st.st_ino;
	strlcpy(g->service, service, sizeof(g->service));
	if (watch_add(s->watch, &g->watch, sock, giver_ready) == -1) {
		free(g);
		return -1;
	}
	TAILQ_INSERT_TAIL(&s->givers, g, entry);
	return 0;
}

/* Sessions' pipes */

static void
show(struct lines *l, const char *line)
{
	struct talker *t = (struct talker *)((char *)l - LINES_OFFSET);

	emit_event(t->all->emit, LEVEL_INFO, "stderr", "service", t->service,
	    "id", t->id, "pid", t->pid, "msg", line, NULL);
}

/* Sees to it that what was lost will be reported. */
static void
note_loss(struct talker *t)
{
	struct stderrs *s = t->all;

	if (t->lines.lost == 0 || t->losing)
		return;
	t->losing = true;
	TAILQ_INSERT_TAIL(&s->losing, t, lost_entry);
	if (s->report_ms == 0)
		s->report_ms = t->lines.filled_ms + REPORT_MS;
}

static void
report_loss(struct talker *t)
{
	char lines[24];

	snprintf(lines, sizeof(lines), "%" PRIu64, t->lines.lost);
	emit_event(t->all->emit, LEVEL_WARNING, "lost", "service", t->service,
	    "id", t->id, "pid", t->pid, "lines", lines, NULL);
	TAILQ_REMOVE(&t->all->losing, t, lost_entry);
	t->losing = false;
	t->lines.lost = 0;
}

static void
talker_close(struct talker *t)
{
	lines_end(&t->lines, clock_ms());
	note_loss(t);
	if (t->losing)
		report_loss(t);
	TAILQ_REMOVE(&t->all->talkers, t, entry);
	watch_close(&t->watch);
	free(t);
}

static enum outcome
read_once(struct talker *t)
{
	static char buf[READ_SIZE];
	ssize_t n;

	n = io_read(t->watch.fd, buf, sizeof(buf));
	if (n == -1 && watch_may_fail(&t->watch, errno != EAGAIN))
		return TALKER_EMPTY;
	if (n <= 0) {
		talker_close(t);
		return TALKER_CLOSED;
	}
	watch_may_fail(&t->watch, false);
	lines_add(&t->lines, clock_ms(), buf, (size_t)n);
	note_loss(t);
	return TALKER_GOOD;
}

static void
talker_ready(struct watch *w)
{
	read_once((struct talker *)w);
}

/* Whether it is what an acceptor is to send, and nothing that could spoil the
 * logger's day. */
static bool
is_read_end(int fd)
{
	struct stat st;
	int flags = fcntl(fd, F_GETFL);

	return flags != -1 && (flags & O_ACCMODE) == O_RDONLY &&
	    fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) &&
	    io_nonblock(fd, 1) == 0;
}

static int
talker_add(struct giver *g, const struct stderr_msg *msg, int fd)
{
	struct talker *t = NULL;

	if (is_read_end(fd))
		t = calloc(1, sizeof(*t));
	if (t == NULL) {
		close(fd);
		return -1;
	}
	t->all = g->all;
	strlcpy(t->service, g->service, sizeof(t->service));
	snprintf(t->id, sizeof(t->id), "%" PRIu64, msg->id);
	snprintf(t->pid, sizeof(t->pid), "%" PRId32, msg->pid);
	lines_init(&t->lines, clock_ms(), show);
	if (watch_add(g->all->watch, &t->watch, fd, talker_ready) == -1) {
		free(t);
		return -1;
	}
	TAILQ_INSERT_TAIL(&g->all->talkers, t, entry);
	return 0;
}

/* Acceptors' sockets */

static void
giver_close(struct giver *g)
{
	TAILQ_REMOVE(&g->all->givers, g, entry);
	watch_close(&g->watch);
	free(g);
}

static void
giver_fail(struct giver *g, const char *why)
{
	emit_event(g->all->emit, LEVEL_ERROR, "log", "service", g->service,
	    "msg", why, NULL);
}

/* A session without its standard error: said once a second at most. */
static void
giver_lose(struct giver *g)
{
	int64_t now = clock_ms();

	if (g->all->lose_ms != 0 && now - g->all->lose_ms < REPORT_MS)
		return;
	g->all->lose_ms = now;
	giver_fail(g, "a program's standard error cannot be read");
}

/* Takes one read end; false when there is no further one. */
static bool
giver_take(struct giver *g)
{
	struct stderr_msg msg;
	ssize_t n;
	int fd = -1;

	n = io_recv_fd(g->watch.fd, &msg, sizeof(msg), &fd);
	if (n == -1 && errno != EMSGSIZE &&
	    watch_may_fail(&g->watch, errno != EAGAIN))
		return false;
	if (n == sizeof(msg)) {
		watch_may_fail(&g->watch, false);
		if (fd == -1 || talker_add(g, &msg, fd) == -1)
			giver_lose(g);
		return true;
	}
	if (fd != -1)
		close(fd);
	if (n != 0)
		giver_fail(g,
		    "a strange message: its programs' standard "
		    "errors are taken no more");
	giver_close(g);
	return false;
}

static void
giver_ready(struct watch *w)
{
	int i;

	for (i = 0; i < TAKE_MAX; i++)
		if (!giver_take((struct giver *)w))
			break;
}

/* All of them */

void
stderrs_tick(struct stderrs *s, int64_t now)
{
	struct talker *t;

	if (s->report_ms == 0 || now < s->report_ms)
		return;
	while ((t = TAILQ_FIRST(&s->losing)) != NULL)
		report_loss(t);
	s->report_ms = 0;
}

void
stderrs_drain(struct stderrs *s)
{
	struct giver *g, *gnext;
	struct talker *t, *tnext;
	int i;

	TAILQ_FOREACH_SAFE (g, &s->givers, entry, gnext)
		giver_ready(&g->watch);
	TAILQ_FOREACH_SAFE (t, &s->talkers, entry, tnext) {
		for (i = 0; i < DRAIN_MAX; i++)
			if (read_once(t) != TALKER_GOOD)
				break;
	}
	while ((t = TAILQ_FIRST(&s->losing)) != NULL)
		report_loss(t);
}

bool
stderrs_empty(const struct stderrs *s)
{
	return TAILQ_EMPTY(&s->givers) && TAILQ_EMPTY(&s->talkers);
}
