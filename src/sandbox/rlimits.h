/* SPDX-License-Identifier: ISC */
/*
 * Hard limits, set so that every session can set its soft limits and its nice
 * value without privileges.
 */
#ifndef TINED_SANDBOX_RLIMITS_H
#define TINED_SANDBOX_RLIMITS_H

#include <sys/resource.h>

#include "ipc/settings.h"

/* The resource of setrlimit(2) of a limit in the settings. */
int rlimits_resource(enum limit_index i);

/* Raises the soft limit of descriptors to the hard one; *before is how it was.
 * 0, or -1 with errno. */
int rlimits_nofile(struct rlimit *before);

/*
 * Raises hard limits to the settings' values, and RLIMIT_NICE where nice is lower
 * than the present value (where that fails the acceptor itself takes the nice
 * value); forbids core files (not with sandbox = off); calls
 * rlimits_nofile(nofile).  0, or -1 with errno and *noun the directive.
 */
int rlimits_prepare(const struct settings *s, struct rlimit *nofile,
    const char **noun);

#endif
