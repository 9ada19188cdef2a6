/* SPDX-License-Identifier: ISC */
/*
 * Giving up privileges, for every process of tined that does so.
 */
#ifndef TINED_SANDBOX_PRIVS_H
#define TINED_SANDBOX_PRIVS_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The user and the groups that a process changes to. */
struct privs {
	uid_t uid;
	gid_t gid;
	const gid_t *groups; /* supplementary ones, ngroups of them */
	size_t ngroups;
	uint64_t keep; /* capabilities that it keeps, 1 << CAP_... */
};

/*
 * Sets groups, group and user for good, and reads them back.  0, or -1 with
 * errno and *noun the call that failed (errno EPERM where it seemed to work
 * and did not).
 */
int privs_take(const struct privs *p, const char **noun);

/*
 * Tries to become root again, as user and as group; 0 when that fails as it
 * must, -1 with errno EPERM and *noun when it does not.  Does nothing for a
 * process that is root, or keeps the capability to change its ids.
 */
int privs_prove(const struct privs *p, const char **noun);

/*
 * Whether the supplementary groups of the process are those of p; loosely: the
 * group itself may be among them or not.
 */
bool privs_has_groups(const struct privs *p, bool loosely);

/* Sets no_new_privs, prctl(2), and reads it back.  0, or -1 with errno. */
int privs_no_new(void);

/*
 * Keeps other processes of this user from reading or writing this one's memory
 * and from taking its descriptors, ptrace(2).  Changing the ids and execve(2)
 * undo it.  0, or -1 with errno.
 */
int privs_hide_memory(void);

#endif
