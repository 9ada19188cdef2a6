/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "config/lookups.h"
#include "config/unit.h"
#include "names/log_user.h"

bool
lookups_split(const char *text, struct addr_text *at)
{
	return addr_split(text, at) == NULL && at->kind == ADDR_INET;
}

bool
lookups_is_network(const char *text)
{
	struct cidr net;

	return cidr_parse(text, &net) == NULL;
}

bool
lookups_is_host(const char *s)
{
	const char *label = s, *end;
	size_t len;

	if (strlen(s) >= ADDR_HOST_MAX - 2)
		return false;
	for (;;) {
		end = strchrnul(label, '.');
		len = (size_t)(end - label);
		if (len == 0 || len > 63 || label[0] == '-' || end[-1] == '-' ||
		    strspn(label, LETTERS DIGITS "-_") < len)
			return false;
		if (*end == '\0')
			return strspn(label, DIGITS) < len;
		label = end + 1;
	}
}

const char *
lookups_failure(const struct service_conf *sc, const struct list *l,
    size_t item)
{
	const char *host = l->v[item].text;
	const struct addr *addrs;
	struct addr_text at;
	size_t n;

	if (l == &sc->listen && lookups_split(host, &at))
		host = at.host;
	else if (l == &sc->listen || lookups_is_network(host))
		return NULL;
	return host[0] == '\0' ? NULL : names_host(sc->names, host, &addrs, &n);
}

static void
warn_list(const struct service_conf *sc, const char *directive,
    const struct list *l, struct errors *errors)
{
	const char *why;
	size_t i;

	for (i = 0; i < l->n; i++) {
		why = lookups_failure(sc, l, i);
		if (why != NULL)
			errors_warn(errors, &l->v[i].where,
			    "%s: %s: %s (%s would not start)", directive,
			    l->v[i].text, why, sc->name);
	}
}

void
lookups_warn(const struct config *c, struct errors *errors)
{
	const struct service_conf *sc;

	TAILQ_FOREACH (sc, &c->services, entry) {
		warn_list(sc, "listen", &sc->listen, errors);
		warn_list(sc, "only_from", &sc->only_from, errors);
		warn_list(sc, "no_access", &sc->no_access, errors);
	}
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
	/* Without root tined cannot become another user. */
	if (geteuid() == 0)
		names_want(n, NAME_IDENTITY, user, group);
}

static void
want_users(struct names *n, const struct service_conf *sc)
{
	char uid[16];

	if (sc->user != NULL && !sc->auto_user) {
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
		if (!lookups_is_network(l->v[i].text) &&
		    lookups_is_host(l->v[i].text))
			names_want(n, NAME_HOST, l->v[i].text, NULL);
}

void
lookups_want_service(struct names *n, const struct service_conf *sc, bool hosts)
{
	struct addr_text at;
	size_t i;

	want_users(n, sc);
	for (i = 0; i < sc->listen.n; i++) {
		if (!lookups_split(sc->listen.v[i].text, &at))
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
lookups_want(const struct config *c, bool hosts)
{
	const struct service_conf *sc;

	TAILQ_FOREACH (sc, &c->services, entry)
		if (!mem_is_short())
			lookups_want_service(c->names, sc, hosts);
	if (geteuid() == 0)
		log_user_want(c->names);
	want(c->names, NAME_GROUP, c->control_group);
}
