/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "logger/lines.h"

static const struct rate rate = { LINES_RATE, LINES_BURST };

/* Makes a line of the first n bytes of the buffer; the others stay. */
static void
end_line(struct lines *l, int64_t now, size_t n)
{
	char next = l->text[n];
	size_t i;

	if (rate_take(&l->full_us, &rate, now * 1000) > 0) {
		l->lost++;
	} else {
		for (i = 0; i < n; i++)
			if (l->text[i] == '\0')
				l->text[i] = '?';
		l->text[n] = '\0';
		l->show(l, l->text);
		l->text[n] = next;
	}
	l->n -= n;
	memmove(l->text, l->text + n, l->n);
}

/* Where to fold a full line: not inside a UTF-8 sequence. */
static size_t
fold_at(const struct lines *l)
{
	size_t i;

	for (i = l->n - 1; i > l->n - 4; i--) {
		if (((unsigned char)l->text[i] & 0xc0) == 0xc0)
			return i;
		if (((unsigned char)l->text[i] & 0x80) == 0)
			break;
	}
	return l->n;
}

void
lines_add(struct lines *l, int64_t now, const char *buf, size_t size)
{
	const char *end = buf + size, *nl;
	size_t n;

	while (buf < end) {
		nl = memchr(buf, '\n', (size_t)(end - buf));
		if (nl == buf) {
			end_line(l, now, l->n);
			buf++;
			continue;
		}
		if (l->n == LINES_LENGTH)
			end_line(l, now, fold_at(l));
		n = (size_t)((nl != NULL ? nl : end) - buf);
		if (n > LINES_LENGTH - l->n)
			n = LINES_LENGTH - l->n;
		memcpy(l->text + l->n, buf, n);
		l->n += n;
		buf += n;
	}
}

void
lines_end(struct lines *l, int64_t now)
{
	if (l->n > 0)
		end_line(l, now, l->n);
}
