/* SPDX-License-Identifier: ISC */
/*
 * Listeners on a host and a port: one for each address of the host.
 */
#include "config.h"

#include <sys/socket.h>

#include <netinet/in.h>

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
		return listener_fail(o->err, EX_NOPERM,
		    "%s: bind %s: %s (a port below %d needs "
		    "CAP_NET_BIND_SERVICE, or a lower "
		    "net.ipv4.ip_unprivileged_port_start)",
		    name, text, strerror(error), start);
	return listener_fail(o->err,
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

	if (l->asked.port == 0 && prefer != 0) {
		l->local.port = prefer;
		fd = tcpsock_open(&l->local, sc, l->waits);
		if (fd != -1)
			return fd;
		l->local.port = 0;
	}
	for (;;) {
		fd = tcpsock_open(&l->local, sc, l->waits);
		if (fd != -1)
			return fd;
		if (l->every && !sc->v6only && is_absent(errno) &&
		    l->local.family == AF_INET6) {
			l->local.family = AF_INET;
			continue;
		}
		if (errno != EADDRINUSE || !opening_retry(o))
			return -1;
	}
}

/* After the bind: the port is known. */
static void
read_local(struct listener *l)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	if (getsockname(l->fd, (struct sockaddr *)&ss, &len) == 0)
		addr_from_sockaddr((struct sockaddr *)&ss, &l->local);
	l->v6only = l->local.family == AF_INET6 &&
	    tcpsock_option(l->fd, IPPROTO_IPV6, IPV6_V6ONLY, 0) != 0;
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
		read_local(l);
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
static int
find_open(const struct opening *o, const char *text,
    struct addr addrs[static SETTINGS_LISTENERS])
{
	const struct listener_request *r;
	const struct listener *l;
	int n = 0;

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

/* The addresses of the host: their number, or -1 with err. */
static int
find_addresses(struct opening *o, const struct service_conf *sc,
    const char *text, const char *host,
    struct addr addrs[static SETTINGS_LISTENERS])
{
	const struct addr *found;
	const char *why;
	size_t count;
	int n;

	if (host[0] == '\0') {
		memset(&addrs[0], 0, sizeof(addrs[0]));
		addrs[0].family = AF_INET6;
		return 1;
	}
	why = names_host(sc->names, host, &found, &count);
	if (why == NULL && count > SETTINGS_LISTENERS)
		return listener_fail(o->err, EX_CONFIG,
		    "%s: listen %s: %zu addresses, more than %d", sc->name,
		    text, count, SETTINGS_LISTENERS);
	if (why == NULL) {
		memcpy(addrs, found, count * sizeof(*addrs));
		return (int)count;
	}
	if ((n = find_open(o, text, addrs)) == 0)
		return listener_fail(o->err, EX_UNAVAILABLE,
		    "%s: listen %s: %s", sc->name, text, why);
	log_message(LEVEL_WARNING, "%s: listen %s: %s (the addresses are kept)",
	    sc->name, text, why);
	return n;
}

int
inet_want(struct opening *o, const struct listener_request *r, size_t item,
    const struct addr_text *at)
{
	const char *text = r->sc->listen.v[item].text, *why;
	struct addr addrs[SETTINGS_LISTENERS];
	struct listener *l;
	uint16_t port;
	int i, n;

	why = names_port(r->sc->names, at->port, &port);
	if (why != NULL)
		return listener_fail(o->err, EX_CONFIG, "%s: listen %s: %s",
		    r->sc->name, text, why);
	n = find_addresses(o, r->sc, text, at->host, addrs);
	for (i = 0; i < n; i++) {
		addrs[i].port = port;
		if ((l = opening_want(o, r, item, &addrs[i])) == NULL)
			return -1;
		l->every = at->host[0] == '\0';
	}
	return n == -1 ? -1 : 0;
}
