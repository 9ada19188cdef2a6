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

#include <bsd/string.h>
#include <bsd/sys/queue.h>

#include "base/clock.h"
#include "base/io.h"
#include "logger/stderr_pipe.h"

#define READ_SIZE (64u << 10)
#define REPORT_MS 1000
#define RETRY_MS  100
#define FULL_MS   60000 /* between two warnings that a service keeps too many */

#define LINES_OFFSET offsetof(struct stderr_pipe, lines)

void
stderr_pipes_init(struct stderr_pipes *all, struct emit *emit, int main,
    void (*ended)(struct stderr_queue *q))
{
	*all = (struct stderr_pipes) {
		.emit = emit, .main = main, .ended = ended
	};
	TAILQ_INIT(&all->list);
	TAILQ_INIT(&all->losing);
	TAILQ_INIT(&all->dropped);
}

/* What programs write */

static void
event(const struct stderr_pipe *p, enum level level, const char *event,
    const char *key, const char *value)
{
	char id[24], pid[16];

	snprintf(id, sizeof(id), "%" PRIu64, p->which.id);
	snprintf(pid, sizeof(pid), "%" PRId32, p->which.pid);
	emit_event(p->all->emit, level, event, "service", p->service->name,
	    "id", id, "pid", pid, key, value, NULL);
}

static void
show(struct lines *l, const char *line)
{
	const struct stderr_pipe *p = (void *)((char *)l - LINES_OFFSET);

	event(p, LEVEL_INFO, "stderr", "msg", line);
}

/* Has lost lines reported in a while. */
static void
note_loss(struct stderr_pipe *p)
{
	struct stderr_pipes *all = p->all;

	if (p->lines.lost == 0 || p->losing)
		return;
	p->losing = true;
	TAILQ_INSERT_TAIL(&all->losing, p, lost_entry);
	if (all->report_ms == 0)
		all->report_ms = clock_ms() + REPORT_MS;
}

static void
report_loss(struct stderr_pipe *p)
{
	char lines[24];

	snprintf(lines, sizeof(lines), "%" PRIu64, p->lines.lost);
	event(p, LEVEL_WARNING, "lost", "lines", lines);
	TAILQ_REMOVE(&p->all->losing, p, lost_entry);
	p->losing = false;
	p->lines.lost = 0;
}

/* Shows the last line. */
static void
finish(struct stderr_pipe *p)
{
	lines_end(&p->lines, clock_ms());
	note_loss(p);
	if (p->losing)
		report_loss(p);
}

static void
ready(struct watch *w)
{
	static char buf[READ_SIZE];
	struct stderr_pipe *p = (struct stderr_pipe *)w;
	ssize_t n;

	n = io_read(w->fd, buf, sizeof(buf));
	if (n == -1 && watch_may_fail(w, errno != EAGAIN))
		return;
	if (n > 0) {
		watch_may_fail(w, false);
		lines_add(&p->lines, clock_ms(), buf, (size_t)n);
		note_loss(p);
		return;
	}
	finish(p);
	watch_close(w);
	if (p->queue != NULL)
		p->all->ended(p->queue);
	else
		stderr_pipe_drop(p);
}

bool
stderr_pipe_is_valid(int fd)
{
	struct stat st;
	int flags = fcntl(fd, F_GETFL);

	return flags != -1 && (flags & O_ACCMODE) == O_RDONLY &&
	    fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) &&
	    io_nonblock(fd, 1) == 0;
}

struct stderr_pipe *
stderr_pipe_new(struct stderr_pipes *all, struct log_service *s,
    const struct stderr_msg *which, int fd)
{
	struct stderr_pipe *p = calloc(1, sizeof(*p));
	struct stat st;

	if (p == NULL) {
		if (fd != -1)
			close(fd);
		return NULL;
	}
	p->all = all;
	p->service = s;
	p->which = *which;
	p->watch.fd = -1;
	if (fd != -1) {
		if (fstat(fd, &st) == 0)
			p->ino = st.st_ino;
		lines_init(&p->lines, show);
		if (watch_add(&s->set, &p->watch, fd, ready) == -1) {
			free(p);
			return NULL;
		}
	}
	log_service_join(s);
	TAILQ_INSERT_TAIL(&all->list, p, entry);
	return p;
}

