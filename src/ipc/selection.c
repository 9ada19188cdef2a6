/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ipc/control.h"
#include "ipc/selection.h"

_Static_assert(sizeof(struct command_request) < CONTROL_TEXT_MAX,
    "main passes a request to acceptors");

struct cidr
selection_network(const struct command_request *r)
{
	struct cidr net = { .bits = r->bits };

	net.addr.family = r->family == 4 ? AF_INET : AF_INET6;
	memcpy(net.addr.ip, r->network, sizeof(net.addr.ip));
	return net;
}

static bool
is_from(const struct command_request *r, const struct addr *peer)
{
	const struct cidr net = selection_network(r);

	return r->family == 0 || cidr_contains(&net, peer);
}

bool
selection_has(const struct command_request *r, const struct selectable *session,
    int64_t now)
{
	return (r->id == 0 || r->id == session->id) &&
	    (r->ms == 0 || now - session->start_ms > r->ms) &&
	    is_from(r, session->peer);
}

char *
selection_text(const struct command_request *r, char *buf, size_t size)
{
	const struct cidr net = selection_network(r);
	char ip[ADDR_TEXT_MAX];
	size_t len = 0;

	if (r->id != 0)
		len += (size_t)snprintf(buf, size, "%" PRIu64, r->id);
	if (r->family != 0)
		len += (size_t)snprintf(buf + len, size - len, "%s%s/%u",
		    len > 0 ? " " : "",
		    addr_format_ip(&net.addr, ip, sizeof(ip)), r->bits);
	if (r->ms != 0)
		len += (size_t)snprintf(buf + len, size - len,
		    "%solder than %" PRId64 " ms", len > 0 ? " " : "", r->ms);
	if (len == 0)
		snprintf(buf, size, "all");
	return buf;
}
