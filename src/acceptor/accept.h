/*
 * Taking connections from a listener: who may enter is served by a fork, who
 * may not is refused without one.
 */
#ifndef TINED_ACCEPTOR_ACCEPT_H
#define TINED_ACCEPTOR_ACCEPT_H

#include "acceptor/acceptor.h"

/* Accepts from door until its queue is empty, a limit is reached, or a fair
 * share of the loop is used. */
void accept_some(struct acceptor *a, unsigned int door);

#endif
