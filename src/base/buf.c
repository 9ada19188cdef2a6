/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

#define DIGITS_MAX 20 /* of UINT64_MAX */

static void
grow(struct buf *b, size_t more)
{
	b->size = 2 * b->size + more + 64;
	b->s = mem_grow(b->s, b->size, 1);
}

bool
buf_add(struct buf *b, const char *s, size_t n)
{
	bool fits;

	if (n > buf_room(b) && !b->fixed)
		grow(b, n);
	fits = n <= buf_room(b);
	if (!fits)
		n = buf_room(b);
	if (n > 0)
		memcpy(b->s + b->len, s, n);
	b->len += n;
	return fits;
}

bool
buf_str(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

bool
buf_char(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

bool
buf_uint(struct buf *b, uint64_t n)
{
	char digits[DIGITS_MAX], *p = digits + sizeof(digits);

	do {
		*--p = (char)('0' + n % 10);
		n /= 10;
	} while (n != 0);
	return buf_add(b, p, (size_t)(digits + sizeof(digits) - p));
}

bool
buf_int(struct buf *b, int64_t n)
{
	if (n >= 0)
		return buf_uint(b, (uint64_t)n);
	return buf_char(b, '-') && buf_uint(b, -(uint64_t)n);
}

char *
buf_string(struct buf *b)
{
	if (b->len == b->size && !b->fixed)
		grow(b, 1);
	if (b->len == b->size && b->size > 0)
		b->len--;
	if (b->size > 0)
		b->s[b->len] = '\0';
	return b->s;
}
