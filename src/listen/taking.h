/* SPDX-License-Identifier: ISC */
/*
 * Which open listeners the new configuration takes over.
 */
#ifndef TINED_LISTEN_TAKING_H
#define TINED_LISTEN_TAKING_H

#include "listen/opening.h"

/* Moves open listeners to the wants that they match; the other wants get new
 * ones, not open yet (inherited ones: open).  0, or -1 with err. */
int taking_all(struct opening *o);

#endif
