/* SPDX-License-Identifier: ISC */
/*
 * getaddrinfo may block: the client has nothing else to do, and a signal ends
 * it.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <netdb.h>

#include <bsd/string.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tine/target.h"

void
endpoint_from_sockaddr(const struct sockaddr *sa, socklen_t len,
    struct endpoint *ep)
{
	const struct sockaddr_un *sun;
	struct addr a;
	size_t n;

	memset(ep, 0, sizeof(*ep));
	if (len > sizeof(ep->ss))
		len = sizeof(ep->ss);
	memcpy(&ep->ss, sa, len);
	ep->len = len;
	if (sa->sa_family != AF_UNIX) {
		addr_from_sockaddr(sa, &a);
		addr_format(&a, ep->text, sizeof(ep->text));
		return;
	}
	sun = (const struct sockaddr_un *)&ep->ss;
	n = len - offsetof(struct sockaddr_un, sun_path);
	strlcpy(ep->text, "unix:", sizeof(ep->text));
	if (n > 0 && sun->sun_path[0] == '\0')
		snprintf(ep->text, sizeof(ep->text), "unix:@%.*s", (int)n - 1,
		    sun->sun_path + 1);
	else if (n > 0)
		snprintf(ep->text, sizeof(ep->text), "unix:%.*s", (int)n,
		    sun->sun_path);
}

static const char *
take_path(const char *path, struct target *t)
{
	struct sockaddr_un sun;
	socklen_t len;

	len = addr_to_sockaddr_un(path, &sun);
	endpoint_from_sockaddr((struct sockaddr *)&sun, len, &t->ep[0]);
	t->n = 1;
	return NULL;
}

static void
set_port(struct endpoint *ep, const struct addrinfo *ai, uint16_t port)
{
	struct sockaddr_storage ss;

	memcpy(&ss, ai->ai_addr, ai->ai_addrlen);
	if (ss.ss_family == AF_INET6)
		((struct sockaddr_in6 *)&ss)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)&ss)->sin_port = htons(port);
	endpoint_from_sockaddr((struct sockaddr *)&ss, ai->ai_addrlen, ep);
}

/* The next in the list that is (or is not) of that family. */
static const struct addrinfo *
next_of(const struct addrinfo *ai, int family, bool same)
{
	while (ai != NULL && (ai->ai_family == family) != same)
		ai = ai->ai_next;
	return ai;
}

void
target_interleave(const struct addrinfo *list, uint16_t port, struct target *t)
{
	const struct addrinfo *cursor[2];
	int family, turn;

	family = list->ai_family;
	cursor[0] = list;
	cursor[1] = next_of(list, family, false);
	for (turn = 0; t->n < TARGET_MAX; turn = !turn) {
		if (cursor[turn] == NULL)
			turn = !turn;
		if (cursor[turn] == NULL)
			return;
		set_port(&t->ep[t->n++], cursor[turn], port);
		cursor[turn] = next_of(cursor[turn]->ai_next, family,
		    turn == 0);
	}
}

static const char *
look_up(const struct addr_text *at, int family, struct target *t, bool *usage)
{
	struct addrinfo hints, *list;
	const char *why;
	uint16_t port;
	int error;

	if ((why = addr_port(at->port, &port)) != NULL)
		return why;
	if (port == 0)
		return "port 0 cannot be connected to";
	*usage = false;
	memset(&hints, 0, sizeof(hints));
	hints.ai_family = family;
	hints.ai_socktype = SOCK_STREAM;
	if (at->literal_v6)
		hints.ai_flags = AI_NUMERICHOST;
	/* without AI_PASSIVE no host means the loopback addresses */
	error = getaddrinfo(at->host[0] != '\0' ? at->host : NULL, "0", &hints,
	    &list);
	if (error == EAI_SYSTEM)
		return strerror(errno);
	if (error != 0)
		return gai_strerror(error);
	target_interleave(list, port, t);
	freeaddrinfo(list);
	return NULL;
}

const char *
target_resolve(const char *text, int family, struct target *t, bool *usage)
{
	struct addr_text at;
	const char *why;

	t->n = 0;
	*usage = true;
	if ((why = addr_split(text, &at)) != NULL)
		return why;
	switch (at.kind) {
	case ADDR_UNIX:
		if (family != AF_UNSPEC)
			return "a Unix path has no IP version";
		return take_path(at.path, t);
	case ADDR_INHERITED:
		return "an inherited listener cannot be connected to";
	case ADDR_INET:
		break;
	}
	return look_up(&at, family, t, usage);
}

int
target_keep(struct target *t, int family)
{
	size_t i, kept;

	for (i = kept = 0; i < t->n; i++)
		if (t->ep[i].ss.ss_family == family)
			t->ep[kept++] = t->ep[i];
	t->n = kept;
	return kept > 0 ? 0 : -1;
}
