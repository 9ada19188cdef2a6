/*
 * TCP sockets that listen, and their options.  Connections inherit all of
 * the options from the listener, so an accept costs no setsockopt.
 */
#ifndef TINED_MAIN_TCPSOCK_H
#define TINED_MAIN_TCPSOCK_H

#include "base/addr.h"
#include "config/conf.h"

/* A listening socket (non-blocking, CLOEXEC) on that address, one attempt.
 * The descriptor, or -1 with errno as socket, bind or listen left it. */
int tcpsock_open(const struct addr *a, const struct service_conf *sc);

/* The same, bound but not listening: no connection comes to it yet.  shared:
 * beside one that listens and overlaps it; see tcpsock_share. */
int tcpsock_bind(const struct addr *a, const struct service_conf *sc,
    bool shared);

/*
 * SO_REUSEPORT, the one way to bind beside a socket that listens (SO_REUSEADDR
 * is not enough on Linux): both must have it, and belong to the same user.
 * It counts for bind(2) and listen(2), not for who gets a connection: that is
 * the more specific address.  So it is taken away when both listen, and nobody
 * else can bind there.  0, or -1 with errno.
 */
int tcpsock_share(int fd, bool on);

/* How many connections wait to be accepted. */
unsigned int tcpsock_queued(int fd);

/* Sets what may change while the socket is open: keepalive, peer_timeout,
 * nodelay.  The backlog is tcpsock_listen's. */
void tcpsock_apply(int fd, const struct service_conf *sc);

/* listen(2), first or again.  Says once when the kernel cuts the backlog. */
int tcpsock_listen(int fd, const struct service_conf *sc);

/* An integer socket option; fallback where it cannot be had. */
int tcpsock_option(int fd, int level, int name, int fallback);

/* Whether binding to that port needs a privilege: it is below the sysctl
 * net.ipv4.ip_unprivileged_port_start, whose value goes to *start. */
bool tcpsock_privileged(uint16_t port, int *start);

/* Keepalive in whole seconds, such that a silent peer is given up after
 * peer_ms; 0: the kernel's defaults. */
struct tcpsock_keepalive {
	int idle;
	int interval;
	int count;
};
struct tcpsock_keepalive tcpsock_keepalive(int64_t peer_ms);

#endif
