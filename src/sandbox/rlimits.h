/* SPDX-License-Identifier: ISC */
/*
 * Hard limits, made such that every session can take its soft limits and its
 * nice value without any privilege.
 */
#ifndef TINED_ACCEPTOR_RLIMITS_H
#define TINED_ACCEPTOR_RLIMITS_H

#include <sys/resource.h>

#include "ipc/settings.h"

/* The resource of setrlimit(2) that a limit of the settings is about. */
int rlimits_resource(enum limit_index i);

/*
 * Raises hard limits below what the settings says, and RLIMIT_NICE where nice is
 * below what we have
 * (where that cannot be raised: the acceptor itself takes its nice value); forbids core files (sandbox = off: leaves them); takes
 * the soft limit of descriptors up to the hard one, and says in *nofile what
 * it was.  0, or -1 with errno and *noun the directive.
 */
int rlimits_prepare(const struct settings *s, struct rlimit *nofile,
    const char **noun);

#endif
