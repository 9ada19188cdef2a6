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
#include "config/checks.h"
#include "names/names.h"

/* An address in the one form that two texts for it have in common. */
struct place {
	struct checked c;
	size_t item;
	struct addr addr; /* AF_UNSPEC: a host name; AF_UNIX: other text */
	char text[ADDR_HOST_MAX +
	    8]; /* of these: host, unix:PATH or systemd:NAME */
};

static void
normalize_host(struct place *p, const char *host)
{
	struct addr a;
	char *s;

	if (host[0] == '\0' || strcmp(host, "*") == 0)
		p->addr.family = AF_INET6;
	else if (addr_from_ip(host, &a) == 0) {
		a.port = p->addr.port;
		p->addr = a;
	} else {
		strlcpy(p->text, host, sizeof(p->text));
		for (s = p->text; *s != '\0'; s++)
			*s = (char)tolower((unsigned char)*s);
	}
}

/* False when several can have the address, or it is wrong. */
static bool
normalize(struct place *p)
{
	const char *text = p->c.sc->listen.v[p->item].text;
	struct addr_text t;

	if (addr_split(text, &t) != NULL)
		return false;
	if (t.kind != ADDR_INET) {
		p->addr.family = AF_UNIX;
		snprintf(p->text, sizeof(p->text), "%s%s",
		    t.kind == ADDR_UNIX ? "unix:" : "systemd:",
		    t.kind == ADDR_UNIX ? t.path : t.host);
		return true;
	}
	if (names_port(p->c.sc->names, t.port, &p->addr.port) != NULL ||
	    p->addr.port == 0)
		return false;
	normalize_host(p, t.host);
	return true;
}

/* A name may have any address, so it overlaps every address. */
static bool
overlap(const struct place *a, const struct place *b)
{
	if (a->addr.port != b->addr.port)
		return false;
	if (a->text[0] != '\0' && b->text[0] != '\0')
		return strcmp(a->text, b->text) == 0;
	if (a->text[0] != '\0' || b->text[0] != '\0')
		return addr_is_any(a->text[0] != '\0' ? &b->addr : &a->addr);
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
			if (!normalize(&p))
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
