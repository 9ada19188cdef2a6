/*
 * seccomp profiles: which system calls an acceptor and its sessions may make,
 * as BPF built by libseccomp here in main; an acceptor loads it with one call.
 * The default action is an errno, never kill: ENOSYS for what a libc falls
 * back from (clone3, openat2, fchmodat2, numbers the filter does not know),
 * EPERM for the rest.
 */
#ifndef TINED_MAIN_PROFILE_H
#define TINED_MAIN_PROFILE_H

#include <linux/filter.h>

#include <stddef.h>

enum profile {
	PROFILE_BUILTIN,        /* allow-list of acceptor and built-ins */
	PROFILE_BUILTIN_WIDE,   /* the same for a dynamic acceptor with
				    sanitizers or valgrind */
	PROFILE_BASIC,          /* deny-list for programs */
	PROFILE_STRICT,         /* allow-list for programs */
	PROFILE_STRICT_WRITABLE /* the same for those that may write files */
};

#define PROFILES (PROFILE_STRICT_WRITABLE + 1)

/*
 * Builds the filter: *n instructions (malloc'd array, the caller's), or NULL
 * with errno.
 */
struct sock_filter *profile_build(enum profile p, size_t *n);

/* Whether this build has libseccomp; 0: profile_build fails with ENOSYS. */
int profile_available(void);

#endif
