/* SPDX-License-Identifier: ISC */
/*
 * whoami: what tined knows of the connection, one `key: value` line each, then
 * end of file.  It reads nothing: there is nothing to ask for.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/utsname.h>

#include <stdint.h>
#include <string.h>

#include "base/addr.h"
#include "service/service.h"
#include "service/stream.h"

/* The reply being made; what does not fit is left out (nothing is so long). */
struct reply {
	char text[1024];
	size_t n;
};

static void
add(struct reply *r, const char *s)
{
	for (; *s != '\0' && r->n < sizeof(r->text); s++)
		r->text[r->n++] = *s;
}

static void
line(struct reply *r, const char *key, const char *value)
{
	add(r, key);
	add(r, ": ");
	add(r, value);
	add(r, "\n");
}

static void
line_number(struct reply *r, const char *key, uint64_t v)
{
	char buf[21], *p = buf + sizeof(buf) - 1;

	*p = '\0';
	do {
		*--p = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	line(r, key, p);
}

static void
line_path(struct reply *r, const struct session *s)
{
	const struct settings *settings = s->settings;
	unsigned int n = s->slot->listener;
	char buf[sizeof("unix:") + ADDR_PATH_MAX] = "unix:";

	if (n < settings->nlisteners)
		memcpy(buf + strlen(buf), settings->listener[n].path,
		    strnlen(settings->listener[n].path, ADDR_PATH_MAX));
	line(r, "local", buf);
}

static void
whoami_serve(struct session *s)
{
	const struct addr *peer = &s->slot->peer;
	struct reply r = { .n = 0 };
	struct utsname u;
	char buf[ADDR_TEXT_MAX];
	int local = peer->family == AF_UNIX;

	line(&r, "service", s->settings->service);
	line(&r, "host", uname(&u) == 0 ? u.nodename : "unknown");
	line(&r, "protocol", local ? "unix" : "tcp");
	line(&r, "peer", addr_format(peer, buf, sizeof(buf)));
	if (local)
		line_path(&r, s);
	else
		line(&r, "local",
		    addr_format(&s->slot->local, buf, sizeof(buf)));
	line_number(&r, "id", s->slot->id);
	if (local) {
		line_number(&r, "uid", peer->cred.uid);
		line_number(&r, "gid", peer->cred.gid);
		line_number(&r, "pid", (uint32_t)peer->cred.pid);
	}
	if (stream_write(s, r.text, r.n) == 0)
		stream_close(s);
}

const struct service service_whoami = { .name = "whoami",
	.serve = whoami_serve };
