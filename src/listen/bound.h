/* SPDX-License-Identifier: ISC */
/*
 * Whether a process has bound a Unix socket to a file without listening yet.
 * Connecting does not tell: the socket of a dead server refuses as well.
 */
#ifndef TINED_LISTEN_BOUND_H
#define TINED_LISTEN_BOUND_H

#include <sys/stat.h>

#include <stdbool.h>

/*
 * The kernel identifies sockets by their inode, so another file of the same
 * name does not count; but only sockets of this network namespace.  False
 * where it cannot be asked (sock_diag(7)).
 */
bool bound_is(const struct stat *st);

#endif
