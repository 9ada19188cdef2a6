/*
 * Starting an acceptor: fork, descriptors in the places that the settings's header
 * names, exec of the descriptor that main opened at its own start.
 */
#ifndef TINED_MAIN_SPAWN_H
#define TINED_MAIN_SPAWN_H

#include <sys/types.h>

#include "main/served.h"

struct spawn {
	int settings;
	int control; /* the acceptor's end */
};

/* Main has as many descriptors as there may be: the logger holds one for each
 * program, a service one for each listener.  Acceptors, whose programs inherit
 * the limit, begin with the one that main was started with. */
void spawn_raise_nofile(void);

/* The pid, or -1 with errno. */
pid_t spawn_acceptor(int acceptor_fd, const struct served *s,
    const struct generation *g, const struct spawn *own);

#endif
