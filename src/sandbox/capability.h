/* SPDX-License-Identifier: ISC */
/*
 * Capabilities, capabilities(7), by system calls alone.  Sets are masks of
 * 1 << CAP_...
 */
#ifndef TINED_ACCEPTOR_CAPABILITY_H
#define TINED_ACCEPTOR_CAPABILITY_H

#include <stdbool.h>
#include <stdint.h>

/* Whether the process has capability cap in effect; -1 with errno. */
int capability_has(unsigned int cap);

/*
 * What must be done while root is still root: takes everything but keep out of
 * the bounding set and switches the rights of uid 0 off for good.  Does
 * nothing without CAP_SETPCAP: then no_new_privs alone must hold.
 * 0, or -1 with errno (EINVAL: keep has one that the kernel does not know).
 */
int capability_bound(uint64_t keep);

/* Keeps what is permitted when the user is changed, until capability_set. */
int capability_hold(void);

/*
 * Makes keep the whole of the effective, permitted, inheritable and ambient
 * sets, so that an executed program has it, and reads them back.  0, or -1
 * with errno (EPERM: keep has one that the process does not have).
 */
int capability_set(uint64_t keep);

#endif
