/* SPDX-License-Identifier: ISC */
/*
 * A histogram as a picture in text: a row for each step of a logarithmic scale
 * of time, a bar for the share of values in it.
 */
#ifndef TINED_TINE_PICTURE_H
#define TINED_TINE_PICTURE_H

#include <stdio.h>

#include "tine/hist.h"
#include "tine/term.h"

/* Draws at most 20 rows or so, as wide as the terminal. */
void picture_draw(FILE *f, const struct hist *h, const struct term *t);

#endif
