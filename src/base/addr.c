/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"

static void
set_ip6(struct addr *a, const struct in6_addr *ip, uint32_t scope)
{
	if (IN6_IS_ADDR_V4MAPPED(ip)) {
		a->family = AF_INET;
		memcpy(a->ip, ip->s6_addr + 12, 4);
		return;
	}
	a->family = AF_INET6;
	a->scope = IN6_IS_ADDR_LINKLOCAL(ip) ? scope : 0;
	memcpy(a->ip, ip->s6_addr, 16);
}

/* The index of a zone, which is a number or a name; 0 when it is invalid. */
static uint32_t
zone_index(const char *zone)
{
	char *end;
	const unsigned long long n = strtoull(zone, &end, 10);

	if (isdigit((unsigned char)*zone) && *end == '\0' && n <= UINT32_MAX)
		return (uint32_t)n;
	return if_nametoindex(zone);
}

int
addr_from_ip(const char *text, struct addr *out)
{
	char ip[INET6_ADDRSTRLEN];
	struct in6_addr in6;
	struct in_addr in4;
	uint32_t scope = 0;
	size_t n;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &in4) == 1) {
		out->family = AF_INET;
		memcpy(out->ip, &in4, 4);
		return 0;
	}
	n = strcspn(text, "%");
	if (n >= sizeof(ip))
		return -1;
	memcpy(ip, text, n);
	ip[n] = '\0';
	if (inet_pton(AF_INET6, ip, &in6) != 1)
		return -1;
	if (text[n] == '%') {
		scope = zone_index(text + n + 1);
		if (scope == 0 || !IN6_IS_ADDR_LINKLOCAL(&in6))
			return -1;
	}
	set_ip6(out, &in6, scope);
	return 0;
}

void
addr_from_sockaddr(const struct sockaddr *sa, struct addr *out)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	memset(out, 0, sizeof(*out));
	switch (sa->sa_family) {
	case AF_INET:
		memcpy(&in4, sa, sizeof(in4));
		out->family = AF_INET;
		out->port = ntohs(in4.sin_port);
		memcpy(out->ip, &in4.sin_addr, 4);
		break;
	case AF_INET6:
		memcpy(&in6, sa, sizeof(in6));
		out->port = ntohs(in6.sin6_port);
		set_ip6(out, &in6.sin6_addr, in6.sin6_scope_id);
		break;
	case AF_UNIX:
		out->family = AF_UNIX;
		break;
	default:
		out->family = AF_UNSPEC;
		break;
	}
}

socklen_t
addr_to_sockaddr(const struct addr *a, struct sockaddr_storage *ss)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	memset(ss, 0, sizeof(*ss));
	switch (a->family) {
	case AF_INET:
		in4.sin_port = htons(a->port);
		memcpy(&in4.sin_addr, a->ip, 4);
		memcpy(ss, &in4, sizeof(in4));
		return sizeof(in4);
	case AF_INET6:
		in6.sin6_port = htons(a->port);
		in6.sin6_scope_id = a->scope;
		memcpy(&in6.sin6_addr, a->ip, 16);
		memcpy(ss, &in6, sizeof(in6));
		return sizeof(in6);
	default:
		return 0;
	}
}

socklen_t
addr_to_sockaddr_un(const char *path, struct sockaddr_un *sun)
{
	size_t n = strlen(path);

	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	if (n == 0 || n >= sizeof(sun->sun_path))
		return 0;
	memcpy(sun->sun_path, path, n);
	if (path[0] == '@')
		sun->sun_path[0] = '\0'; /* abstract: its length ends it */
	else
		n++;
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
}

static unsigned int
bits_to_keep(const struct addr *a, unsigned int v4bits, unsigned int v6bits)
{
	switch (a->family) {
	case AF_INET:
		return v4bits;
	case AF_INET6:
		return v6bits;
	case AF_UNIX:
		return 8 * sizeof(a->cred.uid);
	default:
		return 0;
	}
}

void
addr_mask(struct addr *a, unsigned int v4bits, unsigned int v6bits)
{
	unsigned int bits = bits_to_keep(a, v4bits, v6bits), i = bits / 8;

	a->pad = 0;
	a->port = 0;
	a->scope = 0;
	if (bits % 8 != 0)
		a->ip[i++] &= (uint8_t)(0xff00 >> (bits % 8));
	for (; i < sizeof(a->ip); i++)
		a->ip[i] = 0;
}

bool
addr_equal(const struct addr *a, const struct addr *b)
{
	if (a->family != b->family)
		return false;
	switch (a->family) {
	case AF_INET:
		return a->port == b->port && memcmp(a->ip, b->ip, 4) == 0;
	case AF_INET6:
		return a->port == b->port && a->scope == b->scope &&
		    memcmp(a->ip, b->ip, 16) == 0;
	case AF_UNIX:
		return a->cred.uid == b->cred.uid &&
		    a->cred.gid == b->cred.gid && a->cred.pid == b->cred.pid;
	default:
		return true;
	}
}

/* The finaliser is MurmurHash3's. */
uint64_t
addr_hash(const struct addr *a, uint64_t seed)
{
	uint64_t h, w[2];

	memcpy(w, a->ip, sizeof(w));
	h = seed + a->family;
	h = (h ^ w[0]) * 0x9e3779b97f4a7c15u;
	h = ((h ^ h >> 32) ^ w[1]) * 0x9e3779b97f4a7c15u;
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdu;
	h ^= h >> 33;
	h *= 0xc4ceb9fe1a85ec53u;
	return h ^ h >> 33;
}
