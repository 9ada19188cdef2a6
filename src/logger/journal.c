/* SPDX-License-Identifier: ISC */
/* Entries for the journal, by sd_journal_sendv(3). */
#include "config.h"

#include <sys/uio.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "logger/journal.h"
#include "logger/logline.h"
#include "logger/syslogd.h"

/* Where journald listens (systemd's JOURNAL_NATIVE_PROTOCOL). */
#define JOURNAL_SOCKET "/run/systemd/journal/socket"

/* What does not fit is left out. */
struct entry {
	struct iovec iov[RECORD_FIELDS + 4];
	int n;
	struct buf text;
};

/* Adds `NAME=value`, the name in capitals. */
static void
add(struct entry *e, const char *prefix, const char *key, const char *value,
    size_t len)
{
	char *start = e->text.s + e->text.len;
	size_t size = strlen(prefix) + strlen(key) + 1 + len;

	if (size > buf_room(&e->text))
		return;
	buf_str(&e->text, prefix);
	while (*key != '\0')
		buf_char(&e->text, (char)toupper((unsigned char)*key++));
	buf_char(&e->text, '=');
	buf_add(&e->text, value, len);
	e->iov[e->n++] = (struct iovec) { .iov_base = start, .iov_len = size };
}

/*
 * journalctl(1) prints values raw, and those with control characters as `[blob
 * data]`: encode what neither should happen to.
 */
static void
add_value(struct entry *e, const char *key, const char *value)
{
	char coded[LOGLINE_CODED];
	size_t len = strlen(value);

	if (!utf8_is_harmless(value)) {
		len = logline_encode(value, len, coded);
		value = coded;
	}
	add(e, "TINED_", key, value, len);
}

int
journal_send(const struct record_fields *f, const char *line, size_t len)
{
	static char text[2 * LOGLINE_MAX + 2 * RECORD_MAX];
	struct entry e = { .text = buf_on(text, sizeof(text)) };
	char priority[12];
	size_t i;

	snprintf(priority, sizeof(priority), "%d", syslogd_priority(f->level));
	add(&e, "", "MESSAGE", line, len);
	add(&e, "", "PRIORITY", priority, strlen(priority));
	add(&e, "", "SYSLOG_IDENTIFIER", "tined", 5);
	add(&e, "TINED_", "EVENT", f->event, strlen(f->event));
	for (i = 0; i < f->n; i++)
		add_value(&e, f->key[i], f->value[i]);
	/* Without a journal sd_journal_sendv does nothing and succeeds. */
	if (access(JOURNAL_SOCKET, F_OK) == -1)
		return -1;
	return sd_journal_sendv(e.iov, e.n) < 0 ? -1 : 0;
}
