/* SPDX-License-Identifier: ISC */
/* Strict readers of log lines. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#define LIBBSD_NETBSD_VIS
#include <bsd/string.h>
#include <bsd/vis.h>

#include "logger/loglines.h"

static bool
is_printable(const char *line, size_t len)
{
	size_t i;

	if (len == 0 || line[len - 1] != '\n')
		return false;
	for (i = 0; i + 1 < len; i++)
		if ((unsigned char)line[i] < ' ' ||
		    (unsigned char)line[i] > '~')
			return false;
	return true;
}

/* Reads a value from *p to the blank or newline behind it. */
static bool
read_value(const char **p, char *out, size_t size)
{
	char coded[20000], decoded[20000];
	const char *start = *p;
	size_t n;

	if (*start != '"') {
		n = strcspn(start, " \n");
		if (n == 0 || n >= size || strcspn(start, "\"=\\") < n)
			return false;
		memcpy(out, start, n);
		out[n] = '\0';
		*p = start + n;
		return true;
	}
	for (start++, n = 0; start[n] != '"'; n++) {
		if (start[n] == '\n')
			return false;
		if (start[n] == '\\')
			n++;
	}
	if (n >= sizeof(coded) || (start[n + 1] != ' ' && start[n + 1] != '\n'))
		return false;
	memcpy(coded, start, n);
	coded[n] = '\0';
	if (strunvis(decoded, coded) == -1)
		return false;
	*p = start + n + 1;
	return strlcpy(out, decoded, size) < size;
}

static bool
read_word(const char **p, const char *stop, char *out, size_t size)
{
	size_t n = strcspn(*p, stop);

	if (n == 0 || n >= size ||
	    strspn(*p, "abcdefghijklmnopqrstuvwxyz0123456789_") < n)
		return false;
	memcpy(out, *p, n);
	out[n] = '\0';
	*p += n;
	return true;
}

bool
logline_read(const char *line, size_t len, struct logline_read *r)
{
	static char text[20000]; /* with an end, as strcspn needs */
	const char *p = text, *end = text + len - 1;

	r->n = 0;
	if (len >= sizeof(text) || !is_printable(line, len))
		return false;
	memcpy(text, line, len);
	text[len] = '\0';
	if (!read_word(&p, " \n", r->level, sizeof(r->level)) || *p++ != ' ' ||
	    !read_word(&p, " \n", r->event, sizeof(r->event)))
		return false;
	while (p < end) {
		if (*p++ != ' ' || r->n == LOGLINES_PAIRS ||
		    !read_word(&p, "= \n", r->key[r->n], sizeof(r->key[0])) ||
		    *p++ != '=' ||
		    !read_value(&p, r->value[r->n], sizeof(r->value[0])))
			return false;
		r->n++;
	}
	return p == end;
}

const char *
logline_value(const struct logline_read *r, const char *key)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (strcmp(r->key[i], key) == 0)
			return r->value[i];
	return NULL;
}

/* Steps over one character of a JSON string: plain, escaped, or UTF-8. */
static const char *
json_character(const char *p)
{
	static const unsigned char first[] = { 0x80, 0xc2, 0xe0, 0xf0, 0xf5 };
	unsigned char c = (unsigned char)*p;
	size_t n;

	if (c == '\\') {
		if (p[1] != '\0' && strchr("\"\\/bfnrt", p[1]) != NULL)
			return p + 2;
		if (p[1] == 'u' && strspn(p + 2, "0123456789abcdefABCDEF") >= 4)
			return p + 6;
		return NULL;
	}
	if (c < ' ' || c == '"' || c == 0x7f)
		return NULL;
	if (c < first[0])
		return p + 1;
	if (c < first[1] || c >= first[4])
		return NULL;
	n = c < first[2] ? 1 : c < first[3] ? 2 : 3;
	for (p++; n > 0; n--, p++)
		if (((unsigned char)*p & 0xc0) != 0x80)
			return NULL;
	return p;
}

static const char *
json_string(const char *p)
{
	if (*p++ != '"')
		return NULL;
	while (p != NULL && *p != '"')
		p = json_character(p);
	return p == NULL ? NULL : p + 1;
}

static const char *
json_number(const char *p)
{
	size_t n;

	p += *p == '-';
	n = strspn(p, "0123456789");
	if (n == 0 || (*p == '0' && n > 1))
		return NULL;
	return p + n;
}

bool
logline_is_json(const char *line, size_t len)
{
	char text[40000];
	const char *p = text;

	if (len >= sizeof(text) || memchr(line, '\0', len) != NULL)
		return false;
	memcpy(text, line, len);
	text[len] = '\0';
	if (*p != '{')
		return false;
	do {
		p = json_string(p + 1);
		if (p == NULL || *p++ != ':')
			return false;
		p = *p == '"' ? json_string(p) : json_number(p);
	} while (p != NULL && *p == ',');
	return p != NULL && strcmp(p, "}\n") == 0;
}
