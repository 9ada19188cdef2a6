/* SPDX-License-Identifier: ISC */
/*
 * Landlock, landlock(7): rights on files, TCP ports and other processes, taken
 * from this process and all that it starts.  abi is kernel_landlock()'s; what
 * it does not have is left out.  no_new_privs must be set.
 */
#ifndef TINED_ACCEPTOR_LANDLOCK_H
#define TINED_ACCEPTOR_LANDLOCK_H

#include <stdbool.h>

#include "ipc/settings.h"

/*
 * No right at all: what a built-in service has is open already.  files false:
 * files are left alone, for instrumented builds.  0, or -1 with errno.
 */
int landlock_nothing(int abi, bool files);

/*
 * A program's in the strict sandbox: every file can be read and executed;
 * written are those below `writable` and `directory` (unless it is "/"), the
 * harmless devices, and /tmp where tmp says that it is private.  No TCP port
 * can be bound or connected to.  0, or -1 with errno and *noun the thing that
 * failed: a path or "landlock".  *ruleset is for landlock_session, the
 * caller's to close; -1 where there is none.
 */
int landlock_program(const struct settings *s, int abi, bool tmp, int *ruleset,
    const char **noun);

/*
 * The same once more, for one session: a domain of its own, which shuts it off
 * from the other sessions.  A process may trace, signal, and read the memory of
 * those in its own domain and below, ptrace(2) and landlock(7).  0, or -1 with
 * errno.
 */
int landlock_session(int ruleset);

#endif
