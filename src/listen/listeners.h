/* SPDX-License-Identifier: ISC */
/*
 * The listeners of all services.
 */
#ifndef TINED_LISTEN_LISTENERS_H
#define TINED_LISTEN_LISTENERS_H

#include "listen/listener.h"

/*
 * Opens the listeners of a whole configuration: non-blocking, CLOEXEC, with
 * the socket options of their service.
 *
 * What is open already is not opened again.  Each address is looked up among the
 * listeners of its own service, then among all others whose service changes or
 * goes; a listener found there is moved to out, its options unchanged until
 * listener_apply.  A port 0 is the same port as long as its text is the same; a
 * configuration that names the port that a port 0 has become gets it.  Listeners
 * that are no longer configured stay in own, for the caller to close once
 * nothing can be undone any more.
 *
 * Two addresses of the new configuration that overlap are refused, naming
 * both.  One that overlaps an address of the running configuration alone (`*:7`,
 * 127.0.0.1:7) is bound beside it and waits for listeners_listen; and what is
 * left in own and covered by a wider address of the new configuration goes to
 * that address's service, since closing it would reset connections.
 *
 * Names are looked up in a forked child, 10 s at most each; an address in use
 * is tried again for 1 s in all if wait is true (at the start; a reload must not
 * delay main).  Warnings (an address of a host name that the machine does not
 * have) go to the log.  Of a host name with port 0 the first address decides the
 * port; the others take the same one where it is free, else one of their own.
 *
 * 0, or -1 with err: then every list is as it was, in any order.
 */
int listeners_open(struct listener_request *v, size_t n, bool wait,
    struct failure *err);

/* Undoes listeners_open for one out: listeners from another list go back there,
 * the others are closed. */
void listeners_undo(struct listener_list *list);

/* Makes it final: listeners_undo is no longer possible. */
void listeners_settle(struct listener_list *list);

/* Calls listen(2) for those that wait.  0, or -1 with err. */
int listeners_listen(struct listener_list *list, const struct service_conf *sc,
    struct failure *err);

/* Takes SO_REUSEPORT away from them: none is to be bound beside them now. */
void listeners_unshare(struct listener_list *list);

/* Whether one of them has connections in its backlog. */
bool listeners_queued(const struct listener_list *list);

/* Closes all of them, see listener_close. */
void listeners_close(struct listener_list *list);

/* Sets the options that a reload may have changed on an open listener.  Changes
 * that an open one cannot take (v6only, freebind) are logged as a warning. */
void listener_apply(const struct listener *l, const struct service_conf *sc);

/* Closes and frees it; removes a Unix path that it still owns, and the lock
 * file beside it, unless it was inherited. */
void listener_close(struct listener *l);

#endif
