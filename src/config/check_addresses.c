/* SPDX-License-Identifier: ISC */
/*
 * Addresses that are listened on twice, as far as their text tells: names are
 * not looked up here.
 */
#include "config.h"

#include <bsd/string.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/mem.h"
#include "config/check.h"
#include "names/names.h"

enum { IPV4 = 1, IPV6 = 2 };

/* An address in the one form that two texts for it have in common. */
struct place {
	const struct checked *c;
	size_t item;
	uint16_t port; /* 0: a path or a name */
	unsigned int families;
	bool every;                   /* every address of them */
	char host[ADDR_HOST_MAX + 8]; /* or unix:PATH, systemd:NAME */
};

static void
normalize_host(struct place *p, const char *host, bool v6only)
{
	struct addr a, any4 = { .family = AF_INET },
		       any6 = { .family = AF_INET6 };
	char *s;

	p->families = v6only ? IPV6 : IPV4 | IPV6;
	if (host[0] == '\0' || strcmp(host, "*") == 0) {
		p->every = true;
		return;
	}
	if (addr_from_ip(host, &a) == -1) {
		p->families = IPV4 | IPV6;
		strlcpy(p->host, host, sizeof(p->host));
		for (s = p->host; *s != '\0'; s++)
			*s = (char)tolower((unsigned char)*s);
		return;
	}
	if (addr_equal(&a, &any6)) {
		p->every = true;
		return;
	}
	p->every = addr_equal(&a, &any4);
	p->families = a.family == AF_INET ? IPV4 : IPV6;
	addr_format_ip(&a, p->host, sizeof(p->host));
}

/* False when the address can be had twice, or is wrong. */
static bool
normalize(struct place *p)
{
	const char *text = p->c->sc->listen.v[p->item].text;
	struct addr_text t;

	if (addr_split(text, &t) != NULL)
		return false;
	if (t.kind != ADDR_INET) {
		snprintf(p->host, sizeof(p->host), "%s%s",
		    t.kind == ADDR_UNIX ? "unix:" : "systemd:",
		    t.kind == ADDR_UNIX ? t.path : t.host);
		return true;
	}
	if (names_port(p->c->sc->names, t.port, &p->port) != NULL ||
	    p->port == 0)
		return false;
	normalize_host(p, t.host, p->c->sc->v6only);
	return true;
}

static bool
overlap(const struct place *a, const struct place *b)
{
	if (a->port != b->port)
		return false;
	if (a->port == 0)
		return strcmp(a->host, b->host) == 0;
	if ((a->families & b->families) == 0)
		return false;
	return a->every || b->every || strcmp(a->host, b->host) == 0;
}

static void
report(const struct place *a, const struct place *first)
{
	const char *text = a->c->sc->listen.v[a->item].text;
	const struct item *other = &first->c->sc->listen.v[first->item];

	if (other->where.file != NULL && other->where.line > 0)
		check_complain(a->c, "listen", a->item,
		    "%s: already used, as %s of service %s in %s:%d", text,
		    other->text, first->c->sc->name, other->where.file,
		    other->where.line);
	else
		check_complain(a->c, "listen", a->item,
		    "%s: already used, as %s", text, other->text);
}

void
check_addresses(const struct checked *c, size_t n)
{
	struct place *places = NULL, p;
	size_t i, item, j, nplaces = 0;

	for (i = 0; i < n; i++) {
		for (item = 0; item < c[i].sc->listen.n; item++) {
			p = (struct place) { .c = &c[i], .item = item };
			if (!normalize(&p))
				continue;
			for (j = 0; j < nplaces; j++)
				if (overlap(&p, &places[j]))
					break;
			if (j < nplaces)
				report(&p, &places[j]);
			places = mem_grow(places, nplaces + 1, sizeof(*places));
			places[nplaces++] = p;
		}
	}
	free(places);
}
