/*
 * Stop: listeners close, sessions have drain_timeout, then TERM, then KILL.
 */
#ifndef TINED_MAIN_STOP_H
#define TINED_MAIN_STOP_H

#include "main/tined.h"

/* SIGTERM or SIGINT; the second one skips the wait. */
void stop_begin(struct tined *t);

/* Kills acceptors that do not end; the next clock_ms to look, or 0. */
int64_t stop_step(struct tined *t, int64_t now);

/* Whether main was stopped and nothing is left. */
bool stop_is_over(const struct tined *t);

#endif
