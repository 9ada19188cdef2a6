/* SPDX-License-Identifier: ISC */
/*
 * Listeners on a host and a port: one for each address of the host.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>

#include "listen/opening.h"
#include "listen/tcpsock.h"
#include "logger/log.h"
#include "names/names.h"

static int
fail_inet(struct opening *o, const struct listener_request *r,
    const struct listener *l, int error)
{
	const char *name = r->sc->name;
	char text[ADDR_TEXT_MAX];
	int start;

	addr_format(&l->asked, text, sizeof(text));
	if (error == EACCES && tcpsock_privileged(l->asked.port, &start))
		return errors_fail(o->err, EX_NOPERM,
		    "%s: bind %s: %s (a port below %d needs "
		    "CAP_NET_BIND_SERVICE, or a lower "
		    "net.ipv4.ip_unprivileged_port_start)",
		    name, text, strerror(error), start);
	return errors_fail(o->err,
	    error == EACCES || error == EPERM ? EX_NOPERM : EX_UNAVAILABLE,
	    "%s: bind %s: %s%s", name, text, strerror(error),
	    error == EADDRINUSE && l->waits ?
		", next to an address of the running configuration" :
		"");
}

/* The machine does not have it; other addresses of the name may work. */
static bool
is_absent(int error)
{
	return error == EADDRNOTAVAIL || error == EAFNOSUPPORT;
}

/*
 * The socket for l->local; for `*`, where there is no IPv6, on every IPv4
 * address (and l->local changes).  A port 0 becomes prefer if that is free.
 * -1 with errno.
 */
static int
open_socket(struct opening *o, const struct service_conf *sc,
    struct listener *l, uint16_t prefer)
{
	int fd;

	if (l->asked.port == 0)
		l->local.port = prefer;
	for (;;) {
		fd = tcpsock_open(&l->local, sc, l->waits);
		if (fd != -1)
			return fd;
		if (l->local.port != l->asked.port)
			l->local.port = 0;
		else if (l->every && !sc->v6only && is_absent(errno) &&
		    l->local.family == AF_INET6)
			l->local.family = AF_INET;
		else if (errno != EADDRINUSE || !opening_retry(o))
			return -1;
	}
}

/* Opens l unless it is open.  0, with l->absent where this machine does not have
 * the address; or -1 with err. */
static int
open_one(struct opening *o, const struct listener_request *r,
    struct listener *l, uint16_t prefer)
{
	if (l->fd != -1)
		return 0;
	if (sharing_allow(o, r, l) == -1)
		return -1;
	l->fd = open_socket(o, r->sc, l, prefer);
	if (l->fd != -1)
		(void)listener_read(l); /* the port */
	else if (is_absent(errno))
		l->absent = errno;
	else
		return fail_inet(o, r, l, errno);
	return 0;
}

/* Removes the addresses of a host name that this machine does not have. */
static void
drop_absent(const struct listener_request *r, struct listener *first,
    const struct listener *end)
{
	struct listener *l, *next;
	char text[ADDR_TEXT_MAX];

	for (l = first; l != end; l = next) {
		next = TAILQ_NEXT(l, entry);
		if (l->absent == 0)
			continue;
		log_message(LEVEL_WARNING,
		    "%s: bind %s: %s (the other addresses of %s are used)",
		    r->sc->name, addr_format(&l->asked, text, sizeof(text)),
		    strerror(l->absent), l->text);
		TAILQ_REMOVE(r->out, l, entry);
		listener_free(l);
	}
}

int
inet_open(struct opening *o, const struct listener_request *r,
    struct listener **next)
{
	struct listener *first = *next, *l = first;
	bool any = false;
	uint16_t prefer = 0;

	for (; l != NULL && l->item == first->item; l = TAILQ_NEXT(l, entry)) {
		if (open_one(o, r, l, prefer) == -1)
			return -1;
		if (l->absent == 0 && prefer == 0)
			prefer = l->local.port;
		any = any || l->absent == 0;
	}
	*next = l;
	if (!any)
		return fail_inet(o, r, first, first->absent);
	drop_absent(r, first, l);
	return 0;
}

/* The addresses that are open under that name, in any service: for when the name
 * cannot be looked up. */
static size_t
find_open(const struct opening *o, const char *text,
    struct addr addrs[static SETTINGS_LISTENERS])
{
	const struct listener_request *r;
	const struct listener *l;
	size_t n = 0;

	for (r = o->v; r < o->v + o->n; r++) {
		if (r->stays)
			continue;
		TAILQ_FOREACH (l, r->own, entry)
			if (!l->inherited && strcmp(l->text, text) == 0 &&
			    l->local.family != AF_UNIX &&
			    n < SETTINGS_LISTENERS)
				addrs[n++] = l->asked;
	}
	return n;
}

int
inet_want(struct opening *o, const struct listener_request *r, size_t item,
    const struct addr_text *at)
{
	static const struct addr any = { .family = AF_INET6 };
	const char *text = r->sc->listen.v[item].text, *why;
	const bool every = at->host[0] == '\0';
	struct addr kept[SETTINGS_LISTENERS], asked;
	const struct addr *found = &any;
	struct listener *l;
	size_t i, n = 1;
	uint16_t port;

	why = names_port(r->sc->names, at->port, &port);
	if (why != NULL)
		return errors_fail(o->err, EX_CONFIG, "%s: listen %s: %s",
		    r->sc->name, text, why);
	if (!every)
		why = names_host(r->sc->names, at->host, &found, &n);
	if (why != NULL) {
		found = kept;
		if ((n = find_open(o, text, kept)) == 0)
			return errors_fail(o->err, EX_UNAVAILABLE,
			    "%s: listen %s: %s", r->sc->name, text, why);
		log_message(LEVEL_WARNING,
		    "%s: listen %s: %s (the addresses are kept)", r->sc->name,
		    text, why);
	}
	if (n > SETTINGS_LISTENERS)
		return errors_fail(o->err, EX_CONFIG,
		    "%s: listen %s: %zu addresses, more than %d", r->sc->name,
		    text, n, SETTINGS_LISTENERS);
	for (i = 0; i < n; i++) {
		asked = found[i];
		asked.port = port;
		if ((l = opening_want(o, r, item, &asked)) == NULL)
			return -1;
		l->every = every;
	}
	return 0;
}
