/*
 * A listeners_open under way, shared by the files that do its steps: what is
 * wanted (listeners.c, inet.c), what of it is open already (taking.c), what
 * overlaps (sharing.c), and opening the rest.  Invariant: what a want has
 * become is in its list alone, and what was taken from elsewhere knows its
 * home, so that all of it can be undone.
 */
#ifndef TINED_LISTEN_OPENING_H
#define TINED_LISTEN_OPENING_H

#include "listen/listener.h"

/* One address of one service. */
struct want {
	TAILQ_ENTRY(want) entry;
	struct listener_request *r; /* whose it is */
	const char *text;           /* the item of its list */
	size_t item; /* which one: a name has several addresses */
	enum addr_kind kind;
	bool every;               /* `*`: IPv4 will do where there is no IPv6 */
	struct addr asked;        /* AF_UNIX: of a path, or inherited */
	char name[ADDR_HOST_MAX]; /* the path, or the inherited name */
	struct listener_list got; /* what it has become; inherited: several */
};

TAILQ_HEAD(want_list, want);

struct opening {
	struct listener_request *v; /* of all services, n of them */
	size_t n;
	struct want_list wants; /* in the order of services and items */
	struct listener_error *err;
	bool may_wait; /* at the start: a reload must not hold main up */
	int64_t until; /* no more retries then; 0: none yet */
	int64_t pause;
};

/* A new want, appended; NULL with err. */
struct want *opening_want(struct opening *o, struct listener_request *r,
    size_t item);

/* Waits a little for an address in use.  False when the time for that, 1 s in
 * all, is up; or there was none. */
bool opening_retry(struct opening *o);

/* Fills in err when errno says that something else than an address is in
 * short supply; -1. */
int opening_failed(struct opening *o, const struct want *w);

#endif
