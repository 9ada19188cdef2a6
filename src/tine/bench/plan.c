/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "tine/bench/plan.h"
#include "tine/cli.h"
#include "tine/units.h"

#define TIMEOUT     (5 * NS_PER_S)
#define DURATION    (10 * NS_PER_S)
#define CONNECTIONS 32
#define SIZE        64

#define LOOPBACK      "127.1.0.0/22" /* for the connections of the load */
#define LOOPBACK_IDLE "127.2.0.0/16" /* and for the idle ones */

static void check(struct plan *p);

void
plan_parse(int argc, char **argv, struct plan *p)
{
	memset(p, 0, sizeof(*p));
	p->peer.timeout = TIMEOUT;
	p->connections = CONNECTIONS;
	p->requests = 1;
	p->size = SIZE;
	p->threads = 1;
	cli_parse(&command_bench, argc, argv, p);
	check(p);
}

static void
check(struct plan *p)
{
	const struct cli_command *c = &command_bench;

	if (p->total == 0 && p->duration == 0)
		p->duration = DURATION;
	if (p->connections == 0 && p->idle == 0)
		cli_usage(c, "-c 0 needs idle connections, -H");
	if (p->connections == 0 && p->duration == 0)
		cli_usage(c, "-c 0 needs a duration, -d");
	if (p->threads == 0 || p->threads > PLAN_THREADS_MAX)
		cli_usage(c, "-j: from 1 to %d", PLAN_THREADS_MAX);
	if (p->threads > p->connections && p->connections > 0)
		p->threads = p->connections;
	/* with these the response, or nothing, ends the connection */
	if (p->until_eof || (p->line == NULL && p->size == 0))
		p->requests = 1;
}

int
plan_choose(struct plan *p)
{
	const struct endpoint *ep = &p->peer.target.ep[0];
	int fd;

	if (p->peer.target.n > 1) {
		if ((fd = peer_dial(&p->peer, &ep, NULL)) == -1)
			return -1;
		close(fd);
	}
	p->ep = *ep;
	return 0;
}

const char *
plan_local(struct plan *p)
{
	const struct cidr *bound = p->peer.bound ? &p->peer.local : NULL;
	const char *why;
	uint64_t needed;

	if (p->requests == 0)
		needed = p->connections;
	else if (p->total == 0)
		needed = UINT64_MAX;
	else
		needed = p->total / p->requests + p->connections;
	why = local_choose(&p->local, &p->ep, bound, needed, LOOPBACK);
	if (why != NULL)
		return why;
	return local_choose(&p->idle_local, &p->ep, bound, p->idle,
	    LOOPBACK_IDLE);
}
