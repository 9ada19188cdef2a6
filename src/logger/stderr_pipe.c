/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include <bsd/string.h>
#include <bsd/sys/queue.h>

#include "base/clock.h"
#include "base/io.h"
#include "logger/log.h"
#include "logger/stderr_pipe.h"

#define READ_SIZE (64u << 10)
#define REPORT_MS 1000
#define RETRY_MS  100
#define FULL_MS   60000 /* between two warnings that a service keeps too many */

#define LINES_OFFSET offsetof(struct stderr_pipe, lines)

/* What programs write */

static void
event(const struct stderr_pipe *p, enum level level, const char *event,
    const char *key, const char *value)
{
	const struct log_service *s = p->source.service;
	char pid[16];

	snprintf(pid, sizeof(pid), "%" PRId32, p->which.pid);
	emit_event(s->all->emit, level, event, "service", s->name, "id",
	    LOG_NUMBER(p->which.id), "pid", pid, key, value, NULL);
}

static void
show(struct lines *l, const char *line)
{
	const struct stderr_pipe *p = (void *)((char *)l - LINES_OFFSET);

	event(p, LEVEL_INFO, "stderr", "msg", line);
}

static void
report_loss(struct stderr_pipe *p)
{
	if (p->lines.lost == 0)
		return;
	event(p, LEVEL_WARNING, "lost", "lines", LOG_NUMBER(p->lines.lost));
	p->lines.lost = 0;
}

/* Shows the last line. */
static void
finish(struct stderr_pipe *p)
{
	lines_end(&p->lines, clock_ms());
	report_loss(p);
}

static void
ready(struct watch *w)
{
	static char buf[READ_SIZE];
	struct stderr_pipe *p = (struct stderr_pipe *)w;
	ssize_t n;

	if (!log_source_read(&p->source, buf, sizeof(buf), &n))
		return;
	if (n > 0) {
		lines_add(&p->lines, clock_ms(), buf, (size_t)n);
		if (p->lines.lost > 0 && p->all->report_ms == 0)
			p->all->report_ms = clock_ms() + REPORT_MS;
		return;
	}
	finish(p);
	watch_close(w);
	if (p->queue != NULL)
		p->all->ended(p->queue);
	else
		stderr_pipe_drop(p);
}

/* It becomes non-blocking. */
static bool
is_read_end(int fd)
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
	struct stderr_pipe *p;

	if (!is_read_end(fd)) {
		io_close(fd);
		fd = -1;
	}
	if ((p = log_source_new(s, sizeof(*p), fd, ready)) == NULL)
		return NULL;
	p->all = all;
	p->which = *which;
	p->lines.show = show;
	TAILQ_INSERT_TAIL(&all->list, p, entry);
	return p;
}

void
stderr_pipe_free(struct stderr_pipe *p)
{
	TAILQ_REMOVE(&p->all->list, p, entry);
	log_source_free(&p->source);
}

void
stderr_pipes_report(struct stderr_pipes *all, int64_t now)
{
	struct stderr_pipe *p;

	if (all->report_ms == 0 || now < all->report_ms)
		return;
	TAILQ_FOREACH (p, &all->list, entry)
		report_loss(p);
	all->report_ms = 0;
}

void
stderr_pipes_end(struct stderr_pipes *all)
{
	struct stderr_pipe *p;

	TAILQ_FOREACH (p, &all->list, entry)
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
	struct logger_report r = { .type = type, .which = p->which };

	strlcpy(r.service, p->source.service->name, sizeof(r.service));
	if (io_send_fd(p->all->main, &r, sizeof(r), p->source.watch.fd) == 0)
		return true;
	stderr_pipes_retry_later(p->all);
	return false;
}

static void
warn_full(struct log_service *s)
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
	log_service_say(s, LEVEL_WARNING, why, NULL);
}

bool
stderr_pipe_keep(struct stderr_pipe *p)
{
	struct log_service *s = p->source.service;

	if (p->kept)
		return true;
	if (s->nkept >= s->most.kept) {
		warn_full(s);
		return false;
	}
	if (!tell_main(p, LOGGER_KEEP))
		return false;
	p->kept = true;
	s->nkept++;
	return true;
}

bool
stderr_pipe_drop(struct stderr_pipe *p)
{
	struct stderr_pipes *all = p->all;
	struct log_service *s = p->source.service;

	if (p->kept && all->main != -1 && !tell_main(p, LOGGER_DROP))
		return false;
	/* Main has room for another one. */
	if (p->kept && s->nkept-- >= s->most.kept)
		all->retry_ms = clock_ms();
	stderr_pipe_free(p);
	return true;
}

void
stderr_pipes_retry(struct stderr_pipes *all)
{
	struct stderr_pipe *p, *next;

	TAILQ_FOREACH_SAFE (p, &all->list, entry, next)
		if (p->source.watch.fd == -1 && p->queue == NULL &&
		    !stderr_pipe_drop(p))
			break;
}
