/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "service/http/octet.h"
#include "service/http/uri.h"

static const char *
parse_path(const char *s, size_t n, struct uri *out)
{
	const char *mark = memchr(s, '?', n);
	size_t i;

	out->path = (struct span) { s, n };
	if (mark != NULL) {
		out->path.len = (size_t)(mark - s);
		out->query = (struct span) { mark + 1, n - out->path.len - 1 };
	}
	for (i = 0; i < out->path.len; i++) {
		if (s[i] == '%' && octet_escape(s + i, out->path.len - i) == -1)
			return "invalid %XX in the path";
	}
	return NULL;
}

/* What follows `http://`. */
static const char *
parse_authority(const char *s, size_t n, struct uri *out)
{
	const char *why;
	size_t len = 0;

	while (len < n && s[len] != '/' && s[len] != '?')
		len++;
	if ((why = host_parse(s, len, &out->host)) != NULL)
		return why;
	if (out->host.kind == HOST_NONE)
		return "no host in the target";
	if ((why = parse_path(s + len, n - len, out)) != NULL)
		return why;
	if (out->path.len == 0)
		out->path = (struct span) { "/", 1 };
	return NULL;
}

const char *
uri_parse(const char *target, size_t n, struct uri *out)
{
	static const char *const schemes[] = { "http://", "https://" };
	size_t i, len;

	*out = (struct uri) { .host.port = HOST_NO_PORT };
	if (n > 0 && target[0] == '/')
		return parse_path(target, n, out);
	if (n == 1 && target[0] == '*') {
		out->form = URI_ASTERISK;
		out->path = (struct span) { target, n };
		return NULL;
	}
	out->form = URI_ABSOLUTE;
	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		len = strlen(schemes[i]);
		if (n >= len && octet_equal(target, len, schemes[i]))
			return parse_authority(target + len, n - len, out);
	}
	return "target is neither a path nor an http URI";
}

bool
uri_decode(struct span part, bool form, struct buf *out)
{
	bool fits = true;
	size_t i;
	int c;

	for (i = 0; i < part.len && fits; i++) {
		c = octet_escape(part.s + i, part.len - i);
		if (c != -1) {
			fits = buf_char(out, (char)c);
			i += 2;
		} else if (form && part.s[i] == '+') {
			fits = buf_char(out, ' ');
		} else {
			fits = buf_char(out, part.s[i]);
		}
	}
	return fits;
}

/* Takes what is before the separator off text, and the separator. */
static struct span
cut(struct span *text, char separator)
{
	struct span part = *text;
	const char *at = memchr(text->s, separator, text->len);

	if (at == NULL) {
		*text = (struct span) { NULL, 0 };
		return part;
	}
	part.len = (size_t)(at - text->s);
	text->s += part.len + 1;
	text->len -= part.len + 1;
	return part;
}

bool
uri_next_pair(struct span *query, struct span *name, struct span *value)
{
	while (query->s != NULL) {
		*value = cut(query, '&');
		if (value->len == 0)
			continue;
		*name = cut(value, '=');
		return true;
	}
	return false;
}
