/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "acceptor/access.h"

bool
access_allows(const struct settings *s, const struct addr *peer)
{
	const struct settings_access *rule = settings_bytes(s, s->access);
	uint32_t i;

	if (peer->family == AF_UNIX)
		return true;
	for (i = 0; i < s->access.count; i++)
		if (cidr_contains(&rule[i].net, peer))
			return rule[i].allow != 0;
	return s->access_default != 0;
}
