/* SPDX-License-Identifier: ISC */
/*
 * A session that executes the configured program, as inetd does.
 */
#ifndef TINED_ACCEPTOR_PROGRAM_H
#define TINED_ACCEPTOR_PROGRAM_H

#include "acceptor/acceptor.h"

/*
 * Makes argv, the environment and the child's stack, once. 0, or -1 with
 * errno.
 */
int program_init(struct acceptor *a);

/*
 * Executes the program on fd in a new child with a process group of its own.
 * Returns its pid, or -1 with errno.  After a failed execve slot->error is its
 * errno: the child ends by itself, and the connection is still the caller's.
 */
pid_t program_start(struct acceptor *a, struct scoreboard_slot *slot, int fd);

/*
 * Writes the connection's environment variables in front of the service's and
 * returns the whole environment; valid until the next call.  They are UCSPI's
 * (https://cr.yp.to/proto/ucspi.txt), CGI's (RFC 3875) and tined's own.  A peer
 * controls nothing in them but its numeric address.  Calls session_local.
 */
char **program_environment(struct acceptor *a, struct scoreboard_slot *slot,
    int fd);

#endif
