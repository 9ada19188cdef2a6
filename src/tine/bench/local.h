/* SPDX-License-Identifier: ISC */
/*
 * Local addresses to connect from.  A closed connection keeps its local port
 * for a while (TIME_WAIT), so one address has ports for some ten thousand.  A
 * load on this machine itself is therefore spread over 127.0.0.0/8 when ports
 * would run out, as -b with a network spreads any load.
 */
#ifndef TINED_BENCH_LOCAL_H
#define TINED_BENCH_LOCAL_H

#include <stdint.h>

#include "tine/target.h"

struct local {
	struct addr first;
	uint32_t n; /* addresses in turn; 0: the kernel chooses */
};

/*
 * The addresses of the network bound; where that is NULL, those of loopback,
 * when to is of 127.0.0.0/8 and so many connections need more ports than an
 * address has.  NULL, or the reason why bound cannot be used.
 */
const char *local_choose(struct local *l, const struct endpoint *to,
    const struct cidr *bound, uint64_t connections, const char *loopback);

/* Address number i. */
struct addr local_address(const struct local *l, uint64_t i);

#endif
