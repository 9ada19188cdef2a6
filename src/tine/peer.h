/* SPDX-License-Identifier: ISC */
/*
 * What all commands do with their address operand: the options -4, -6, -b
 * and -w, the look-up, the connection, and the line that says what failed.
 */
#ifndef TINED_CLIENT_PEER_H
#define TINED_CLIENT_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "tine/command.h"
#include "tine/target.h"

struct peer {
	const char *text; /* the address as it was written */
	int family;       /* AF_UNSPEC, or what -4 and -6 say */
	bool bound;       /* -b was given */
	struct cidr local;
	int64_t timeout; /* ns */
	struct target target;
};

/* The defaults. */
void peer_init(struct peer *p);

/*
 * Takes -4, -6, -b or -w; false when opt is none of them.  A wrong value is
 * wrong usage and ends the program.
 */
bool peer_option(struct peer *p, const struct command *c, int opt,
    const char *arg);

/* The one operand that is left, looked up.  0, or -1 after saying why. */
int peer_resolve(struct peer *p, const struct command *c, int argc,
    char **argv);

/* Connects; *took is in ns.  The socket, or -1 after saying why. */
int peer_dial(struct peer *p, const struct endpoint **ep, int64_t *took);

#endif
