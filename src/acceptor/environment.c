/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "acceptor/environment.h"
#include "acceptor/fork/fork.h"
#include "base/buf.h"

/* The variables of one connection, written from the last to the first so
 * that they end where the service's begin. */
struct writer {
	struct acceptor *a;
	struct buf text;
	unsigned int first;
};

/* Ends a variable; one that does not fit is left out. */
static void
end(struct writer *w, char *variable)
{
	if (buf_char(&w->text, '\0') && w->first > 0)
		w->a->envp[--w->first] = variable;
}

static void
put(struct writer *w, const char *name, const char *value)
{
	char *at = w->text.s + w->text.len;

	buf_str(&w->text, name);
	buf_str(&w->text, value);
	end(w, at);
}

static void
put_number(struct writer *w, const char *name, uint64_t value)
{
	char *at = w->text.s + w->text.len;

	buf_str(&w->text, name);
	buf_uint(&w->text, value);
	end(w, at);
}

static void
put_tcp(struct writer *w, const struct scoreboard_slot *slot)
{
	char peer[ADDR_TEXT_MAX], local[ADDR_TEXT_MAX];

	addr_format_ip(&slot->peer, peer, sizeof(peer));
	addr_format_ip(&slot->local, local, sizeof(local));
	put(w, "PROTO=", "TCP");
	put(w, "TCPLOCALIP=", local);
	put_number(w, "TCPLOCALPORT=", slot->local.port);
	put(w, "TCPREMOTEIP=", peer);
	put_number(w, "TCPREMOTEPORT=", slot->peer.port);
	put_number(w, "TCPCONNNUM=", slot->nth);
	put(w, "REMOTE_ADDR=", peer);
	put_number(w, "REMOTE_PORT=", slot->peer.port);
	put(w, "SERVER_ADDR=", local);
	put_number(w, "SERVER_PORT=", slot->local.port);
}

static void
put_unix(struct writer *w, const struct scoreboard_slot *slot)
{
	const struct settings *s = w->a->settings;

	put(w, "PROTO=", "UNIX");
	put(w, "UNIXLOCALPATH=", s->listener[slot->listener].path);
	put_number(w, "UNIXREMOTEEUID=", slot->peer.cred.uid);
	put_number(w, "UNIXREMOTEEGID=", slot->peer.cred.gid);
	put_number(w, "UNIXREMOTEPID=", (uint32_t)slot->peer.cred.pid);
}

char **
environment_make(struct acceptor *a, struct scoreboard_slot *slot, int fd)
{
	struct writer w = { .a = a,
		.text = buf_on(a->env_text, ENV_TEXT_MAX),
		.first = ENV_OWN };

	session_local(slot, fd);
	if (slot->peer.family == AF_UNIX)
		put_unix(&w, slot);
	else
		put_tcp(&w, slot);
	put_number(&w, "TINED_ID=", slot->id);
	return &a->envp[w.first];
}
