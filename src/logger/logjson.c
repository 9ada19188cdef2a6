/* SPDX-License-Identifier: ISC */
/* A record as a JSON object on a line (RFC 8259). */
#include "config.h"

#include <string.h>

#include "base/json.h"
#include "logger/logline.h"

#define DIGITS_MAX 18 /* what fits in an int64_t whatever the digits are */

struct out {
	char *p;
	char *end; /* `"}` and the newline are kept free */
};

static size_t
room(const struct out *o)
{
	return o->p < o->end ? (size_t)(o->end - o->p) : 0;
}

static bool
put(struct out *o, const char *s, size_t n)
{
	if (n > room(o))
		return false;
	memcpy(o->p, s, n);
	o->p += n;
	return true;
}

/* Appends a string and its quotes; it is cut where no more fits. */
static void
put_string(struct out *o, const char *text)
{
	char one[JSON_CHARACTER];

	put(o, "\"", 1);
	while (*text != '\0')
		if (!put(o, one, json_next(&text, one)))
			break;
	*o->p++ = '"'; /* kept free */
}

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

/* Appends `,"key":value`, or nothing if not even an empty value would fit. */
static bool
put_pair(struct out *o, const char *key, const char *value)
{
	size_t len = strlen(key), vlen = strlen(value);
	bool number = may_be_number(key) && is_number(value);

	if (len + 5 + (number ? vlen : 0) > room(o))
		return false;
	if (o->p[-1] != '{')
		put(o, ",", 1);
	put(o, "\"", 1);
	put(o, key, len);
	put(o, "\":", 2);
	if (number)
		put(o, value, vlen);
	else
		put_string(o, value);
	return true;
}

size_t
logline_json(const struct record_fields *f, char *buf, size_t size)
{
	struct out o = { .p = buf };
	size_t i;

	if (size < 8)
		return 0;
	o.end = buf + size - 3;
	put(&o, "{", 1);
	if ((f->time == NULL || put_pair(&o, "time", f->time)) &&
	    put_pair(&o, "level", level_name(f->level)) &&
	    put_pair(&o, "event", f->event)) {
		for (i = 0; i < f->n; i++)
			if (!put_pair(&o, f->key[i], f->value[i]))
				break;
	}
	*o.p++ = '}';
	*o.p++ = '\n';
	return (size_t)(o.p - buf);
}
