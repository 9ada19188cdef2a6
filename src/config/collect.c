/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config/collect.h"
#include "config/hosts.h"
#include "names/log_user.h"

bool
collect_is_default(const char *user)
{
	return user == NULL || strcmp(user, "auto") == 0;
}

static void
want(struct names *n, enum name_kind kind, const char *name)
{
	if (name != NULL)
		names_want(n, kind, name, NULL);
}

static void
want_user(struct names *n, const char *user, const char *group)
{
	names_want(n, NAME_USER, user, NULL);
	/* Without root no other user can be had. */
	if (geteuid() == 0)
		names_want(n, NAME_IDENTITY, user, group);
}

static void
want_users(struct names *n, const struct service_conf *sc)
{
	char uid[16];

	if (!collect_is_default(sc->user)) {
		want_user(n, sc->user, sc->group);
	} else if (geteuid() == 0) {
		want_user(n, TINED_USER, sc->group);
		want_user(n, "nobody", sc->group);
	} else {
		snprintf(uid, sizeof(uid), "%u", (unsigned int)geteuid());
		names_want(n, NAME_LOGIN, uid, NULL);
	}
	want(n, NAME_GROUP, sc->group);
	want(n, NAME_USER, sc->socket_user);
	want(n, NAME_GROUP, sc->socket_group);
}

static void
want_access(struct names *n, const struct list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (!hosts_is_network(l->v[i].text) &&
		    hosts_is_name(l->v[i].text))
			names_want(n, NAME_HOST, l->v[i].text, NULL);
}

void
collect_service(struct names *n, const struct service_conf *sc, bool hosts)
{
	struct addr_text at;
	size_t i;

	want_users(n, sc);
	for (i = 0; i < sc->listen.n; i++) {
		if (!hosts_split(sc->listen.v[i].text, &at))
			continue;
		names_want(n, NAME_PORT, at.port, NULL);
		if (hosts && at.host[0] != '\0')
			names_want(n, NAME_HOST, at.host, NULL);
	}
	if (!hosts)
		return;
	want_access(n, &sc->only_from);
	want_access(n, &sc->no_access);
}

void
collect_names(const struct config *c, bool hosts)
{
	const struct service_conf *sc;

	TAILQ_FOREACH (sc, &c->services, entry)
		collect_service(c->names, sc, hosts);
	if (geteuid() == 0)
		log_user_want(c->names);
	want(c->names, NAME_GROUP, c->control_group);
}
