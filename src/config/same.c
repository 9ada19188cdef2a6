/* SPDX-License-Identifier: ISC */
/*
 * What tells a changed service from an unchanged one.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/addr.h"
#include "config/conf.h"
#include "config/directive.h"
#include "names/names.h"

static bool
same_text(const struct service_conf *a, const struct service_conf *b)
{
	size_t i, n;

	directive_rows(SCOPE_SERVICE, &n);
	for (i = 0; i < n; i++)
		if (strcmp(a->text[i], b->text[i]) != 0)
			return false;
	return true;
}

static bool
same_listen(const struct service_conf *a, const struct service_conf *b)
{
	const struct addr *addrs;
	struct addr_text at;
	size_t count, i;
	uint16_t x, y;

	for (i = 0; i < b->listen.n; i++) {
		if (addr_split(b->listen.v[i].text, &at) != NULL ||
		    at.kind != ADDR_INET)
			continue;
		if (names_port(a->names, at.port, &x) != NULL ||
		    names_port(b->names, at.port, &y) != NULL || x != y)
			return false;
		if (at.host[0] != '\0' &&
		    names_host(b->names, at.host, &addrs, &count) == NULL &&
		    !names_agree(a->names, b->names, NAME_HOST, at.host, NULL))
			return false;
	}
	return true;
}

static bool
same_access(const struct service_conf *a, const struct service_conf *b,
    const struct list *l)
{
	struct cidr net;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (cidr_parse(l->v[i].text, &net) != NULL &&
		    !names_agree(a->names, b->names, NAME_HOST, l->v[i].text,
			NULL))
			return false;
	return true;
}

static bool
same_users(const struct service_conf *a, const struct service_conf *b)
{
	if (geteuid() == 0 &&
	    !names_agree(a->names, b->names, NAME_IDENTITY, b->user, b->group))
		return false;
	if (b->socket_user != NULL &&
	    !names_agree(a->names, b->names, NAME_USER, b->socket_user, NULL))
		return false;
	return b->socket_group == NULL ||
	    names_agree(a->names, b->names, NAME_GROUP, b->socket_group, NULL);
}

bool
service_same(const struct service_conf *a, const struct service_conf *b)
{
	return same_text(a, b) && same_listen(a, b) && same_users(a, b) &&
	    same_access(a, b, &b->only_from) &&
	    same_access(a, b, &b->no_access);
}
