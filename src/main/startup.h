/* SPDX-License-Identifier: ISC */
/*
 * Main's start, as a list of steps: read, open, start, wait, say ready; and its
 * end.
 */
#ifndef TINED_MAIN_STARTUP_H
#define TINED_MAIN_STARTUP_H

#include "main/options.h"

/*
 * Starts everything o asks for and serves until stopped.  Returns the exit
 * status; a failure before ready is one line on standard error.
 */
int startup(const struct options *o);

#endif
