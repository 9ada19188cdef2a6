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

#include "listen/inet.h"
#include "listen/sharing.h"
#include "listen/tcpsock.h"
#include "logger/log.h"
#include "names/names.h"

/* An item of `listen`, and its parts. */
struct item_text {
	const char *text;
	const struct addr_text *at;
};

static int
fail_inet(struct opening *o, const struct want *w, int error)
{
	const struct listener *l = TAILQ_FIRST(&w->got);
	const char *name = w->r->sc->name;
	char text[ADDR_TEXT_MAX];
	int start;

	addr_format(&w->asked, text, sizeof(text));
	if (error == EACCES && tcpsock_privileged(w->asked.port, &start))
		return listener_fail(o->err, EX_NOPERM,
		    "%s: bind %s: %s (a port below %d needs "
		    "CAP_NET_BIND_SERVICE, or a lower "
		    "net.ipv4.ip_unprivileged_port_start)",
		    name, text, strerror(error), start);
	return listener_fail(o->err,
	    error == EACCES || error == EPERM ? EX_NOPERM : EX_UNAVAILABLE,
	    "%s: bind %s: %s%s", name, text, strerror(error),
	    error == EADDRINUSE && l != NULL && l->waits ?
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
open_socket(struct opening *o, const struct want *w, struct listener *l,
    uint16_t prefer)
{
	int fd;

	if (l->asked.port == 0 && prefer != 0) {
		l->local.port = prefer;
		fd = tcpsock_open(&l->local, w->r->sc, l->waits);
		if (fd != -1)
			return fd;
		l->local.port = 0;
	}
	for (;;) {
		fd = tcpsock_open(&l->local, w->r->sc, l->waits);
		if (fd != -1)
			return fd;
		if (w->every && !w->r->sc->v6only && is_absent(errno) &&
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

/* Opens the listener of w unless it is open.  0; -1 with err; or the errno if
 * this machine does not have the address. */
static int
open_want(struct opening *o, struct want *w, uint16_t prefer)
{
	struct listener *l = TAILQ_FIRST(&w->got);
	int error;

	if (l->fd != -1)
		return 0;
	if (sharing_allow(o, w, l) == -1)
		return -1;
	l->fd = open_socket(o, w, l, prefer);
	if (l->fd != -1) {
		read_local(l);
		return 0;
	}
	error = errno;
	if (!is_absent(error))
		return fail_inet(o, w, error);
	TAILQ_REMOVE(&w->got, l, entry);
	listener_free(l);
	return error;
}

/* Logs which addresses of a host name this machine does not have. */
static void
warn_absent(const struct want *w, int error)
{
	char text[ADDR_TEXT_MAX];

	addr_format(&w->asked, text, sizeof(text));
	log_message(LEVEL_WARNING,
	    "%s: bind %s: %s (the other addresses of %s are used)",
	    w->r->sc->name, text, strerror(error), w->text);
}

static bool
is_of_item(const struct want *w, const struct want *first)
{
	return w != NULL && w->r == first->r && w->item == first->item;
}

int
inet_open(struct opening *o, struct want **next)
{
	struct want *first = *next, *w;
	int absent[SETTINGS_LISTENERS] = { 0 }, i, n;
	bool any = false;
	uint16_t prefer = 0;

	for (n = 0, w = first;;) {
		if ((absent[n] = open_want(o, w, prefer)) == -1)
			return -1;
		any = any || absent[n] == 0;
		if (absent[n++] == 0 && prefer == 0)
			prefer = TAILQ_FIRST(&w->got)->local.port;
		w = TAILQ_NEXT(w, entry);
		if (!is_of_item(w, first))
			break;
	}
	*next = w;
	if (!any)
		return fail_inet(o, first, absent[0]);
	for (i = 0, w = first; i < n; i++, w = TAILQ_NEXT(w, entry))
		if (absent[i] != 0)
			warn_absent(w, absent[i]);
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
		if (r->stays || r->own == NULL)
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
    const struct item_text *t, struct addr addrs[static SETTINGS_LISTENERS])
{
	const struct addr *found;
	const char *why;
	size_t count;
	int n;

	if (t->at->host[0] == '\0') {
		memset(&addrs[0], 0, sizeof(addrs[0]));
		addrs[0].family = AF_INET6;
		return 1;
	}
	why = names_host(sc->names, t->at->host, &found, &count);
	if (why == NULL && count > SETTINGS_LISTENERS)
		return listener_fail(o->err, EX_CONFIG,
		    "%s: listen %s: %zu addresses, more than %d", sc->name,
		    t->text, count, SETTINGS_LISTENERS);
	if (why == NULL) {
		memcpy(addrs, found, count * sizeof(*addrs));
		return (int)count;
	}
	if ((n = find_open(o, t->text, addrs)) == 0)
		return listener_fail(o->err, EX_UNAVAILABLE,
		    "%s: listen %s: %s", sc->name, t->text, why);
	log_message(LEVEL_WARNING, "%s: listen %s: %s (the addresses are kept)",
	    sc->name, t->text, why);
	return n;
}

int
inet_want(struct opening *o, struct listener_request *r, size_t item,
    const struct addr_text *at)
{
	const struct item_text t = { r->sc->listen.v[item].text, at };
	struct addr addrs[SETTINGS_LISTENERS];
	struct want *w;
	const char *why;
	uint16_t port;
	int i, n;

	why = names_port(r->sc->names, at->port, &port);
	if (why != NULL)
		return listener_fail(o->err, EX_CONFIG, "%s: listen %s: %s",
		    r->sc->name, t.text, why);
	n = find_addresses(o, r->sc, &t, addrs);
	for (i = 0; i < n; i++) {
		if ((w = opening_want(o, r, item)) == NULL)
			return -1;
		w->kind = ADDR_INET;
		w->every = at->host[0] == '\0';
		w->asked = addrs[i];
		w->asked.port = port;
	}
	return n == -1 ? -1 : 0;
}
