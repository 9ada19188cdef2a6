/* SPDX-License-Identifier: ISC */
/*
 * What the tests of overlapping addresses share: an old service, and a new one
 * that asks for the same port.
 */
#ifndef TINED_TESTS_LISTEN_BESIDE_H
#define TINED_TESTS_LISTEN_BESIDE_H

#include "listen/fixture.h"

extern struct listener_list old_now, new_now, beside_next;
extern struct listener_request
    beside_request[2]; /* of the old and of the new one */
extern struct service_conf *beside_conf;
extern struct failure beside_err;
extern struct listener *old; /* what the old service has */

/* The checked fixture. */
void beside_set_up(void);
void beside_tear_down(void);

/* The old service has a port of that host. */
void beside_hold(const char *host);

/* The new one asks for the same port of a host. */
int ask(const char *host);

/* Both. */
int follow(const char *host, const char *by);

/* What is asked for is had, and cannot be undone. */
void take_over(void);

#endif
