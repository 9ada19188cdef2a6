/* SPDX-License-Identifier: ISC */
/*
 * A listeners_open in progress: wants (listeners.c, inet.c), open listeners
 * that match (taking.c), overlaps (sharing.c), and opening the rest.
 * Invariant: the listeners of a want are in its list alone, and one that was
 * taken from another list knows that list (home), so that all of it can be
 * undone.
 */
#ifndef TINED_LISTEN_OPENING_H
#define TINED_LISTEN_OPENING_H

#include "listen/listener.h"

/* One address of one service. */
struct want {
	TAILQ_ENTRY(want) entry;
	struct listener_request *r; /* its service */
	const char *text;           /* the item of its list */
	size_t item;                /* index: a name has several addresses */
	enum addr_kind kind;
	bool every;               /* `*`: IPv4 alone will do without IPv6 */
	struct addr asked;        /* AF_UNIX: of a path, or inherited */
	char name[ADDR_HOST_MAX]; /* the path, or the inherited name */
	struct listener_list got; /* its listeners; inherited: several */
};

TAILQ_HEAD(want_list, want);

struct opening {
	struct listener_request *v; /* of all services, n of them */
	size_t n;
	struct want_list wants; /* in the order of services and items */
	struct listener_error *err;
	bool may_wait; /* at the start; a reload must not delay main */
	int64_t until; /* end of retries; 0: none yet */
	int64_t pause;
};

/* A new want, appended; NULL with err. */
struct want *opening_want(struct opening *o, struct listener_request *r,
    size_t item);

/* Waits before another attempt at an address in use.  False if the time for
 * that, 1 s in all, is over, or there was none. */
bool opening_retry(struct opening *o);

/* Fills in err from errno, for errors that do not concern an address; -1. */
int opening_failed(struct opening *o, const struct want *w);

#endif
