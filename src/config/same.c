/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <unistd.h>

#include "config/lookups.h"
#include "config/same.h"
#include "config/value.h"
#include "names/names.h"

static bool
same_values(const struct service_conf *a, const struct service_conf *b)
{
	const struct directive *rows;
	size_t i, n;

	rows = directive_rows(SCOPE_SERVICE, &n);
	for (i = 0; i < n; i++)
		if (!value_same(&rows[i], a, b))
			return false;
	return true;
}

static bool
same_listen(const struct service_conf *a, const struct service_conf *b)
{
	struct addr_text at;
	uint16_t x, y;
	size_t i;

	for (i = 0; i < b->listen.n; i++) {
		if (!lookups_split(b->listen.v[i].text, &at))
			continue;
		if (names_port(a->names, at.port, &x) != NULL ||
		    names_port(b->names, at.port, &y) != NULL || x != y)
			return false;
		if (at.host[0] != '\0' &&
		    lookups_listen_failure(b, i) == NULL &&
		    !names_agree(a->names, b->names, NAME_HOST, at.host, NULL))
			return false;
	}
	return true;
}

static bool
same_access(const struct service_conf *a, const struct service_conf *b,
    const struct list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (!lookups_is_network(l->v[i].text) &&
		    !names_agree(a->names, b->names, NAME_HOST, l->v[i].text,
			NULL))
			return false;
	return true;
}

static bool
same_name(const struct service_conf *a, const struct service_conf *b,
    enum name_kind kind, const char *name, const char *group)
{
	return name == NULL ||
	    names_agree(a->names, b->names, kind, name, group);
}

bool
same_service(const struct service_conf *a, const struct service_conf *b)
{
	return same_values(a, b) && same_listen(a, b) &&
	    (geteuid() != 0 ||
		same_name(a, b, NAME_IDENTITY, b->user, b->group)) &&
	    same_name(a, b, NAME_USER, b->socket_user, NULL) &&
	    same_name(a, b, NAME_GROUP, b->socket_group, NULL) &&
	    same_access(a, b, &b->only_from) &&
	    same_access(a, b, &b->no_access);
}
