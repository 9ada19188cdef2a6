/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <arpa/inet.h>

#include <stdbool.h>
#include <string.h>

#include "service/http/host.h"
#include "service/http/octet.h"

#define PORT_DIGITS 5
#define PORT_LAST   65535

/* Whether n bytes are an address of that family. */
static bool
is_address(int family, const char *s, size_t n)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char ip[sizeof(struct in6_addr)];

	if (n >= sizeof(text))
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	return inet_pton(family, text, ip) == 1;
}

/* The text behind the host: nothing, or a port. */
static const char *
parse_port(const char *s, size_t n, struct host *out)
{
	size_t i;
	int port = 0;

	if (n == 0)
		return NULL;
	if (s[0] != ':')
		return "invalid host";
	if (n - 1 > PORT_DIGITS ||
	    octet_span(s + 1, n - 1, OCTET_DIGIT) != n - 1)
		return "invalid port";
	for (i = 1; i < n; i++)
		port = port * 10 + (s[i] - '0');
	if (port > PORT_LAST)
		return "invalid port";
	if (n > 1)
		out->port = port;
	return NULL;
}

/* The length of the reg-name that s begins with. */
static size_t
name_length(const char *s, size_t n)
{
	size_t len = 0;

	for (;;) {
		len += octet_span(s + len, n - len, OCTET_NAME);
		if (octet_escape(s + len, n - len) == -1)
			return len;
		len += 3;
	}
}

/* As host_parse, but leaves what it has found in *out. */
static const char *
parse(const char *s, size_t n, struct host *out)
{
	const char *end;

	if (n == 0)
		return NULL;
	if (s[0] != '[') {
		out->name = s;
		out->len = name_length(s, n);
		if (out->len == 0 || out->len > HOST_MAX)
			return "invalid host";
		out->kind = is_address(AF_INET, s, out->len) ? HOST_IPV4 :
							       HOST_NAME;
		return parse_port(s + out->len, n - out->len, out);
	}
	if ((end = memchr(s, ']', n)) == NULL)
		return "invalid host";
	out->kind = HOST_IPV6;
	out->name = s + 1;
	out->len = (size_t)(end - out->name);
	if (!is_address(AF_INET6, out->name, out->len))
		return "invalid host";
	end++;
	return parse_port(end, n - (size_t)(end - s), out);
}

const char *
host_parse(const char *s, size_t n, struct host *out)
{
	static const struct host none = { .port = HOST_NO_PORT };
	const char *why;

	*out = none;
	if ((why = parse(s, n, out)) != NULL)
		*out = none;
	return why;
}
