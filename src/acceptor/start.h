/* SPDX-License-Identifier: ISC */
/*
 * Starts a session for a connection that was admitted.
 */
#ifndef TINED_ACCEPTOR_START_H
#define TINED_ACCEPTOR_START_H

#include "acceptor/acceptor.h"

/* A pending connection: accepted, without a session yet. */
struct pending {
	unsigned int listener;
	int fd;
	int64_t now;    /* clock_ms of accept */
	int64_t now_us; /* clock_us of accept */
	struct addr peer;
	struct addr source; /* masked, as counted by the limits */
	uint32_t nth;       /* number of its source's sessions */
	/* What the limits have counted: a token, one of `instances`, source. */
	bool token, instance, counted;
};

/*
 * Takes a slot, then forks, so that the entry of a child that ends at once
 * exists.  0, and fd is taken over; or -1 with errno: fd, and what the limits
 * have counted, stay the caller's.
 */
int start_session(struct acceptor *a, const struct pending *c);

#endif
