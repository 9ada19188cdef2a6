/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LIBBSD_NETBSD_VIS
#include <bsd/string.h>
#include <bsd/vis.h>

#include "base/io.h"
#include "logger/log.h"
#include "logger/logline.h"

/* VIS_NOSLASH: a message stays readable, backslashes are not doubled. */
#define VIS_FLAGS (VIS_CSTYLE | VIS_OCTAL | VIS_TAB | VIS_NL | VIS_NOSLASH)

#define SAY_MS 1000

static int log_fd = -1;
static uint64_t nlost;

void
log_use(int fd)
{
	log_fd = fd;
}

const char *
log_number(char *buf, uint64_t n)
{
	snprintf(buf, 24, "%" PRIu64, n);
	return buf;
}

/* `tined: TEXT` on standard error, encoded into one line. */
static void
write_line(const char *text, size_t len)
{
	static const char name[] = "tined: ";
	char line[sizeof(name) + (size_t)4 * RECORD_MAX + 1];
	size_t n = strlcpy(line, name, sizeof(line));

	n += (size_t)strvisx(line + n, text, len, VIS_FLAGS);
	line[n++] = '\n';
	io_write_all(STDERR_FILENO, line, n);
}

/* `tined: EVENT key=value...` */
static void
write_event(const struct record *r)
{
	char line[RECORD_MAX];
	struct record_fields f;
	size_t len, skip;

	if (record_fields(r, r->head.size, &f) == -1)
		return;
	skip = strlen(level_name(f.level)) + 1;
	len = logline_text(&f, line, sizeof(line)) - 1;
	write_line(line + skip, len - skip);
}

void
log_event(enum level level, const char *event, ...)
{
	const char *key, *value;
	struct record r;
	va_list ap;

	record_begin(&r, level, event);
	va_start(ap, event);
	while ((key = va_arg(ap, const char *)) != NULL) {
		value = va_arg(ap, const char *);
		record_str(&r, key, value);
	}
	va_end(ap);
	if (log_fd == -1)
		write_event(&r);
	else if (record_send(&r, log_fd) == -1)
		nlost++;
}

void
log_message(enum level level, const char *fmt, ...)
{
	char msg[RECORD_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	if (log_fd == -1)
		write_line(msg, strlen(msg));
	else
		log_event(level, level_name(level), "msg", msg, NULL);
}

bool
log_may_say(struct log_pace *p, int64_t now)
{
	if (p->last_ms != 0 && now - p->last_ms < SAY_MS) {
		p->not_shown++;
		return false;
	}
	p->last_ms = now;
	return true;
}

const char *
log_more(struct log_pace *p, char *buf)
{
	buf[0] = '\0';
	if (p->not_shown > 0)
		snprintf(buf, LOG_MORE_MAX, " (%" PRIu64 " more not shown)",
		    p->not_shown);
	p->not_shown = 0;
	return buf;
}

bool
log_report_lost(void)
{
	const uint64_t n = nlost;

	if (n == 0)
		return false;
	nlost = 0;
	log_event(LEVEL_WARNING, "lost", "records", LOG_NUMBER(n), NULL);
	/* That was lost, too: all of it stays counted. */
	if (nlost != 0)
		nlost = n;
	return true;
}
