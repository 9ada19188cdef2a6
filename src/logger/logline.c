/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <string.h>

#define LIBBSD_NETBSD_VIS
#include <bsd/vis.h>

#include "base/buf.h"
#include "base/json.h"
#include "logger/logline.h"

#define VIS_FLAGS                                                              \
	(VIS_CSTYLE | VIS_OCTAL | VIS_TAB | VIS_NL | VIS_DQ | VIS_NOLOCALE)

#define DIGITS_MAX 18 /* of a number that fits in an int64_t in any case */

/* logfmt */

/* Whether a value needs no quotes; *len is its length. */
static bool
is_plain(const char *s, size_t *len)
{
	const unsigned char *p;

	for (p = (const unsigned char *)s; *p != '\0'; p++)
		if (*p <= ' ' || *p >= 0x7f || strchr("\"=\\", *p) != NULL)
			break;
	*len = strlen(s);
	return *p == '\0' && *len > 0;
}

size_t
logline_encode(const char *s, size_t len, char *coded)
{
	if (len > RECORD_MAX)
		len = RECORD_MAX;
	return (size_t)strvisx(coded, s, len, VIS_FLAGS);
}

/* Appends as much of the value as fits between its quotes. */
static void
put_quoted(struct buf *b, const char *s, size_t len)
{
	char coded[LOGLINE_CODED];
	size_t room = buf_room(b), n;

	if (room < 2)
		return;
	room -= 2;
	n = logline_encode(s, len, coded);
	if (n > room) /* a byte becomes four at most */
		n = logline_encode(s, room / 4, coded);
	buf_char(b, '"');
	buf_add(b, coded, n);
	buf_char(b, '"');
}

static void
put_value(struct buf *b, const char *s)
{
	size_t len;

	if (is_plain(s, &len))
		buf_add(b, s, len);
	else
		put_quoted(b, s, len);
}

size_t
logline_text(const struct record_fields *f, char *out, size_t size)
{
	struct buf b = buf_on(out, size - 1); /* without the newline */
	size_t i;

	if (size == 0)
		return 0;
	if (f->time != NULL && buf_str(&b, f->time))
		buf_char(&b, ' ');
	buf_str(&b, level_name(f->level));
	if (buf_char(&b, ' '))
		put_value(&b, f->event);
	for (i = 0; i < f->n; i++) {
		/* The blank, the equals sign and the quotes of an empty value. */
		if (strlen(f->key[i]) + 4 > buf_room(&b))
			break;
		buf_char(&b, ' ');
		buf_str(&b, f->key[i]);
		buf_char(&b, '=');
		put_value(&b, f->value[i]);
	}
	b.size = size;
	buf_char(&b, '\n');
	return b.len;
}

/* JSON */

static bool
is_number(const char *s)
{
	size_t n;

	if (*s == '-')
		s++;
	n = strspn(s, "0123456789");
	return n > 0 && n <= DIGITS_MAX && s[n] == '\0' &&
	    (s[0] != '0' || n == 1);
}

static bool
may_be_number(const char *key)
{
	return strcmp(key, "msg") != 0 && strcmp(key, "service") != 0;
}

/* Appends `,"key":value`.  False where not even an empty value would fit. */
static bool
put_pair(struct buf *b, const char *key, const char *value)
{
	bool number = may_be_number(key) && is_number(value);

	if (strlen(key) + 4 + (number ? strlen(value) : 2) > buf_room(b))
		return false;
	if (b->len > 1)
		buf_char(b, ',');
	buf_char(b, '"');
	buf_str(b, key);
	buf_str(b, "\":");
	if (number)
		buf_str(b, value);
	else
		json_add(b, value);
	return true;
}

size_t
logline_json(const struct record_fields *f, char *out, size_t size)
{
	struct buf b = buf_on(out, size - 2); /* without `}` and the newline */
	bool fits;
	size_t i;

	if (size < 8)
		return 0;
	buf_char(&b, '{');
	fits = (f->time == NULL || put_pair(&b, "time", f->time)) &&
	    put_pair(&b, "level", level_name(f->level)) &&
	    put_pair(&b, "event", f->event);
	for (i = 0; i < f->n && fits; i++)
		fits = put_pair(&b, f->key[i], f->value[i]);
	b.size = size;
	buf_str(&b, "}\n");
	return b.len;
}

const char *
logline_time(const struct timespec *ts)
{
	static char text[48];
	static size_t len; /* up to the seconds */
	static time_t shown;
	struct tm tm;

	/* Many lines share a second. */
	if (len == 0 || ts->tv_sec != shown) {
		shown = ts->tv_sec;
		if (gmtime_r(&shown, &tm) == NULL)
			return "-";
		len = strftime(text, sizeof(text) - 8, "%FT%T", &tm);
	}
	(void)snprintf(text + len, sizeof(text) - len, ".%03dZ",
	    (int)(ts->tv_nsec / 1000000));
	return text;
}
