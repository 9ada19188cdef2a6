/* SPDX-License-Identifier: ISC */
/*
 * The steps of listeners_open: the listeners that are wanted are put in the out
 * of their requests, not open yet (inet.c); open ones that match take their
 * places (taking.c); overlaps are found (sharing.c); the rest is opened.
 * Invariant: a listener that was taken from another list knows that list (home),
 * so that listeners_undo of every out undoes all of it.
 */
#ifndef TINED_LISTEN_OPENING_H
#define TINED_LISTEN_OPENING_H

#include "listen/listener.h"

struct opening {
	struct listener_request *v; /* of all services, n of them */
	size_t n;
	struct failure *err;
	bool may_wait; /* at the start; a reload must not delay main */
	int64_t until; /* end of retries; 0: none yet */
	int64_t pause; /* the last one, ms; 0: none yet */
};

/* A listener that is wanted, for that item of r's addresses, appended to r's
 * out; NULL with err. */
struct listener *opening_want(struct opening *o,
    const struct listener_request *r, size_t item, const struct addr *asked);

/* Waits before another attempt at an address in use.  False if the time for
 * that, 1 s in all, is over, or there was none. */
bool opening_retry(struct opening *o);

/* Appends what is wanted for a host and a port, a listener for each address of
 * the host.  0, or -1 with err. */
int inet_want(struct opening *o, const struct listener_request *r, size_t item,
    const struct addr_text *at);

/* Opens all addresses of the item that *l is the first of, and moves *l on to
 * the next item.  0, or -1 with err. */
int inet_open(struct opening *o, const struct listener_request *r,
    struct listener **l);

/* Puts open listeners, and inherited ones, in the places of those that want
 * them.  0, or -1 with err. */
int taking_all(struct opening *o);

/* 0, or -1 with err where two of the new configuration overlap. */
int sharing_check(struct opening *o);

/*
 * Allows l, of r, to be bound beside listeners of the running configuration.  0,
 * and l->waits where there are any; or -1 with err.
 */
int sharing_allow(struct opening *o, const struct listener_request *r,
    struct listener *l);

/* Gives listeners that are left, and covered by a new one, to its service. */
void sharing_absorb(struct opening *o);

#endif
