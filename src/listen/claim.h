/* SPDX-License-Identifier: ISC */
/*
 * A Unix path being taken, and why it cannot be had.
 */
#ifndef TINED_MAIN_CLAIM_H
#define TINED_MAIN_CLAIM_H

#include "listen/unixpath.h"

struct claim {
	struct listener *l;
	const struct service_conf *sc;
	struct listener_error *err;
};

/* It cannot be had: `SERVICE: VERB unix:PATH: WHY`. */
enum unixpath_result claim_fail(const struct claim *t, int exit_code,
    const char *verb, const char *why);

/* It is another's, perhaps not for long. */
enum unixpath_result claim_busy(const struct claim *t, const char *why);

/* A system call's failure, errno. */
enum unixpath_result claim_errno(const struct claim *t, const char *verb);

#endif
