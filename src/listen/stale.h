/* SPDX-License-Identifier: ISC */
/*
 * What a dead server left: a socket on a path, to which nobody listens.
 */
#ifndef TINED_MAIN_STALE_H
#define TINED_MAIN_STALE_H

#include "listen/claim.h"

/* Removes it.  UNIXPATH_OPEN: the path is free; else what is there stays. */
enum unixpath_result stale_clear(const struct claim *t);

#endif
