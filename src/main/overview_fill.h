/* SPDX-License-Identifier: ISC */
/*
 * What main knows of its services, in the form of the overview.
 */
#ifndef TINED_MAIN_OVERVIEW_FILL_H
#define TINED_MAIN_OVERVIEW_FILL_H

#include "main/tined.h"

/* All of it, its size in *size, but for the sequence count.  NULL with errno; to be
 * freed by the caller. */
struct overview_head *overview_compose(const struct tined *t, size_t *size);

#endif
