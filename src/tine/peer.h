/* SPDX-License-Identifier: ISC */
/*
 * The address operand of a command with the options that belong to it: its
 * look-up, the connection, and the message about what failed.
 */
#ifndef TINED_TINE_PEER_H
#define TINED_TINE_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "tine/cli.h"
#include "tine/target.h"

struct peer {
	const char *text; /* the address as given */
	int family;       /* AF_UNSPEC, or that of -4 or -6 */
	bool bound;       /* -b was given */
	struct cidr local;
	int64_t timeout; /* ns */
	struct target target;
};

/* The options -4 and -6, which are the same in each command. */
#define PEER_FAMILY(member)                                                    \
	{ '4', "ipv4", NULL, "use IPv4 only", peer_ipv4, member },             \
	{                                                                      \
		'6', "ipv6", NULL, "use IPv6 only", peer_ipv6, member          \
	}

/* What the options set, the member being the struct peer; see cli.h. */
const char *peer_ipv4(const char *arg, void *member);
const char *peer_ipv6(const char *arg, void *member);
const char *peer_local(const char *arg, void *member);   /* -b, an address */
const char *peer_network(const char *arg, void *member); /* or a network */

/* Looks the operand of argv up.  0, or -1 after a message. */
int peer_resolve(struct peer *p, const struct cli_command *c, int argc,
    char **argv);

/* Connects; *took is in ns.  The socket, or -1 after a message. */
int peer_dial(struct peer *p, const struct endpoint **ep, int64_t *took);

#endif
