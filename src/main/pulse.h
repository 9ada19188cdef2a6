/* SPDX-License-Identifier: ISC */
/*
 * Whether an acceptor still answers.  One that is stopped or hangs holds its
 * port and serves nobody.  It is pinged every 5 s, and at once when it is stopped;
 * one that leaves two pings unanswered, 5 s apart, is killed.  Then main adopts
 * its sessions and starts another one on the same socket.
 *
 * Time in which main itself did not run (the machine paused, the unit frozen)
 * does not count, nor does an acceptor that a debugger holds.
 */
#ifndef TINED_MAIN_PULSE_H
#define TINED_MAIN_PULSE_H

#include "main/served.h"

#define PULSE_MS      5000 /* between two pings */
#define PULSE_WAIT_MS 1000 /* for the answer to the last one */
#define PULSE_LATE_MS 1000 /* main is late, and decides nothing yet */

/* It has answered. */
void pulse_answer(struct worker *w, int64_t now);

/* It was stopped or continued: pings it now. */
void pulse_soon(struct worker *w, int64_t now);

/* Pings, or kills what does not answer.  When to call again, or 0. */
int64_t pulse_step(struct worker *w, int64_t now);

/* Whether a signal has stopped this child; whether a debugger holds it, which is
 * false where /proc does not say. */
bool pulse_is_stopped(pid_t pid);
bool pulse_is_traced(pid_t pid);

#endif
