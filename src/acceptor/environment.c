/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>

#include "acceptor/environment.h"
#include "acceptor/fork/fork.h"

/* The variables of one connection, written from the last to the first so
 * that they end where the service's begin. */
struct writer {
	struct acceptor *a;
	size_t used;
	unsigned int first;
};

static void __attribute__((format(printf, 2, 3)))
put(struct writer *w, const char *fmt, ...)
{
	char *at = w->a->env_text + w->used;
	size_t room = ENV_TEXT_MAX - w->used;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(at, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room || w->first == 0)
		return;
	w->used += (size_t)n + 1;
	w->a->envp[--w->first] = at;
}

static void
put_tcp(struct writer *w, const struct scoreboard_slot *slot)
{
	char peer[ADDR_TEXT_MAX], local[ADDR_TEXT_MAX];

	addr_format_ip(&slot->peer, peer, sizeof(peer));
	addr_format_ip(&slot->local, local, sizeof(local));
	put(w, "PROTO=TCP");
	put(w, "TCPLOCALIP=%s", local);
	put(w, "TCPLOCALPORT=%u", slot->local.port);
	put(w, "TCPREMOTEIP=%s", peer);
	put(w, "TCPREMOTEPORT=%u", slot->peer.port);
	put(w, "TCPCONNNUM=%u", slot->nth);
	put(w, "REMOTE_ADDR=%s", peer);
	put(w, "REMOTE_PORT=%u", slot->peer.port);
	put(w, "SERVER_ADDR=%s", local);
	put(w, "SERVER_PORT=%u", slot->local.port);
}

static void
put_unix(struct writer *w, const struct scoreboard_slot *slot)
{
	const struct settings *s = w->a->settings;

	put(w, "PROTO=UNIX");
	put(w, "UNIXLOCALPATH=%s", s->listener[slot->listener].path);
	put(w, "UNIXREMOTEEUID=%u", slot->peer.cred.uid);
	put(w, "UNIXREMOTEEGID=%u", slot->peer.cred.gid);
	put(w, "UNIXREMOTEPID=%d", slot->peer.cred.pid);
}

char **
environment_make(struct acceptor *a, struct scoreboard_slot *slot, int fd)
{
	struct writer w = { .a = a, .first = ENV_OWN };

	session_local(slot, fd);
	if (slot->peer.family == AF_UNIX)
		put_unix(&w, slot);
	else
		put_tcp(&w, slot);
	put(&w, "TINED_ID=%llu", (unsigned long long)slot->id);
	return &a->envp[w.first];
}
