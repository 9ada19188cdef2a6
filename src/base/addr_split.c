/* SPDX-License-Identifier: ISC */
/*
 * Parses addresses: addr_split, addr_port_number.  Ambiguous ones are refused with
 * the reason.
 */
#include "config.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"

#define HOST_LENGTH   253 /* RFC 1035 */
#define PATH_LENGTH   107 /* unix(7): sun_path with its NUL */
#define FDNAME_LENGTH 255 /* sd_listen_fds_with_names(3) */

#define DIGITS  "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool
is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

/* Copies n bytes, which fit. */
static void
copy(char *out, const char *text, size_t n)
{
	memcpy(out, text, n);
	out[n] = '\0';
}

static const char *
split_unix(const char *path, struct addr_text *out)
{
	size_t n = strlen(path), i;

	if (n == 0)
		return "no path";
	if (path[0] != '/' && path[0] != '@')
		return "path is not absolute: write unix:/path or unix:@name";
	if (n > PATH_LENGTH)
		return "path too long";
	for (i = 0; i < n; i++) {
		if (is_control(path[i]))
			return "control character in path";
	}
	if (n == 1 && path[0] == '@')
		return "no name after @";
	if (path[0] == '/' && path[n - 1] == '/')
		return "path ends in a slash";
	out->kind = ADDR_UNIX;
	copy(out->path, path, n);
	return NULL;
}

/* A name as systemd accepts it: ASCII without control characters and ':'. */
static const char *
split_inherited(const char *name, struct addr_text *out)
{
	size_t n = strlen(name), i;

	if (n == 0)
		return "no name";
	if (n > FDNAME_LENGTH)
		return "name too long";
	for (i = 0; i < n; i++) {
		if (is_control(name[i]) || (name[i] & 0x80) != 0 ||
		    name[i] == ':')
			return "bad character in name";
	}
	out->kind = ADDR_INHERITED;
	copy(out->host, name, n);
	return NULL;
}

static const char *
split_port(const char *port, struct addr_text *out)
{
	size_t n = strlen(port);

	if (n == 0)
		return "no port";
	if (n >= sizeof(out->port))
		return "port too long";
	if (strspn(port, DIGITS LETTERS "-_.+*") != n)
		return "bad character in port";
	copy(out->port, port, n);
	return NULL;
}

static const char *
check_zone(const char *zone, const struct in6_addr *ip)
{
	const char *p;

	if (!IN6_IS_ADDR_LINKLOCAL(ip))
		return "only a link-local address has a zone";
	if (*zone == '\0')
		return "no zone after %";
	if (strlen(zone) >= IF_NAMESIZE)
		return "zone too long";
	for (p = zone; *p != '\0'; p++) {
		if (*p <= ' ' || *p > '~' || strchr("/%[", *p) != NULL)
			return "bad character in zone";
	}
	return NULL;
}

/* `[v6]:port`, behind the opening bracket. */
static const char *
split_brackets(const char *text, struct addr_text *out)
{
	size_t n = strcspn(text, "]"), len;
	char ip[INET6_ADDRSTRLEN];
	struct in6_addr in6;
	const char *why;

	if (text[n] == '\0')
		return "no closing bracket";
	if (n >= sizeof(out->host))
		return "host too long";
	copy(out->host, text, n);
	if ((len = strcspn(out->host, "%")) >= sizeof(ip))
		return "no IPv6 address in brackets";
	copy(ip, out->host, len);
	if (inet_pton(AF_INET6, ip, &in6) != 1)
		return "no IPv6 address in brackets";
	if (out->host[len] == '%') {
		why = check_zone(out->host + len + 1, &in6);
		if (why != NULL)
			return why;
	}
	out->literal_v6 = true;
	text += n + 1;
	if (*text == '\0')
		return "no port";
	if (*text != ':')
		return "no colon after the bracket";
	return split_port(text + 1, out);
}

/* Also refuses the 127.1 and 010.0.0.1 of inet_aton(3), which nothing else does. */
static const char *
check_host(const char *host)
{
	size_t n = strlen(host);
	struct in_addr in4;

	if (strspn(host, DIGITS LETTERS "-_.") != n)
		return "bad character in host";
	if (n > HOST_LENGTH)
		return "host too long";
	if (strspn(host, DIGITS ".") == n &&
	    inet_pton(AF_INET, host, &in4) != 1)
		return "not an IPv4 address";
	return NULL;
}

static const char *
too_many_colons(const char *text)
{
	size_t n = strcspn(text, "%");

	if (strspn(text, DIGITS "abcdefABCDEF:.") >= n)
		return "IPv6 needs brackets: [address]:port";
	return "more than one colon";
}

static const char *
split_inet(const char *text, struct addr_text *out)
{
	const char *colon;
	const char *why;
	size_t n;

	out->kind = ADDR_INET;
	if (*text == '[')
		return split_brackets(text + 1, out);
	if (*text == '/')
		return "a Unix socket is written unix:/path";
	if (strncmp(text, "udp:", 4) == 0 || strncmp(text, "unixgram:", 9) == 0)
		return "datagrams are not served: write host:port (TCP) or "
		       "unix:/path";
	if (strncmp(text, "tcp:", 4) == 0)
		return "TCP needs no prefix: write host:port";
	if ((colon = strchr(text, ':')) == NULL &&
	    text[strspn(text, DIGITS)] == '\0')
		return "no host: write localhost:port, or *:port for every "
		       "address";
	if (colon == NULL)
		return "no port: write host:port";
	if (strchr(colon + 1, ':') != NULL)
		return too_many_colons(text);
	n = (size_t)(colon - text);
	if (n >= sizeof(out->host))
		return "host too long";
	if (n > 0 && strncmp(text, "*:", 2) != 0) {
		copy(out->host, text, n);
		if ((why = check_host(out->host)) != NULL)
			return why;
	}
	return split_port(colon + 1, out);
}

const char *
addr_split(const char *text, struct addr_text *out)
{
	const char *why;

	memset(out, 0, sizeof(*out));
	if (*text == '\0')
		return "empty address";
	if (strncmp(text, "unix:", 5) == 0)
		why = split_unix(text + 5, out);
	else if (strncmp(text, "systemd:", 8) == 0)
		why = split_inherited(text + 8, out);
	else
		why = split_inet(text, out);
	if (why != NULL)
		memset(out, 0, sizeof(*out));
	return why;
}

static const char *
read_number(const char *text, uint16_t *port)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (n > UINT16_MAX)
		return "port above 65535";
	if (*end != '\0')
		return "port is neither a number nor a name";
	*port = (uint16_t)n;
	return NULL;
}

const char *
addr_port_number(const char *text, uint16_t *port, bool *named)
{
	const char *p;

	*port = 0;
	*named = false;
	if (*text == '\0')
		return "no port";
	if (isdigit((unsigned char)*text))
		return read_number(text, port);
	for (p = text; *p != '\0'; p++) {
		if (!isgraph((unsigned char)*p))
			return "port is neither a number nor a name";
	}
	if (!isalpha((unsigned char)*text) || p - text >= ADDR_PORT_MAX)
		return "port is neither a number nor a name";
	*named = true;
	return NULL;
}
