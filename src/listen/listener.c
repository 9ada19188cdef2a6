/* SPDX-License-Identifier: ISC */
/*
 * A single listener: what all kinds have in common.  tcpsock.c, unixpath.c and
 * inherited.c open each kind, listeners.c has the lists.
 */
#include "config.h"

#include <sys/param.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <netinet/in.h>

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "listen/listener.h"
#include "listen/tcpsock.h"

/* All of all services: bind(2) fails whichever service has the address. */
static LIST_HEAD(, listener) listeners = LIST_HEAD_INITIALIZER(listeners);

struct listener *
listener_new(const char *text)
{
	struct listener *l;

	l = calloc(1, sizeof(*l));
	if (l == NULL)
		return NULL;
	l->fd = l->place.dir = l->place.lock = -1;
	l->type = SOCK_STREAM;
	l->text = strdup(text);
	if (l->text == NULL) {
		free(l);
		return NULL;
	}
	LIST_INSERT_HEAD(&listeners, l, any);
	return l;
}

bool
listener_overlaps(const struct listener *a, const struct listener *b)
{
	/* Several inherited ones of one name may share an address
	 * (SO_REUSEPORT), but two services must not share the name. */
	if (a->inherited && b->inherited)
		return strcmp(a->text, b->text) == 0;
	if (a->local.family == AF_UNIX && b->local.family == AF_UNIX)
		return strcmp(a->path, b->path) == 0;
	return addr_overlaps(&a->local, a->v6only, &b->local, b->v6only);
}

const struct listener *
listener_overlapping(const struct listener *l)
{
	const struct listener *have;

	LIST_FOREACH (have, &listeners, any)
		if (have != l && have->fd != -1 && listener_overlaps(l, have))
			return have;
	return NULL;
}

void
listener_leave(struct listener *l, struct listener_list *from)
{
	l->home = from;
	l->was_asked = l->asked;
	l->was_port = l->local.port;
	l->was_covered = l->covered;
	TAILQ_REMOVE(from, l, entry);
}

void
listener_return(struct listener *l, struct listener_list *list)
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
listener_free(struct listener *l)
{
	io_close(l->fd);
	LIST_REMOVE(l, any);
	free(l->was_text);
	free(l->text);
	free(l);
}

int
listener_read(struct listener *l)
{
	struct sockaddr_storage ss = { 0 };
	const struct sockaddr_un *sun = (struct sockaddr_un *)&ss;
	const size_t before = offsetof(struct sockaddr_un, sun_path);
	socklen_t len = sizeof(ss);

	if (getsockname(l->fd, (struct sockaddr *)&ss, &len) == -1)
		return -1;
	addr_from_sockaddr((struct sockaddr *)&ss, &l->local);
	l->v6only = l->local.family == AF_INET6 &&
	    tcpsock_option(l->fd, IPPROTO_IPV6, IPV6_V6ONLY, 0) != 0;
	if (l->local.family != AF_UNIX || len <= before)
		return 0;
	/* A path of 108 bytes has no NUL. */
	memcpy(l->path, sun->sun_path, MIN(len - before, sizeof(l->path) - 1));
	if (l->path[0] == '\0')
		l->path[0] = '@';
	return 0;
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
