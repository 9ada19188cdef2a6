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

#include "main/listen/opening.h"
#include "main/listen/tcpsock.h"
#include "main/log/log.h"
#include "main/names/names.h"

/* An item of the list that is a host and a port. */
struct want {
	const char *text;
	bool every;      /* `*`: any address will do */
	uint16_t prefer; /* what port 0 should become, if free; 0: anything */
};

/* The held listener for that address.  A port 0 is only the same port as long
 * as it is asked for in the same words. */
static struct listener *
find_inet(const struct opening *o, const char *text, const struct addr *asked)
{
	struct listener *l;

	if (o->held == NULL)
		return NULL;
	TAILQ_FOREACH (l, o->held, entry)
		if (!l->inherited && addr_equal(&l->asked, asked) &&
		    (asked->port != 0 || strcmp(l->text, text) == 0))
			return l;
	return NULL;
}

static int
fail_inet(struct opening *o, const struct addr *a, int error)
{
	char name[ADDR_TEXT_MAX];
	int start;

	addr_format(a, name, sizeof(name));
	if (error == EACCES && tcpsock_privileged(a->port, &start))
		return listener_fail(o->err, EX_NOPERM,
		    "%s: bind %s: %s (a port below %d needs "
		    "CAP_NET_BIND_SERVICE, or a lower "
		    "net.ipv4.ip_unprivileged_port_start)",
		    o->sc->name, name, strerror(error), start);
	return listener_fail(o->err,
	    error == EACCES || error == EPERM ? EX_NOPERM : EX_UNAVAILABLE,
	    "%s: bind %s: %s", o->sc->name, name, strerror(error));
}

/* No such address here: another address of the same name may do. */
static bool
is_absent(int error)
{
	return error == EADDRNOTAVAIL || error == EAFNOSUPPORT;
}

/*
 * The socket for l->local; where `*` was asked for and there is no IPv6 at
 * all, every IPv4 address (and l->local says so).  -1 with errno.
 */
static int
open_socket(struct opening *o, struct listener *l, const struct want *w)
{
	int fd;

	if (l->asked.port == 0 && w->prefer != 0) {
		l->local.port = w->prefer;
		fd = tcpsock_open(&l->local, o->sc);
		if (fd != -1)
			return fd;
		l->local.port = 0;
	}
	for (;;) {
		fd = tcpsock_open(&l->local, o->sc);
		if (fd != -1)
			return fd;
		if (w->every && !o->sc->v6only && is_absent(errno) &&
		    l->local.family == AF_INET6) {
			l->local.family = AF_INET;
			continue;
		}
		if (errno != EADDRINUSE || !opening_retry(o))
			return -1;
	}
}

/* After the bind: which port it has become. */
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

/* A listener on asked, from held or new.  NULL with errno, or with errno 0 and
 * err filled in. */
static struct listener *
open_inet(struct opening *o, const struct want *w, const struct addr *asked)
{
	struct listener *l;
	int saved;

	l = find_inet(o, w->text, asked);
	if (l != NULL) {
		opening_keep(o, l, w->text);
		return l;
	}
	l = listener_new(w->text);
	if (l == NULL)
		return NULL;
	l->asked = l->local = *asked;
	l->v6only = o->sc->v6only;
	if (opening_check(o, l) == -1) {
		listener_close(l);
		errno = 0;
		return NULL;
	}
	l->fd = open_socket(o, l, w);
	if (l->fd == -1) {
		saved = errno;
		listener_close(l);
		errno = saved;
		return NULL;
	}
	read_local(l);
	TAILQ_INSERT_TAIL(&o->fresh, l, entry);
	return l;
}

/* What is open stays so when its name cannot be looked up just now. */
static int
keep_addresses(const struct opening *o, const char *text,
    struct addr addrs[static SPEC_LISTENERS])
{
	const struct listener *l;
	int n = 0;

	if (o->held == NULL)
		return 0;
	TAILQ_FOREACH (l, o->held, entry)
		if (!l->inherited && strcmp(l->text, text) == 0 &&
		    l->local.family != AF_UNIX && n < SPEC_LISTENERS)
			addrs[n++] = l->asked;
	return n;
}

/* The addresses that host stands for: the count, or -1 with err. */
static int
find_addresses(struct opening *o, const char *text, const char *host,
    struct addr addrs[static SPEC_LISTENERS])
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
	why = names_host(o->sc->names, host, &found, &count);
	if (why == NULL && count > SPEC_LISTENERS)
		return listener_fail(o->err, EX_CONFIG,
		    "%s: listen %s: these are %zu addresses, more than %d",
		    o->sc->name, text, count, SPEC_LISTENERS);
	if (why == NULL) {
		memcpy(addrs, found, count * sizeof(*addrs));
		return (int)count;
	}
	if ((n = keep_addresses(o, text, addrs)) == 0)
		return listener_fail(o->err, EX_UNAVAILABLE,
		    "%s: listen %s: %s", o->sc->name, text, why);
	log_message(LEVEL_WARNING, "%s: listen %s: %s (the addresses are kept)",
	    o->sc->name, text, why);
	return n;
}

/* Says which addresses of a host name this machine does not have. */
static void
warn_absent(const struct opening *o, const char *text, const struct addr *a,
    int error)
{
	char name[ADDR_TEXT_MAX];

	addr_format(a, name, sizeof(name));
	log_message(LEVEL_WARNING, "%s: bind %s: %s (%s does without it)",
	    o->sc->name, name, strerror(error), text);
}

int
inet_add(struct opening *o, const char *text, const struct addr_text *at)
{
	struct addr addrs[SPEC_LISTENERS];
	int absent[SPEC_LISTENERS] = { 0 };
	struct want w = { .text = text, .every = at->host[0] == '\0' };
	const struct listener *l;
	const char *why;
	uint16_t port;
	int i, n, nopen = 0;

	why = names_port(o->sc->names, at->port, &port);
	if (why != NULL)
		return listener_fail(o->err, EX_CONFIG, "%s: listen %s: %s",
		    o->sc->name, text, why);
	n = find_addresses(o, text, at->host, addrs);
	if (n == -1)
		return -1;
	for (i = 0; i < n; i++) {
		addrs[i].port = port;
		l = open_inet(o, &w, &addrs[i]);
		if (l != NULL) {
			nopen++;
			w.prefer = w.prefer != 0 ? w.prefer : l->local.port;
		} else if (errno == 0)
			return -1;
		else if (is_absent(errno))
			absent[i] = errno;
		else
			return fail_inet(o, &addrs[i], errno);
	}
	if (nopen == 0)
		return fail_inet(o, &addrs[0], absent[0]);
	for (i = 0; i < n; i++)
		if (absent[i] != 0)
			warn_absent(o, text, &addrs[i], absent[i]);
	return 0;
}
