/* SPDX-License-Identifier: ISC */
/*
 * Whether a process has a Unix socket bound to a file and does not listen yet,
 * which cannot be told by connecting: a dead server's refuses, too.
 */
#ifndef TINED_MAIN_BOUND_H
#define TINED_MAIN_BOUND_H

#include <sys/stat.h>

#include <stdbool.h>

/* The kernel knows sockets by their file, so another one of the same name does
 * not count; but only those of this network namespace.  False where it cannot
 * be asked (sock_diag(7)). */
bool bound_is(const struct stat *st);

#endif
