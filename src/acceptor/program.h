/*
 * A session that becomes the configured program: inetd's way, one exec.
 */
#ifndef TINED_ACCEPTOR_PROGRAM_H
#define TINED_ACCEPTOR_PROGRAM_H

#include "acceptor/acceptor.h"

/*
 * Lays out argv, the environment and the child's stack, once.  0, or -1 with
 * errno.
 */
int program_init(struct acceptor *a);

/*
 * Executes the program on fd in a new child with a process group of its own.
 * Returns its pid, or -1 with errno.  When execve failed slot->error says why:
 * the child is already ending and the connection is still the caller's.
 */
pid_t program_start(struct acceptor *a, struct scoreboard_slot *slot, int fd);

#endif