void
stderr_pipe_free(struct stderr_pipe *p)
{
	if (p->losing)
		report_loss(p);
	TAILQ_REMOVE(&p->all->list, p, entry);
	if (p->watch.fd != -1)
		watch_close(&p->watch);
	log_service_leave(p->service);
	free(p);
}

void
stderr_pipes_report(struct stderr_pipes *all, int64_t now)
{
	struct stderr_pipe *p;

	if (all->report_ms == 0 || now < all->report_ms)
		return;
	while ((p = TAILQ_FIRST(&all->losing)) != NULL)
		report_loss(p);
	all->report_ms = 0;
}

void
stderr_pipes_end(struct stderr_pipes *all)
{
	struct stderr_pipe *p;

	TAILQ_FOREACH (p, &all->list, entry)
		if (p->watch.fd != -1)
			finish(p);
}

/* What main keeps */

void
stderr_pipes_retry_later(struct stderr_pipes *all)
{
	if (all->retry_ms == 0)
		all->retry_ms = clock_ms() + RETRY_MS;
}

static bool
tell_main(const struct stderr_pipe *p, enum logger_report_type type)
{
	struct logger_report r = { .type = type, .stderr = p->which };

	strlcpy(r.service, p->service->name, sizeof(r.service));
	return io_send_fd(p->all->main, &r, sizeof(r), p->watch.fd) == 0;
}

static void
warn_full(struct stderr_pipes *all, struct log_service *s)
{
	int64_t now = clock_ms();
	char why[128];

	if (s->warned_ms != 0 && now - s->warned_ms < FULL_MS)
		return;
	s->warned_ms = now;
	snprintf(why, sizeof(why),
	    "its programs keep %" PRIu32 " standard errors open, the most that "
	    "are kept: further ones may get /dev/null",
	    s->nkept);
	emit_event(all->emit, LEVEL_WARNING, "log", "service", s->name, "msg",
	    why, NULL);
}

bool
stderr_pipe_keep(struct stderr_pipe *p)
{
	struct log_service *s = p->service;

	if (p->kept)
		return true;
	if (s->nkept >= s->most.kept) {
		warn_full(p->all, s);
		return false;
	}
	if (!tell_main(p, LOGGER_KEEP)) {
		stderr_pipes_retry_later(p->all);
		return false;
	}
	p->kept = true;
	s->nkept++;
	return true;
}

/* False where the message to main could not be sent. */
static bool
drop(struct stderr_pipe *p)
{
	struct stderr_pipes *all = p->all;
	struct log_service *s = p->service;

	if (p->kept && all->main != -1 && !tell_main(p, LOGGER_DROP))
		return false;
	/* Main has room for another one. */
	if (p->kept && s->nkept-- >= s->most.kept)
		all->retry_ms = clock_ms();
	stderr_pipe_free(p);
	return true;
}

void
stderr_pipe_drop(struct stderr_pipe *p)
{
	struct stderr_pipes *all = p->all;

	if (drop(p))
		return;
	TAILQ_INSERT_TAIL(&all->dropped, p, place);
	stderr_pipes_retry_later(all);
}

void
stderr_pipes_retry(struct stderr_pipes *all)
{
	struct stderr_pipe *p;

	while ((p = TAILQ_FIRST(&all->dropped)) != NULL) {
		TAILQ_REMOVE(&all->dropped, p, place);
		if (drop(p))
			continue;
		TAILQ_INSERT_HEAD(&all->dropped, p, place);
		stderr_pipes_retry_later(all);
		break;
	}
}
