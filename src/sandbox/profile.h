/* SPDX-License-Identifier: ISC */
/*
 * seccomp profiles: which system calls an acceptor and its sessions may make,
 * as BPF that main builds with libseccomp; an acceptor loads it with one call.
 * A refused call fails, it does not kill: with ENOSYS where libcs have a
 * fallback (clone3, openat2, fchmodat2, numbers that the filter does not know),
 * else with EPERM.
 */
#ifndef TINED_SANDBOX_PROFILE_H
#define TINED_SANDBOX_PROFILE_H

#include <linux/filter.h>

#include <stdbool.h>
#include <stddef.h>

#include "ipc/settings.h"

enum profile {
	PROFILE_NONE,
	PROFILE_BUILTIN,        /* allow-list of acceptor and built-ins */
	PROFILE_BASIC,          /* deny-list for programs */
	PROFILE_STRICT,         /* allow-list for programs */
	PROFILE_STRICT_WRITABLE /* the same for those that may write files */
};

#define PROFILES (PROFILE_STRICT_WRITABLE + 1)

/* The profile of a built-in or of a program in that sandbox, which may write
 * files or not. */
enum profile profile_choose(bool builtin, enum sandbox sandbox, bool writes);

/* The filter: *n instructions, in static memory; NULL with errno. */
const struct sock_filter *profile_build(enum profile p, size_t *n);

/* Whether this build has libseccomp; 0: profile_build fails with ENOSYS. */
int profile_available(void);

#endif
