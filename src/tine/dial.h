/* SPDX-License-Identifier: ISC */
/*
 * Connecting to the first endpoint that answers: each gets a head start of
 * 250 ms over the next (RFC 8305, "happy eyeballs").
 */
#ifndef TINED_TINE_DIAL_H
#define TINED_TINE_DIAL_H

#include <signal.h>
#include <stdint.h>

#include "tine/target.h"

#define DIAL_TIMEOUT_NS INT64_C(10000000000)

struct dial {
	const struct target *target;
	const struct addr *local; /* NULL: the kernel's choice */
	int64_t timeout;          /* ns, over all endpoints */
	const sigset_t *mask;     /* while waiting; a signal then ends it */

	/* the result */
	const struct endpoint *peer;
	int64_t took;     /* ns, of the attempt that succeeded */
	const char *step; /* what failed: "socket", "bind", "connect" */
};

/*
 * Returns a connected, non-blocking socket with TCP_NODELAY where it is TCP,
 * or -1 with errno (the last endpoint's;
 * ETIMEDOUT; ECANCELED, only with a mask), d->step and d->peer.
 */
int dial_connect(struct dial *d);

/* Binds a socket to a local address, without a port.  0, or -1 with errno. */
int dial_bind(int fd, const struct addr *local);

#endif
