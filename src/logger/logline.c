/* SPDX-License-Identifier: ISC */
/* A record as a line of logfmt. */
#include "config.h"

#include <string.h>

#define LIBBSD_NETBSD_VIS
#include <bsd/vis.h>

#include "logger/logline.h"

#define VIS_FLAGS                                                              \
	(VIS_CSTYLE | VIS_OCTAL | VIS_TAB | VIS_NL | VIS_DQ | VIS_NOLOCALE)

struct out {
	char *p;
	char *end; /* one byte is kept for the newline */
};

/* Appends n bytes if they all fit. */
static bool
put(struct out *o, const char *s, size_t n)
{
	if (n > (size_t)(o->end - o->p))
		return false;
	memcpy(o->p, s, n);
	o->p += n;
	return true;
}

/* Whether a value can stand as it is; *len is its length. */
static bool
plain(const char *s, size_t *len)
{
	const unsigned char *p;

	for (p = (const unsigned char *)s; *p != '\0'; p++)
		if (*p <= ' ' || *p >= 0x7f || *p == '"' || *p == '=' ||
		    *p == '\\')
			break;
	*len = (size_t)(p - (const unsigned char *)s);
	if (*p == '\0')
		return *len != 0;
	*len += strlen((const char *)p);
	return false;
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
put_quoted(struct out *o, const char *s, size_t len)
{
	char coded[LOGLINE_CODED];
	size_t room, n;

	room = (size_t)(o->end - o->p);
	if (room < 2)
		return;
	room -= 2;
	n = logline_encode(s, len, coded);
	if (n > room) /* a byte becomes four at most */
		n = logline_encode(s, room / 4, coded);
	put(o, "\"", 1);
	put(o, coded, n);
	put(o, "\"", 1);
}

static void
put_value(struct out *o, const char *s)
{
	size_t len, room;

	if (!plain(s, &len)) {
		put_quoted(o, s, len);
		return;
	}
	room = (size_t)(o->end - o->p);
	put(o, s, len < room ? len : room);
}

size_t
logline_text(const struct record_fields *f, char *buf, size_t size)
{
	struct out o = { .p = buf, .end = buf + size - 1 };
	const char *level = level_name(f->level);
	size_t i, len;

	if (size == 0)
		return 0;
	if (f->time != NULL && put(&o, f->time, strlen(f->time)))
		put(&o, " ", 1);
	put(&o, level, strlen(level));
	if (put(&o, " ", 1))
		put_value(&o, f->event);
	for (i = 0; i < f->n; i++) {
		len = strlen(f->key[i]);
		/* the blank, the equals sign and an empty value's quotes */
		if (len + 4 > (size_t)(o.end - o.p))
			break;
		put(&o, " ", 1);
		put(&o, f->key[i], len);
		put(&o, "=", 1);
		put_value(&o, f->value[i]);
	}
	*o.p++ = '\n';
	return (size_t)(o.p - buf);
}
