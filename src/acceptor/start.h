/*
 * Starting a session for a connection that may enter.
 */
#ifndef TINED_ACCEPTOR_START_H
#define TINED_ACCEPTOR_START_H

#include "acceptor/acceptor.h"

/* A connection that was accepted and is not yet anybody's. */
struct arrival {
	unsigned int door;
	int fd;
	int64_t now; /* clock_ms */
	struct addr peer;
	struct addr source; /* masked: what the limits have counted */
	uint32_t nth;       /* of its source */
};

/*
 * Takes a slot, then forks: a child that dies at once finds its entry.  0, and
 * fd is taken; or -1 with errno, everything that was counted is given back and
 * fd stays the caller's.
 */
int start_session(struct acceptor *a, const struct arrival *c);

#endif
