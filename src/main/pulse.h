/* SPDX-License-Identifier: ISC */
/*
 * Whether an acceptor still answers.  One that is stopped, or hangs, holds its
 * port and serves nobody.  It is asked every 5 s, and at once when it is stopped;
 * one that leaves two questions unanswered, 5 s apart, is killed.  Then main
 * adopts its sessions, and starts another on the same socket.
 *
 * Main's own absence is not counted against it: where main comes late itself, the
 * machine was paused or the unit frozen, and there is time again to answer.  Nor
 * is that a debugger holds it.
 */
#ifndef TINED_MAIN_PULSE_H
#define TINED_MAIN_PULSE_H

#include <stdint.h>

struct acceptor;

#define PULSE_MS      5000 /* from question to question */
#define PULSE_WAIT_MS 1000 /* for the answer to the last one */
#define PULSE_LATE_MS 1000 /* main is late, and decides nothing yet */

struct pulse {
	unsigned int asked; /* since the last answer */
	int64_t due; /* clock_ms of the next question or decision; or 0 */
};

/* It has answered. */
void pulse_answer(struct acceptor *a, int64_t now);

/* It was stopped or continued, the kernel says: asks it now. */
void pulse_soon(struct acceptor *a, int64_t now);

/* Asks, or kills what does not answer.  When to call again, or 0. */
int64_t pulse_step(struct acceptor *a, int64_t now);

#endif
