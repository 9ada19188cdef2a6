/* SPDX-License-Identifier: ISC */
/*
 * Capabilities, capabilities(7), by system calls alone.  Sets are masks of
 * 1 << CAP_...
 */
#ifndef TINED_SANDBOX_CAPABILITY_H
#define TINED_SANDBOX_CAPABILITY_H

#include <stdbool.h>
#include <stdint.h>

/* Whether the process has capability cap in effect; -1 with errno. */
int capability_has(unsigned int cap);

/*
 * Before the user changes: drops all but keep from the bounding set and switches
 * the rights of uid 0 off for good.  Does nothing without CAP_SETPCAP: then
 * no_new_privs alone must do.  0, or -1 with errno (EINVAL: keep has one that
 * the kernel does not know).
 */
int capability_bound(uint64_t keep);

/* Keeps the permitted set when the user changes, until capability_set. */
int capability_hold(void);

/*
 * Sets the effective, permitted, inheritable and ambient sets to keep, so that
 * an executed program has it, and reads them back.  0, or -1 with errno (EPERM:
 * keep has one that the process does not have).
 */
int capability_set(uint64_t keep);

#endif
