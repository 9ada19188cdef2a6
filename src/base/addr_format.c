/* SPDX-License-Identifier: ISC */
/*
 * Addresses as text: addr_format and addr_format_ip.
 *
 * This runs for each connection and is written by hand: the stdio that
 * inet_ntop(3) calls would make every session touch pages that it needs for
 * nothing else.
 */
#include "config.h"

#include <sys/socket.h>

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"

/* A string that grows as long as there is room; always ends in a NUL. */
struct text {
	char *at;
	char *last; /* the NUL's place at the latest */
};

static void
put_char(struct text *t, char c)
{
	if (t->at < t->last)
		*t->at++ = c;
	*t->at = '\0';
}

static void
put_string(struct text *t, const char *s)
{
	while (*s != '\0')
		put_char(t, *s++);
}

static void
put_number(struct text *t, uint32_t n)
{
	char digits[10];
	size_t i = 0;

	do {
		digits[i++] = (char)('0' + n % 10);
		n /= 10;
	} while (n != 0);
	while (i > 0)
		put_char(t, digits[--i]);
}

static void
put_hex(struct text *t, unsigned int word)
{
	bool begun = false;
	unsigned int digit;
	int shift;

	for (shift = 12; shift >= 0; shift -= 4) {
		digit = (word >> shift) & 0xf;
		begun = begun || digit != 0 || shift == 0;
		if (begun)
			put_char(t, "0123456789abcdef"[digit]);
	}
}

static unsigned int
word_of(const uint8_t *ip, size_t i)
{
	return (unsigned int)ip[2 * i] << 8 | ip[2 * i + 1];
}

/* The longest run of two or more zero words, the first of them: RFC 5952. */
static void
longest_gap(const uint8_t *ip, unsigned int *start, unsigned int *len)
{
	unsigned int i, n;

	*start = 8;
	*len = 1;
	for (i = 0; i < 8; i += n + 1) {
		for (n = 0; i + n < 8 && word_of(ip, i + n) == 0; n++)
			continue;
		if (n > *len) {
			*start = i;
			*len = n;
		}
	}
}

static void
put_ip6(struct text *t, const uint8_t *ip)
{
	unsigned int i = 0, start, len;

	longest_gap(ip, &start, &len);
	while (i < 8) {
		if (i == start) {
			put_string(t, "::");
			i += len;
			continue;
		}
		if (i > 0 && i != start + len)
			put_char(t, ':');
		put_hex(t, word_of(ip, i++));
	}
}

static void
put_ip(struct text *t, const struct addr *a)
{
	unsigned int i;

	if (a->family == AF_INET6) {
		put_ip6(t, a->ip);
		if (a->scope != 0) {
			put_char(t, '%');
			put_number(t, a->scope);
		}
		return;
	}
	for (i = 0; i < 4; i++) {
		if (i > 0)
			put_char(t, '.');
		put_number(t, a->ip[i]);
	}
}

static void
put_cred(struct text *t, const struct addr *a)
{
	put_string(t, "uid:");
	put_number(t, a->cred.uid);
	put_string(t, ",gid:");
	put_number(t, a->cred.gid);
	put_string(t, ",pid:");
	if (a->cred.pid < 0)
		put_char(t, '-');
	put_number(t,
	    a->cred.pid < 0 ? -(uint32_t)a->cred.pid : (uint32_t)a->cred.pid);
}

static char *
format(const struct addr *a, char *buf, size_t size, bool with_port)
{
	struct text t = { .at = buf };

	if (size == 0)
		return buf;
	t.last = buf + size - 1;
	*buf = '\0';
	if (a->family == AF_UNIX) {
		put_cred(&t, a);
		return buf;
	}
	if (a->family != AF_INET && a->family != AF_INET6) {
		put_char(&t, '-');
		return buf;
	}
	if (!with_port) {
		put_ip(&t, a);
		return buf;
	}
	if (a->family == AF_INET6)
		put_char(&t, '[');
	put_ip(&t, a);
	if (a->family == AF_INET6)
		put_char(&t, ']');
	put_char(&t, ':');
	put_number(&t, a->port);
	return buf;
}

char *
addr_format(const struct addr *a, char *buf, size_t size)
{
	return format(a, buf, size, true);
}

char *
addr_format_ip(const struct addr *a, char *buf, size_t size)
{
	return format(a, buf, size, false);
}
