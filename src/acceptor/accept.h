/* SPDX-License-Identifier: ISC */
/*
 * Accepts connections: those that are admitted get a session, the others are
 * refused without a fork.
 */
#ifndef TINED_ACCEPTOR_ACCEPT_H
#define TINED_ACCEPTOR_ACCEPT_H

#include "acceptor/acceptor.h"

/* Accepts from that listener until its backlog is empty, a limit is reached,
 * or its share of this round of the loop is used. */
void accept_some(struct acceptor *a, unsigned int listener);

#endif
