/* SPDX-License-Identifier: ISC */
/*
 * Looks names up.  Only this module asks name services; it runs in the process
 * that looks up, in several threads at once.
 */
#ifndef TINED_NAMES_FIND_H
#define TINED_NAMES_FIND_H

#include "names/names.h"

/* Looks one name up; blocks.  The memory of found is the caller's. */
void find_name(const struct name *name, struct found *found);

#endif
