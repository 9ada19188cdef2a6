/* SPDX-License-Identifier: ISC */
/*
 * TCP sockets: tcp(7), ip(7), ipv6(7), socket(7).
 */
#include "config.h"

#include <sys/param.h>
#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "listen/tcpsock.h"
#include "logger/log.h"

#define KEEPALIVE_PROBES   5
#define KEEPALIVE_TIME_MAX 32767 /* MAX_TCP_KEEPIDLE, MAX_TCP_KEEPINTVL */

static int
sysctl_int(const char *path, int fallback)
{
	FILE *f;
	int n;

	f = fopen(path, "re");
	if (f == NULL)
		return fallback;
	if (fscanf(f, "%d", &n) != 1)
		n = fallback;
	fclose(f);
	return n;
}

bool
tcpsock_privileged(uint16_t port, int *start)
{
	*start = sysctl_int("/proc/sys/net/ipv4/ip_unprivileged_port_start",
	    IPPORT_RESERVED);
	return port != 0 && port < *start;
}

int
tcpsock_option(int fd, int level, int name, int fallback)
{
	socklen_t len = sizeof(int);
	int value;

	if (getsockopt(fd, level, name, &value, &len) == -1)
		return fallback;
	return value;
}

static int
set(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value));
}

/*
 * The first probe is sent after half of the time, and the reply to the last
 * one is awaited until its end: idle + count * interval is the time, in whole
 * seconds.
 */
struct tcpsock_keepalive
tcpsock_keepalive(int64_t peer_ms)
{
	const int seconds = (int)MIN(peer_ms / 1000, KEEPALIVE_TIME_MAX);
	/* tcp(7)'s tcp_keepalive_time, _intvl and _probes */
	struct tcpsock_keepalive k = { 7200, 75, 9 };

	if (peer_ms <= 0)
		return k;
	k.interval = MAX(seconds / (2 * KEEPALIVE_PROBES), 1);
	k.count = MAX(MIN(seconds - 1, KEEPALIVE_PROBES), 1);
	k.idle = MAX(seconds - k.count * k.interval, 1);
	return k;
}

/* None of these fails on a TCP socket, and no error would matter. */
void
tcpsock_apply(int fd, const struct service_conf *sc)
{
	/* Detects dead peers also without idle_timeout: a client that is
	 * alive acknowledges probes, however slow it is. */
	int64_t silent = sc->peer_ms != 0 ? sc->peer_ms : sc->idle_ms;
	const struct tcpsock_keepalive k = tcpsock_keepalive(silent);
	int peer = (int)MIN(sc->peer_ms, INT_MAX);

	(void)set(fd, SOL_SOCKET, SO_KEEPALIVE, sc->keepalive);
	(void)set(fd, IPPROTO_TCP, TCP_KEEPIDLE, k.idle);
	(void)set(fd, IPPROTO_TCP, TCP_KEEPINTVL, k.interval);
	(void)set(fd, IPPROTO_TCP, TCP_KEEPCNT, k.count);
	(void)set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, peer);
	(void)set(fd, IPPROTO_TCP, TCP_NODELAY, sc->nodelay);
}

int
tcpsock_listen(int fd, const struct service_conf *sc)
{
	static bool warned;
	int backlog = (int)MIN(sc->backlog, INT_MAX);
	int most = sysctl_int("/proc/sys/net/core/somaxconn", INT_MAX);

	if (backlog > most && !warned) {
		log_message(LEVEL_WARNING,
		    "%s: the kernel reduces backlog %d to %d, "
		    "net.core.somaxconn",
		    sc->name, backlog, most);
		warned = true;
	}
	return listen(fd, backlog);
}

static int
bind_to(int fd, const struct addr *a, const struct service_conf *sc)
{
	struct sockaddr_storage ss;
	socklen_t len;

	if (set(fd, SOL_SOCKET, SO_REUSEADDR, 1) == -1)
		return -1;
	if (a->family == AF_INET6 &&
	    set(fd, IPPROTO_IPV6, IPV6_V6ONLY, sc->v6only) == -1)
		return -1;
	/* Also for IPv6 sockets: ip(7). */
	if (sc->freebind && set(fd, IPPROTO_IP, IP_FREEBIND, 1) == -1)
		return -1;
	len = addr_to_sockaddr(a, &ss);
	return bind(fd, (struct sockaddr *)&ss, len);
}

int
tcpsock_open(const struct addr *a, const struct service_conf *sc, bool beside)
{
	int fd;

	fd = socket(a->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	if ((!beside || tcpsock_share(fd, true) == 0) &&
	    bind_to(fd, a, sc) == 0) {
		tcpsock_apply(fd, sc);
		if (beside || tcpsock_listen(fd, sc) == 0)
			return fd;
	}
	io_close(fd);
	return -1;
}

int
tcpsock_share(int fd, bool on)
{
	return set(fd, SOL_SOCKET, SO_REUSEPORT, on);
}

/* For a listener tcpi_unacked is the length of its backlog, and tcpi_sacked its
 * limit. */
unsigned int
tcpsock_queue(int fd, unsigned int *limit)
{
	struct tcp_info info = { .tcpi_unacked = 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == -1)
		info.tcpi_unacked = info.tcpi_sacked = 0;
	if (limit != NULL)
		*limit = info.tcpi_sacked;
	return info.tcpi_unacked;
}
