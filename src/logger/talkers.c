/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <bsd/sys/queue.h>

#include "base/clock.h"
#include "base/io.h"
#include "logger/talkers.h"

#define READ_SIZE (64u << 10)
#define REPORT_MS 1000

#define LINES_OFFSET offsetof(struct talker, lines)

void
talkers_init(struct talkers *all, struct emit *emit,
    void (*ended)(struct talker *t))
{
	*all = (struct talkers) { .emit = emit, .ended = ended };
	TAILQ_INIT(&all->list);
	TAILQ_INIT(&all->losing);
}

static void
say(const struct talker *t, enum level level, const char *event,
    const char *key, const char *value)
{
	char id[24], pid[16];

	snprintf(id, sizeof(id), "%" PRIu64, t->which.id);
	snprintf(pid, sizeof(pid), "%" PRId32, t->which.pid);
	emit_event(t->all->emit, level, event, "service", t->service->name,
	    "id", id, "pid", pid, key, value, NULL);
}

static void
show(struct lines *l, const char *line)
{
	const struct talker *t = (void *)((char *)l - LINES_OFFSET);

	say(t, LEVEL_INFO, "stderr", "msg", line);
}

/* Sees to it that what was lost will be reported. */
static void
note_loss(struct talker *t)
{
	struct talkers *all = t->all;

	if (t->lines.lost == 0 || t->losing)
		return;
	t->losing = true;
	TAILQ_INSERT_TAIL(&all->losing, t, lost_entry);
	if (all->report_ms == 0)
		all->report_ms = t->lines.filled_ms + REPORT_MS;
}

static void
report_loss(struct talker *t)
{
	char lines[24];

	snprintf(lines, sizeof(lines), "%" PRIu64, t->lines.lost);
	say(t, LEVEL_WARNING, "lost", "lines", lines);
	TAILQ_REMOVE(&t->all->losing, t, lost_entry);
	t->losing = false;
	t->lines.lost = 0;
}

/* Says the last of its lines. */
static void
finish(struct talker *t)
{
	lines_end(&t->lines, clock_ms());
	note_loss(t);
	if (t->losing)
		report_loss(t);
}

static void
ready(struct watch *w)
{
	static char buf[READ_SIZE];
	struct talker *t = (struct talker *)w;
	ssize_t n;

	n = io_read(w->fd, buf, sizeof(buf));
	if (n == -1 && watch_may_fail(w, errno != EAGAIN))
		return;
	if (n > 0) {
		watch_may_fail(w, false);
		lines_add(&t->lines, clock_ms(), buf, (size_t)n);
		note_loss(t);
		return;
	}
	finish(t);
	watch_close(w);
	t->all->ended(t);
}

bool
talker_is_read_end(int fd)
{
	struct stat st;
	int flags = fcntl(fd, F_GETFL);

	return flags != -1 && (flags & O_ACCMODE) == O_RDONLY &&
	    fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) &&
	    io_nonblock(fd, 1) == 0;
}

struct talker *
talker_new(struct talkers *all, struct log_service *s,
    const struct stderr_msg *which, int fd)
{
	struct talker *t = calloc(1, sizeof(*t));
	struct stat st;

	if (t == NULL) {
		if (fd != -1)
			close(fd);
		return NULL;
	}
	t->all = all;
	t->service = s;
	t->which = *which;
	t->watch.fd = -1;
	if (fd != -1) {
		if (fstat(fd, &st) == 0)
			t->ino = st.st_ino;
		lines_init(&t->lines, clock_ms(), show);
		if (watch_add(&s->set, &t->watch, fd, ready) == -1) {
			free(t);
			return NULL;
		}
	}
	log_service_join(s);
	TAILQ_INSERT_TAIL(&all->list, t, entry);
	return t;
}

void
talker_free(struct talker *t)
{
	if (t->losing)
		report_loss(t);
	TAILQ_REMOVE(&t->all->list, t, entry);
	if (t->watch.fd != -1)
		watch_close(&t->watch);
	log_service_leave(t->service);
	free(t);
}

void
talkers_tick(struct talkers *all, int64_t now)
{
	struct talker *t;

	if (all->report_ms == 0 || now < all->report_ms)
		return;
	while ((t = TAILQ_FIRST(&all->losing)) != NULL)
		report_loss(t);
	all->report_ms = 0;
}

void
talkers_end(struct talkers *all)
{
	struct talker *t;

	TAILQ_FOREACH (t, &all->list, entry)
		if (t->watch.fd != -1)
			finish(t);
}
