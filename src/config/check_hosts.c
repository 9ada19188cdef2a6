/* SPDX-License-Identifier: ISC */
/*
 * Host names that have no address just now.  That is no mistake of the
 * configuration's: tomorrow they may have one.
 */
#include "config.h"

#include "base/addr.h"
#include "config/conf.h"
#include "names/names.h"

const char *
config_listen_failure(const struct service_conf *sc, size_t item)
{
	const struct addr *addrs;
	struct addr_text at;
	size_t n;

	if (addr_split(sc->listen.v[item].text, &at) != NULL ||
	    at.kind != ADDR_INET || at.host[0] == '\0')
		return NULL;
	return names_host(sc->names, at.host, &addrs, &n);
}

static void
warn_access(const struct service_conf *sc, const struct list *l,
    const char *directive, struct errors *errors)
{
	const struct addr *addrs;
	const char *why;
	struct cidr net;
	size_t i, n;

	for (i = 0; i < l->n; i++) {
		if (cidr_parse(l->v[i].text, &net) == NULL)
			continue;
		why = names_host(sc->names, l->v[i].text, &addrs, &n);
		if (why != NULL)
			errors_warn(errors, &l->v[i].where,
			    "%s: %s: %s (%s would not start)", directive,
			    l->v[i].text, why, sc->name);
	}
}

void
config_check_hosts(const struct config *c, struct errors *errors)
{
	const struct service_conf *sc;
	const char *why;
	size_t i;

	TAILQ_FOREACH (sc, &c->services, entry) {
		for (i = 0; i < sc->listen.n; i++) {
			why = config_listen_failure(sc, i);
			if (why != NULL)
				errors_warn(errors, &sc->listen.v[i].where,
				    "listen: %s: %s (%s would not start)",
				    sc->listen.v[i].text, why, sc->name);
		}
		warn_access(sc, &sc->only_from, "only_from", errors);
		warn_access(sc, &sc->no_access, "no_access", errors);
	}
}
