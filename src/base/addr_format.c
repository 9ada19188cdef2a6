/* SPDX-License-Identifier: ISC */
/*
 * Addresses as text: addr_format and addr_format_ip.
 *
 * This runs for each connection, so it does without inet_ntop(3), whose stdio
 * would make each session touch pages that it needs for nothing else.
 */
#include "config.h"

#include <sys/socket.h>

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/buf.h"

static void
put_hex(struct buf *t, unsigned int word)
{
	bool begun = false;
	unsigned int digit;
	int shift;

	for (shift = 12; shift >= 0; shift -= 4) {
		digit = (word >> shift) & 0xf;
		begun = begun || digit != 0 || shift == 0;
		if (begun)
			buf_char(t, "0123456789abcdef"[digit]);
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
put_ip6(struct buf *t, const uint8_t *ip)
{
	unsigned int i = 0, start, len;

	longest_gap(ip, &start, &len);
	while (i < 8) {
		if (i == start) {
			buf_str(t, "::");
			i += len;
			continue;
		}
		if (i > 0 && i != start + len)
			buf_char(t, ':');
		put_hex(t, word_of(ip, i++));
	}
}

static void
put_ip(struct buf *t, const struct addr *a)
{
	unsigned int i;

	if (a->family == AF_INET6) {
		put_ip6(t, a->ip);
		if (a->scope != 0) {
			buf_char(t, '%');
			buf_uint(t, a->scope);
		}
		return;
	}
	for (i = 0; i < 4; i++) {
		if (i > 0)
			buf_char(t, '.');
		buf_uint(t, a->ip[i]);
	}
}

static void
put_cred(struct buf *t, const struct addr *a)
{
	buf_str(t, "uid:");
	buf_uint(t, a->cred.uid);
	buf_str(t, ",gid:");
	buf_uint(t, a->cred.gid);
	buf_str(t, ",pid:");
	buf_int(t, a->cred.pid);
}

static char *
format(const struct addr *a, char *buf, size_t size, bool with_port)
{
	const bool brackets = with_port && a->family == AF_INET6;
	struct buf t = buf_on(buf, size);

	if (a->family == AF_UNIX) {
		put_cred(&t, a);
		return buf_string(&t);
	}
	if (a->family != AF_INET && a->family != AF_INET6) {
		buf_char(&t, '-');
		return buf_string(&t);
	}
	if (brackets)
		buf_char(&t, '[');
	put_ip(&t, a);
	if (brackets)
		buf_char(&t, ']');
	if (with_port) {
		buf_char(&t, ':');
		buf_uint(&t, a->port);
	}
	return buf_string(&t);
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
