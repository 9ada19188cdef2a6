/* SPDX-License-Identifier: ISC */
/*
 * Going to the background: the command returns only when the daemon is ready,
 * with its exit status when it is not.
 */
#ifndef TINED_MAIN_DAEMONIZE_H
#define TINED_MAIN_DAEMONIZE_H

#include <stdbool.h>

/*
 * Forks.  The parent waits until the child is ready or has ended, and exits with
 * its status.  The child returns, in a session of its own, a descriptor for
 * daemonize_ready; -1 with errno where fork failed.
 */
int daemonize(void);

/* Ready: standard input and output become /dev/null, and standard error unless
 * the log goes there; the parent's command returns 0. */
void daemonize_ready(int fd, bool keep_stderr);

#endif
