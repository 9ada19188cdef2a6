/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

#define CHARACTER_MAX 12 /* a pair of surrogates: \udb40\udc01 */

/* \uXXXX of 16 bits. */
static size_t
put_unit(char *out, uint32_t unit)
{
	static const char hex[] = "0123456789abcdef";
	const char code[6] = { '\\', 'u', hex[unit >> 12], hex[unit >> 8 & 15],
		hex[unit >> 4 & 15], hex[unit & 15] };

	memcpy(out, code, sizeof(code));
	return sizeof(code);
}

static size_t
put_escaped(char *out, uint32_t c)
{
	size_t n;

	if (c < 0x10000)
		return put_unit(out, c);
	n = put_unit(out, 0xd800 + ((c - 0x10000) >> 10));
	return n + put_unit(out + n, 0xdc00 + ((c - 0x10000) & 0x3ff));
}

static size_t
put_short(char *out, char letter)
{
	out[0] = '\\';
	out[1] = letter;
	return 2;
}

/*
 * Encodes the next character of *s, which is not empty, and advances *s.  Each
 * byte that is not part of valid UTF-8 becomes \u00XX.  Returns the length.
 */
static size_t
next(const char **s, char out[CHARACTER_MAX])
{
	const char *at = *s;
	uint32_t c;
	size_t n = utf8_next(at, &c);

	*s += n > 0 ? n : 1;
	if (n == 0)
		return put_escaped(out, (unsigned char)*at);
	switch (c) {
	case '"':
	case '\\':
		return put_short(out, *at);
	case '\n':
		return put_short(out, 'n');
	case '\t':
		return put_short(out, 't');
	default:
		break;
	}
	if (utf8_deceives(c))
		return put_escaped(out, c);
	memcpy(out, at, n);
	return n;
}

void
json_add(struct buf *b, const char *s)
{
	char one[CHARACTER_MAX];
	size_t n;

	buf_char(b, '"');
	while (*s != '\0') {
		n = next(&s, one);
		if (b->fixed && n >= buf_room(b)) /* the quote must fit, too */
			break;
		buf_add(b, one, n);
	}
	buf_char(b, '"');
}
