/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "base/utf8.h"

/* Ascending.  The properties are those of Unicode 15.0, unassigned characters
 * included. */
static const struct range {
	uint32_t first;
	uint32_t last;
} deceptive[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad },
	{ 0x034f, 0x034f }, { 0x061c, 0x061c }, { 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f },
	{ 0x200b, 0x200f }, /* zero width; left-to-right mark */
	{ 0x2028, 0x202e }, /* separators; embeddings and overrides */
	{ 0x2060, 0x206f }, /* isolates */
	{ 0x3164, 0x3164 }, { 0xfdd0, 0xfdef }, { 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb },
	{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0xe0000, 0xe0fff }, /* tags */
};

size_t
utf8_next(const char *text, uint32_t *c)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i, n;

	*c = s[0];
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	*c = s[0] & (0x7fu >> n);
	for (i = 1; i < n; i++) { /* the NUL fails this, too */
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (s[i] & 0x3fu);
	}
	if (n == 3 && (*c < 0x800 || (*c >= 0xd800 && *c <= 0xdfff)))
		return 0; /* overlong, or a surrogate */
	if (n == 4 && (*c < 0x10000 || *c > 0x10ffff))
		return 0;
	return n;
}

bool
utf8_deceives(uint32_t c)
{
	size_t i;

	if (c >= ' ' && c < 0x7f)
		return false;
	if ((c & 0xfffe) == 0xfffe)
		return true;
	for (i = 0; i < sizeof(deceptive) / sizeof(deceptive[0]); i++)
		if (c <= deceptive[i].last)
			return c >= deceptive[i].first;
	return false;
}

bool
utf8_is_harmless(const char *s)
{
	uint32_t c;
	size_t n;

	for (; *s != '\0'; s += n) {
		n = utf8_next(s, &c);
		if (n == 0 || utf8_deceives(c))
			return false;
	}
	return true;
}
