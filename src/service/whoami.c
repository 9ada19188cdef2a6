/* SPDX-License-Identifier: ISC */
/*
 * whoami: what tined knows about the connection, one `key: value` line each,
 * then end of file.  Input is not read.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/utsname.h>

#include <stdint.h>
#include <string.h>

#include "base/addr.h"
#include "base/buf.h"
#include "service/service.h"
#include "service/stream.h"

static void
line(struct buf *r, const char *key, const char *value)
{
	buf_str(r, key);
	buf_str(r, ": ");
	buf_str(r, value);
	buf_char(r, '\n');
}

static void
line_number(struct buf *r, const char *key, uint64_t v)
{
	buf_str(r, key);
	buf_str(r, ": ");
	buf_uint(r, v);
	buf_char(r, '\n');
}

static void
line_path(struct buf *r, const struct session *s)
{
	const struct settings *settings = s->settings;
	unsigned int n = s->slot->listener;
	char buf[sizeof("unix:") + ADDR_PATH_MAX] = "unix:";

	if (n < settings->nlisteners)
		memcpy(buf + strlen(buf), settings->listener[n].path,
		    strnlen(settings->listener[n].path, ADDR_PATH_MAX));
	line(r, "local", buf);
}

void
service_whoami(struct session *s)
{
	const struct addr *peer = &s->slot->peer;
	char text[1024], buf[ADDR_TEXT_MAX];
	struct buf r = buf_on(text, sizeof(text));
	struct utsname u;
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
	if (stream_write(s, r.s, r.len) == 0)
		stream_close(s);
}
