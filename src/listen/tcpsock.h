/* SPDX-License-Identifier: ISC */
/*
 * Listening TCP sockets and their options.  Connections inherit all of them,
 * so an accept costs no setsockopt.
 */
#ifndef TINED_LISTEN_TCPSOCK_H
#define TINED_LISTEN_TCPSOCK_H

#include "base/addr.h"
#include "config/conf.h"

/*
 * A listening socket (non-blocking, CLOEXEC) on that address, one attempt.
 * beside: bound but not listening, beside a listening one that overlaps; see
 * tcpsock_share.  The descriptor, or -1 with errno of socket, bind or listen.
 */
int tcpsock_open(const struct addr *a, const struct service_conf *sc,
    bool beside);

/*
 * SO_REUSEPORT, the only way to bind beside a listening socket (SO_REUSEADDR
 * is not enough on Linux): both must have it, and belong to the same user.  It
 * matters for bind(2) and listen(2), not for connections, which the more
 * specific address gets.  So it is cleared when both listen, and no other
 * process can bind there.  0, or -1 with errno.
 */
int tcpsock_share(int fd, bool on);

/* The number of connections in the backlog of a TCP listener, else 0; limit may
 * be NULL. */
unsigned int tcpsock_queue(int fd, unsigned int *limit);

/* Sets the options that may change while the socket is open: keepalive,
 * peer_timeout, nodelay.  The backlog is set by tcpsock_listen. */
void tcpsock_apply(int fd, const struct service_conf *sc);

/* listen(2), first or again.  Warns once if the kernel reduces the backlog. */
int tcpsock_listen(int fd, const struct service_conf *sc);

/* An integer socket option; fallback on errors. */
int tcpsock_option(int fd, int level, int name, int fallback);

/* Whether a bind to that port needs a privilege: it is below
 * net.ipv4.ip_unprivileged_port_start, which is stored in *start. */
bool tcpsock_privileged(uint16_t port, int *start);

/* Keepalive in whole seconds, so that a silent peer is dropped after peer_ms;
 * 0: the kernel's defaults. */
struct tcpsock_keepalive {
	int idle;
	int interval;
	int count;
};
struct tcpsock_keepalive tcpsock_keepalive(int64_t peer_ms);

#endif
