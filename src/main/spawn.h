/* SPDX-License-Identifier: ISC */
/*
 * Starting an acceptor: fork, descriptors in the places that ipc/settings.h
 * names, exec of the descriptor that main opened at its own start.
 */
#ifndef TINED_MAIN_SPAWN_H
#define TINED_MAIN_SPAWN_H

#include <sys/types.h>

#include "main/served.h"

/* Opens the acceptor's executable: beside tined in the build tree, else in
 * LIBEXECDIR.  Its descriptor, or -1 with errno and *path. */
int spawn_open(const char **path);

/* Raises main's limit of descriptors to the hard one: the logger holds one for
 * each program, a service one for each listener.  Acceptors, whose programs
 * inherit the limit, get the one that main was started with. */
void spawn_raise_nofile(void);

/* Starts one with these settings and its end of the control socket.  Its pid, or
 * -1 with errno. */
pid_t spawn_acceptor(int acceptor_fd, const struct served *s,
    const struct generation *g, int settings, int control);

#endif
