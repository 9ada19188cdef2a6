/* SPDX-License-Identifier: ISC */
/*
 * Landlock, landlock(7): takes rights on files, TCP ports and other processes
 * from this process and all that it starts.  abi is kernel_landlock()'s; rights
 * that it does not know are left out.  no_new_privs must be set.
 */
#ifndef TINED_SANDBOX_LANDLOCK_H
#define TINED_SANDBOX_LANDLOCK_H

#include <stdbool.h>

#include "ipc/settings.h"

/* No rights at all: a built-in service has opened all that it needs.  0, or -1
 * with errno. */
int landlock_nothing(int abi);

/*
 * A program's rights in the strict sandbox: to read and execute every file; to
 * write below `writable` and `directory` (unless it is "/"), to the harmless
 * devices, and to /tmp where tmp says that it is private; to bind or connect no
 * TCP port.  0, or -1 with errno and *noun what failed: a path or "landlock".
 * *ruleset is for landlock_session, the caller's to close; 0: there is none.
 */
int landlock_program(const struct settings *s, int abi, bool tmp, int *ruleset,
    const char **noun);

/*
 * Applies the rules again, for one session: its own domain, which separates it
 * from the other sessions.  A process may trace, signal, and read the memory of
 * processes in its own domain and below, ptrace(2) and landlock(7).  0, or -1
 * with errno.
 */
int landlock_session(int ruleset);

#endif
