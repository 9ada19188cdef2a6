/* SPDX-License-Identifier: ISC */
/*
 * Listeners that another process made, by their name in LISTEN_FDNAMES.  They
 * stay open whether or not a service uses them, for later reloads; a service
 * gets duplicates.
 */
#ifndef TINED_LISTEN_INHERITED_H
#define TINED_LISTEN_INHERITED_H

#include "listen/listener.h"

/*
 * Takes the descriptors of LISTEN_FDS and LISTEN_FDNAMES over, once, at start;
 * unsets the variables.  Call before any fork: LISTEN_PID names one process.  0,
 * or -1 with err (one that is not a listening stream socket).
 */
int inherited_init(struct failure *err);

/* Puts a listener for each descriptor of the name that want asks for before it in
 * its list.  Their number, or -1 with errno: then some may be there. */
int inherited_open(struct listener *want);

#endif
