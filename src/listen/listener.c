/* SPDX-License-Identifier: ISC */
/*
 * A single listener: what all kinds have in common.  How each kind is opened
 * is in tcpsock.c, unixpath.c and inherited.c; a service's list of them, in
 * listeners.c.
 */
#include "config.h"

#include <sys/socket.h>

#include <netinet/in.h>

#define LIBBSD_OPENBSD_VIS /* which of the two strnvis is meant */
#include <bsd/string.h>
#include <bsd/vis.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/shorten.h"
#include "listen/listener.h"
#include "listen/overlap.h"
#include "listen/tcpsock.h"
#include "listen/unixpath.h"
#include "logger/log.h"

/* All there are, whoever has them: nor does the kernel tell services apart. */
static LIST_HEAD(, listener) listeners = LIST_HEAD_INITIALIZER(listeners);

int
listener_fail(struct listener_error *err, int exit_code, const char *fmt, ...)
{
	char message[sizeof(err->text)], shown[4 * sizeof(message) + 1];
	char whole[2048];
	va_list ap;

	err->exit_code = exit_code;
	va_start(ap, fmt);
	vsnprintf(whole, sizeof(whole), fmt, ap);
	va_end(ap);
	shorten_text(message, sizeof(message), whole);
	/* One line, whatever the environment calls a descriptor. */
	strvis(shown, message,
	    VIS_OCTAL | VIS_CSTYLE | VIS_TAB | VIS_NL | VIS_NOSLASH);
	shorten_text(err->text, sizeof(err->text), shown);
	return -1;
}

struct listener *
listener_new(const char *text)
{
	struct listener *l;

	l = calloc(1, sizeof(*l));
	if (l == NULL)
		return NULL;
	l->fd = l->lock.fd = l->place.dir = -1;
	l->type = SOCK_STREAM;
	l->text = strdup(text);
	if (l->text == NULL) {
		free(l);
		return NULL;
	}
	LIST_INSERT_HEAD(&listeners, l, any);
	return l;
}

const struct listener *
listener_overlapping(const struct listener *l)
{
	const struct listener *have;

	LIST_FOREACH (have, &listeners, any)
		if (have != l && have->fd != -1 && overlap_listener(l, have))
			return have;
	return NULL;
}

void
listener_move(struct listener *l, struct listener_list *from,
    struct listener_list *to)
{
	l->home = from;
	l->was_asked = l->asked;
	l->was_port = l->local.port;
	l->was_covered = l->covered;
	TAILQ_REMOVE(from, l, entry);
	TAILQ_INSERT_TAIL(to, l, entry);
}

void
listener_move_back(struct listener *l, struct listener_list *list)
{
	TAILQ_REMOVE(list, l, entry);
	TAILQ_INSERT_TAIL(l->home, l, entry);
	l->home = NULL;
	l->asked = l->was_asked;
	l->local.port = l->was_port;
	l->covered = l->was_covered;
	if (l->was_text == NULL)
		return;
	free(l->text);
	l->text = l->was_text;
	l->was_text = NULL;
}

void
listener_close(struct listener *l)
{
	/* While fd is open the path's inode cannot become another's. */
	if (!l->inherited)
		unixpath_remove(l);
	if (l->fd != -1)
		close(l->fd);
	LIST_REMOVE(l, any);
	free(l->was_text);
	free(l->text);
	free(l);
}

char *
listener_format(const struct listener *l, char *buf, size_t size)
{
	if (l->local.family == AF_UNIX)
		snprintf(buf, size, "unix:%s", l->path);
	else
		addr_format(&l->local, buf, size);
	return buf;
}

void
listener_apply(const struct listener *l, const struct service_conf *sc)
{
	char name[ADDR_TEXT_MAX];
	bool freebind;

	listener_format(l, name, sizeof(name));
	if (l->local.family == AF_UNIX) {
		if (!l->inherited && unixpath_apply(l, sc) == -1)
			log_message(LEVEL_WARNING,
			    "%s: change mode or owner of %s: %s", sc->name,
			    name, strerror(errno));
	} else
		tcpsock_apply(l->fd, sc);

	/* Mode, address and queue of an inherited one are its maker's. */
	if (l->inherited)
		return;
	(void)tcpsock_listen(l->fd, sc);
	if (l->local.family == AF_UNIX)
		return;
	freebind = tcpsock_option(l->fd, IPPROTO_IP, IP_FREEBIND, 0) != 0;
	if (freebind != sc->freebind)
		log_message(LEVEL_WARNING,
		    "%s: freebind of %s changes at the next start only",
		    sc->name, name);
	/* The kernel says v6only of each other IPv6 address, asked or not. */
	if (l->local.family == AF_INET6 && overlap_is_any(&l->local) &&
	    !l->covered && l->v6only != sc->v6only)
		log_message(LEVEL_WARNING,
		    "%s: v6only of %s changes at the next start only", sc->name,
		    name);
}
