/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "config/hosts.h"
#include "names/names.h"

#define DIGITS  "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

bool
hosts_split(const char *text, struct addr_text *at)
{
	return addr_split(text, at) == NULL && at->kind == ADDR_INET;
}

bool
hosts_is_network(const char *text)
{
	struct cidr net;

	return cidr_parse(text, &net) == NULL;
}

bool
hosts_is_name(const char *s)
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
hosts_listen_failure(const struct service_conf *sc, size_t item)
{
	const struct addr *addrs;
	struct addr_text at;
	size_t n;

	if (!hosts_split(sc->listen.v[item].text, &at) || at.host[0] == '\0')
		return NULL;
	return names_host(sc->names, at.host, &addrs, &n);
}

static const char *
access_failure(const struct service_conf *sc, const char *text)
{
	const struct addr *addrs;
	size_t n;

	if (hosts_is_network(text))
		return NULL;
	return names_host(sc->names, text, &addrs, &n);
}

static void
warn_list(const struct service_conf *sc, const char *directive,
    const struct list *l, struct errors *errors)
{
	const char *why;
	size_t i;

	for (i = 0; i < l->n; i++) {
		why = l == &sc->listen ? hosts_listen_failure(sc, i) :
					 access_failure(sc, l->v[i].text);
		if (why != NULL)
			errors_warn(errors, &l->v[i].where,
			    "%s: %s: %s (%s would not start)", directive,
			    l->v[i].text, why, sc->name);
	}
}

void
hosts_warn(const struct config *c, struct errors *errors)
{
	const struct service_conf *sc;

	TAILQ_FOREACH (sc, &c->services, entry) {
		warn_list(sc, "listen", &sc->listen, errors);
		warn_list(sc, "only_from", &sc->only_from, errors);
		warn_list(sc, "no_access", &sc->no_access, errors);
	}
}
