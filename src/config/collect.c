/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/addr.h"
#include "config/check.h"
#include "config/collect.h"
#include "names/log_user.h"

bool
collect_is_default(const char *user)
{
	return user == NULL || strcmp(user, "auto") == 0;
}

void
collect_logger(struct names *n)
{
	if (geteuid() != 0)
		return;
	log_user_want(n);
}

void
collect_control(struct names *n, const struct config *c)
{
	if (c->control_group != NULL)
		names_want(n, NAME_GROUP, c->control_group, NULL);
}

static void
want_user(struct names *n, const char *user, const char *group)
{
	names_want(n, NAME_USER, user, NULL);
	/* No other can be had without root. */
	if (geteuid() == 0)
		names_want(n, NAME_IDENTITY, user, group);
}

static void
collect_users(struct names *n, const struct service_conf *sc)
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
	if (sc->group != NULL)
		names_want(n, NAME_GROUP, sc->group, NULL);
	if (sc->socket_user != NULL)
		names_want(n, NAME_USER, sc->socket_user, NULL);
	if (sc->socket_group != NULL)
		names_want(n, NAME_GROUP, sc->socket_group, NULL);
}

static void
collect_access(struct names *n, const struct list *l)
{
	struct cidr net;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (cidr_parse(l->v[i].text, &net) != NULL &&
		    check_is_host_name(l->v[i].text))
			names_want(n, NAME_HOST, l->v[i].text, NULL);
}

void
collect_service(struct names *n, const struct service_conf *sc, bool hosts)
{
	struct addr_text at;
	size_t i;

	collect_users(n, sc);
	for (i = 0; i < sc->listen.n; i++) {
		if (addr_split(sc->listen.v[i].text, &at) != NULL ||
		    at.kind != ADDR_INET)
			continue;
		names_want(n, NAME_PORT, at.port, NULL);
		if (hosts && at.host[0] != '\0')
			names_want(n, NAME_HOST, at.host, NULL);
	}
	if (!hosts)
		return;
	collect_access(n, &sc->only_from);
	collect_access(n, &sc->no_access);
}
