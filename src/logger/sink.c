/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "logger/journal.h"
#include "logger/logline.h"
#include "logger/sink.h"
#include "logger/syslogd.h"

static size_t
format(const struct sink *s, const struct record_fields *f, char *buf,
    size_t size)
{
	if (s->format == FORMAT_JSON)
		return logline_json(f, buf, size);
	return logline_text(f, buf, size);
}

/* The time of a record that is put now, or NULL where lines have none. */
static const char *
time_now(const struct sink *s)
{
	struct timespec now;

	if (!s->timed && s->format != FORMAT_JSON)
		return NULL;
	clock_gettime(CLOCK_REALTIME, &now);
	return logline_time(&now);
}

/* The record that reports a loss. */
static void
lost_fields(const struct sink *s, char number[24], struct record_fields *f)
{
	snprintf(number, 24, "%llu", (unsigned long long)s->lost);
	*f = (struct record_fields) { .time = time_now(s),
		.level = LEVEL_WARNING,
		.event = "lost",
		.n = 1,
		.key = { "records" },
		.value = { number } };
}

/* Standard error */

/* Writes as much as standard error takes, waiting for room.  Returns the
 * count. */
static size_t
write_out(const char *buf, size_t len)
{
	struct pollfd pfd = { .fd = STDERR_FILENO, .events = POLLOUT };
	size_t off = 0;
	ssize_t n;

	while (off < len) {
		n = io_write(STDERR_FILENO, buf + off, len - off);
		if (n > 0)
			off += (size_t)n;
		else if (n == -1 && errno == EAGAIN)
			poll(&pfd, 1, -1); /* inherited as O_NONBLOCK */
		else
			break;
	}
	return off;
}

static uint64_t
count_lines(const char *buf, size_t len)
{
	const char *p = buf, *end = buf + len;
	uint64_t n = 0;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		p++;
		n++;
	}
	return n;
}

/* Begins an empty buffer with the report of a loss, if there is one. */
static void
begin_buffer(struct sink *s)
{
	struct record_fields f;
	char number[24];

	if (s->len > 0 || s->lost == 0)
		return;
	lost_fields(s, number, &f);
	s->reported = s->lost;
	s->lost = 0;
	s->report = s->len = format(s, &f, s->buf, LOGLINE_MAX);
}

static void
flush_stderr(struct sink *s)
{
	size_t off = 0;

	begin_buffer(s);
	if (s->len == 0)
		return;
	if (s->torn && write_out("\n", 1) == 1)
		s->torn = false;
	if (!s->torn)
		off = write_out(s->buf, s->len);
	if (off > 0)
		s->torn = s->buf[off - 1] != '\n';
	s->lost += count_lines(s->buf + off, s->len - off);
	if (off < s->report)
		s->lost += s->reported - 1; /* the report does not count */
	s->len = 0;
	s->report = 0;
}

/* syslog and the journal: one message each */

static int
send_entry(const struct sink *s, const struct record_fields *f)
{
	char line[LOGLINE_MAX];
	size_t len;

	len = format(s, f, line, sizeof(line)) - 1; /* no newline there */
	if (s->target == TARGET_SYSLOG)
		return syslogd_send(f->level, line, len);
	return journal_send(f, line, len);
}

static void
report_entries(struct sink *s)
{
	struct record_fields f;
	char number[24];

	lost_fields(s, number, &f);
	if (send_entry(s, &f) == 0)
		s->lost = 0;
}

void
sink_use(struct sink *s, enum log_target target, enum log_format fmt,
    bool timed)
{
	sink_flush(s);
	s->target = target;
	s->format = fmt;
	s->timed = timed;
}

void
sink_put(struct sink *s, struct record_fields *f)
{
	f->time = time_now(s);
	if (s->target == TARGET_STDERR) {
		if (sizeof(s->buf) - s->len < LOGLINE_MAX)
			flush_stderr(s);
		begin_buffer(s);
		s->len += format(s, f, s->buf + s->len, LOGLINE_MAX);
		return;
	}
	if (s->lost > 0)
		report_entries(s);
	if (s->lost > 0 || send_entry(s, f) == -1)
		s->lost++;
}

void
sink_flush(struct sink *s)
{
	if (s->target == TARGET_STDERR)
		flush_stderr(s);
	else if (s->lost > 0)
		report_entries(s);
}
