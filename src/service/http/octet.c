/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "service/http/octet.h"

#define T OCTET_TOKEN
#define U OCTET_TARGET
#define V OCTET_TEXT
#define N OCTET_NAME
#define D OCTET_DIGIT
#define B OCTET_BLANK
#define E OCTET_EXTENSION

#define MARK (T | U | V | N | E)

static const unsigned char class_of[256] = {
	['\t'] = V | B | E,
	[' '] = V | B | E,
	['!'] = MARK,
	['"'] = V | E,
	['#'] = T | E | V,
	['$'] = MARK,
	['%'] = T | E | U | V,
	['&'] = MARK,
	['\''] = MARK,
	['('] = U | V | N,
	[')'] = U | V | N,
	['*'] = MARK,
	['+'] = MARK,
	[','] = U | V | N,
	['-'] = MARK,
	['.'] = MARK,
	['/'] = U | V,
	['0' ... '9'] = MARK | D,
	[':'] = U | V,
	[';'] = U | V | N | E,
	['<'] = V,
	['='] = U | V | N | E,
	['>'] = V,
	['?'] = U | V,
	['@'] = U | V,
	['A' ... 'Z'] = MARK,
	['['] = U | V,
	['\\'] = U | V,
	[']'] = U | V,
	['^'] = T | E | U | V,
	['_'] = MARK,
	['`'] = T | E | U | V,
	['a' ... 'z'] = MARK,
	['{'] = U | V,
	['|'] = T | E | U | V,
	['}'] = U | V,
	['~'] = MARK,
	[0x80 ... 0xff] = V,
};

bool
octet_is(char c, unsigned int classes)
{
	return (class_of[(unsigned char)c] & classes) != 0;
}

size_t
octet_span(const char *s, size_t n, unsigned int classes)
{
	size_t i = 0;

	while (i < n && octet_is(s[i], classes))
		i++;
	return i;
}

int
octet_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int
octet_escape(const char *s, size_t n)
{
	int high, low;

	if (n < 3 || s[0] != '%')
		return -1;
	high = octet_hex(s[1]);
	low = octet_hex(s[2]);
	return high == -1 || low == -1 ? -1 : high << 4 | low;
}

static int
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

bool
octet_equal(const char *s, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n && name[i] != '\0'; i++) {
		if (lower(s[i]) != lower(name[i]))
			return false;
	}
	return i == n && name[i] == '\0';
}
