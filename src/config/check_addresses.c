/* SPDX-License-Identifier: ISC */
/*
 * Addresses that are listened on twice, as far as their text tells: host names
 * are not looked up here.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/addr.h"
#include "base/mem.h"
#include "config/checks.h"
#include "names/names.h"

struct place {
	struct checked c;
	size_t item;
	struct addr_text text;
	bool named;       /* its host is a name */
	struct addr addr; /* else that, with the port in any case */
};

/* False when several can have the address, or it is wrong. */
static bool
read_place(struct place *p)
{
	const char *host = p->text.host;
	uint16_t port;

	if (addr_split(p->c.sc->listen.v[p->item].text, &p->text) != NULL)
		return false;
	if (p->text.kind != ADDR_INET)
		return true;
	if (names_port(p->c.sc->names, p->text.port, &port) != NULL ||
	    port == 0)
		return false;
	if (host[0] == '\0' || strcmp(host, "*") == 0)
		p->addr.family = AF_INET6;
	else
		p->named = addr_from_ip(host, &p->addr) == -1;
	p->addr.port = port;
	return true;
}

static bool
overlap(const struct place *a, const struct place *b)
{
	if (a->text.kind != b->text.kind || a->addr.port != b->addr.port)
		return false;
	if (a->text.kind != ADDR_INET)
		return strcmp(a->text.path, b->text.path) == 0 &&
		    strcmp(a->text.host, b->text.host) == 0;
	if (a->named && b->named)
		return strcasecmp(a->text.host, b->text.host) == 0;
	/* A name may have any address. */
	if (a->named || b->named)
		return addr_is_any(a->named ? &b->addr : &a->addr);
	return addr_overlaps(&a->addr, a->c.sc->v6only, &b->addr,
	    b->c.sc->v6only);
}

static void
report(const struct place *a, const struct place *first)
{
	const char *text = a->c.sc->listen.v[a->item].text;
	const struct item *other = &first->c.sc->listen.v[first->item];

	if (other->where.file != NULL && other->where.line > 0)
		checks_complain(&a->c, "listen", a->item,
		    "%s: already used, as %s of service %s in %s:%d", text,
		    other->text, first->c.sc->name, other->where.file,
		    other->where.line);
	else
		checks_complain(&a->c, "listen", a->item,
		    "%s: already used, as %s", text, other->text);
}

void
check_addresses(struct config *config, struct errors *errors)
{
	struct place *places = NULL, p;
	const struct service_conf *sc;
	size_t item, i, n = 0;

	TAILQ_FOREACH (sc, &config->services, entry) {
		for (item = 0; item < sc->listen.n; item++) {
			p = (struct place) { .c = { config, sc, errors },
				.item = item };
			if (!read_place(&p))
				continue;
			for (i = 0; i < n && !overlap(&p, &places[i]); i++)
				continue;
			if (i < n)
				report(&p, &places[i]);
			places = mem_grow(places, n + 1, sizeof(*places));
			places[n++] = p;
		}
	}
	free(places);
}
