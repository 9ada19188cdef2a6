/* SPDX-License-Identifier: ISC */
/*
 * Where connections come from.  A closed connection keeps its local port for
 * a while (TIME_WAIT), so one address has ports for some ten thousand; a load
 * on this machine itself is therefore spread over 127.0.0.0/8 when ports would
 * run out, as -b with a network spreads any load.
 */
#include "config.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tine/bench/bench.h"

#define BENCH_NET "127.1.0.0" /* and the 1022 above */
#define BENCH_N   1022
#define IDLE_NET  "127.2.0.0"
#define IDLE_N    65534

/* How many local ports the kernel chooses from. */
static uint64_t
ports(void)
{
	uint64_t low = 32768, high = 60999;
	FILE *f;

	f = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
	if (f == NULL)
		return high - low;
	if (fscanf(f, "%" SCNu64 " %" SCNu64, &low, &high) != 2 || high < low)
		high = low;
	fclose(f);
	return high - low;
}

static void
spread(struct sources *s, const char *net, uint32_t n)
{
	addr_from_ip(net, &s->first);
	s->n = n;
}

static bool
is_loopback(const struct endpoint *ep)
{
	const struct sockaddr_in *sin;

	if (ep->ss.ss_family != AF_INET)
		return false;
	sin = (const struct sockaddr_in *)&ep->ss;
	return ntohl(sin->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

/* All addresses of the network that -b names. */
static const char *
use_network(struct plan *p)
{
	unsigned int bits, host;

	if (p->peer.local.addr.family != p->ep.ss.ss_family)
		return "the address is of another kind";
	bits = p->peer.local.addr.family == AF_INET ? 32 : 128;
	host = bits - p->peer.local.bits;
	p->sources.first = p->peer.local.addr;
	p->sources.n = host >= 24 ? 1U << 24 : 1U << host;
	p->idle_sources = p->sources;
	return NULL;
}

const char *
sources_choose(struct plan *p)
{
	uint64_t needed;

	if (p->peer.bound)
		return use_network(p);
	if (!is_loopback(&p->ep))
		return NULL;
	if (p->requests == 0)
		needed = p->connections;
	else if (p->total == 0)
		needed = UINT64_MAX;
	else
		needed = p->total / p->requests + p->connections;
	if (needed >= ports() / 2)
		spread(&p->sources, BENCH_NET, BENCH_N);
	if (p->idle >= ports() / 2)
		spread(&p->idle_sources, IDLE_NET, IDLE_N);
	return NULL;
}

int
sources_bind(const struct sources *s, int fd, uint64_t n)
{
	struct addr a = s->first;
	struct sockaddr_storage ss;
	uint32_t low;
	uint8_t *last;
	socklen_t len;
	int on = 1;

	last = &a.ip[a.family == AF_INET ? 0 : 12];
	memcpy(&low, last, sizeof(low));
	low = htonl(ntohl(low) + (uint32_t)(n % s->n));
	memcpy(last, &low, sizeof(low));
	/* the port is chosen by connect, which knows the other end */
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	len = addr_to_sockaddr(&a, &ss);
	return bind(fd, (struct sockaddr *)&ss, len);
}
