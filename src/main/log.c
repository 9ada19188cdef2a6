/* SPDX-License-Identifier: ISC */
/* What main has to say: a line on standard error, or a record. */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#include "base/io.h"
#include "main/log.h"
#include "main/logline.h"

static int log_fd = -1;
static uint64_t nlost;

void
log_use(int fd)
{
	log_fd = fd;
}

/* `tined: MESSAGE`, or `tined: EVENT key=value...`: one line, encoded. */
static void
write_line(const struct record *r)
{
	static const char name[] = "tined: ";
	char line[sizeof(name) + LOGLINE_MAX];
	struct record_fields f;
	const char *level;
	size_t len, skip;

	if (record_fields(r, r->head.size, &f) == -1)
		return;
	level = level_name(f.level);
	len = logline_text(&f, line + sizeof(name), LOGLINE_MAX);
	skip = sizeof(name) + strlen(level) + 1;
	memcpy(line + skip - strlen(name), name, strlen(name));
	len -= strlen(level) + 1;
	io_write_all(STDERR_FILENO, line + skip - strlen(name),
	    len + strlen(name));
}

static void
send_record(const struct record *r)
{
	if (log_fd == -1)
		write_line(r);
	else if (record_send(r, log_fd) == -1)
		nlost++;
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
		record_str(&r, key, value != NULL ? value : "-");
	}
	va_end(ap);
	send_record(&r);
}

void
log_message(enum level level, const char *fmt, ...)
{
	char msg[RECORD_MAX];
	struct record r;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	record_begin(&r, level, level_name(level));
	record_str(&r, "msg", msg);
	send_record(&r);
}

uint64_t
log_lost(void)
{
	uint64_t n = nlost;

	nlost = 0;
	return n;
}
