/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tine/bench/local.h"

#define HOST_BITS_MAX 24

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

static bool
is_loopback(const struct endpoint *ep)
{
	const struct sockaddr_in *sin;

	if (ep->ss.ss_family != AF_INET)
		return false;
	sin = (const struct sockaddr_in *)&ep->ss;
	return ntohl(sin->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

static void
take(struct local *l, const struct cidr *network)
{
	unsigned int bits = network->addr.family == AF_INET ? 32 : 128;
	unsigned int host = bits - network->bits;

	l->first = network->addr;
	l->n = UINT32_C(1) << (host > HOST_BITS_MAX ? HOST_BITS_MAX : host);
}

const char *
local_choose(struct local *l, const struct endpoint *to,
    const struct cidr *bound, uint64_t connections, const char *loopback)
{
	struct cidr network;

	l->n = 0;
	if (bound != NULL) {
		if (bound->addr.family != to->ss.ss_family)
			return "not of the address family of the peer";
		take(l, bound);
	} else if (is_loopback(to) && connections >= ports() / 2 &&
	    cidr_parse(loopback, &network) == NULL)
		take(l, &network);
	return NULL;
}

struct addr
local_address(const struct local *l, uint64_t i)
{
	struct addr a = l->first;
	uint8_t *last = &a.ip[a.family == AF_INET ? 0 : 12];
	uint32_t low;

	memcpy(&low, last, sizeof(low));
	low = htonl(ntohl(low) + (uint32_t)(i % l->n));
	memcpy(last, &low, sizeof(low));
	return a;
}
