/*
 * The start of main, as a list: read, open, start, wait, say ready.
 */
#ifndef TINED_MAIN_START_H
#define TINED_MAIN_START_H

#include "main/tined.h"

/*
 * Starts everything o asks for and serves until stopped.  The exit status; a
 * failure before ready is one clear line on standard error.
 */
int start(const struct options *o);

#endif
