/* SPDX-License-Identifier: ISC */
/*
 * Main's side of the overview (ipc/overview.h).
 */
#ifndef TINED_MAIN_OVERVIEW_WRITE_H
#define TINED_MAIN_OVERVIEW_WRITE_H

#include "main/tined.h"

/* Makes the file.  0, or -1 with errno. */
int overview_open(struct tined *t);

/*
 * Something has changed that it shows: it is written again, soon.  To be called
 * before counters move from the scoreboard to main: until it is written, readers
 * wait.
 */
void overview_touch(struct tined *t);

/* Writes it now; where that fails it is tried again by overview_step. */
void overview_write(struct tined *t);

/* Writes it where that is due; when to call again, or 0. */
int64_t overview_step(struct tined *t, int64_t now);

/* How many clients wait in the listeners' queues, now. */
void overview_sample(struct tined *t);

void overview_close(struct tined *t);

#endif
