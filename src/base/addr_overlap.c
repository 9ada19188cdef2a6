/* SPDX-License-Identifier: ISC */
/*
 * Which addresses overlap: the kernel's rule for bind(2) where one of the two
 * sockets listens already.
 */
#include "config.h"

#include <string.h>

#include "base/addr.h"

bool
addr_is_any(const struct addr *a)
{
	static const uint8_t zero[sizeof(a->ip)];

	return memcmp(a->ip, zero, a->family == AF_INET ? 4 : 16) == 0;
}

static bool
takes_v4(const struct addr *a, bool v6only)
{
	return a->family == AF_INET ||
	    (a->family == AF_INET6 && addr_is_any(a) && !v6only);
}

static bool
same_ip(const struct addr *a, const struct addr *b)
{
	if (a->family == AF_INET)
		return memcmp(a->ip, b->ip, 4) == 0;
	return memcmp(a->ip, b->ip, 16) == 0 &&
	    (a->scope == b->scope || a->scope == 0 || b->scope == 0);
}

bool
addr_overlaps(const struct addr *a, bool a_v6only, const struct addr *b,
    bool b_v6only)
{
	if (a->family == AF_UNIX || b->family == AF_UNIX)
		return false;
	if (a->port == 0 || a->port != b->port)
		return false;
	if (a->family == b->family)
		return addr_is_any(a) || addr_is_any(b) || same_ip(a, b);
	return takes_v4(a, a_v6only) && takes_v4(b, b_v6only);
}

bool
addr_covers(const struct addr *a, bool a_v6only, const struct addr *b,
    bool b_v6only)
{
	if (a->port != b->port || !addr_is_any(a))
		return false;
	if (a->family == AF_INET)
		return b->family == AF_INET;
	if (a->family != AF_INET6)
		return false;
	return !a_v6only || !takes_v4(b, b_v6only);
}
