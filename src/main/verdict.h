/* SPDX-License-Identifier: ISC */
/*
 * What becomes of a reload.  Whatever a reload complains of is said here: it is
 * logged, and kept for those who have asked for the reload and wait for its
 * verdict.  Why the last one was refused stays in the status until a reload is
 * taken.
 */
#ifndef TINED_MAIN_VERDICT_H
#define TINED_MAIN_VERDICT_H

#include "base/buf.h"

struct tined;

#define VERDICT_REASON_MAX 256

struct verdict {
	bool running;
	int code;          /* the first failure's exit code; 0: none yet */
	unsigned int more; /* failures after the first one */
	char why[VERDICT_REASON_MAX]; /* the first one */
	struct buf lines;             /* all that was said, a line each */
	/* `reload refused: REASON`, of the last one; empty: it was taken */
	char refused[VERDICT_REASON_MAX + 64];
};

/* A reload begins: it reads the configuration as it is now. */
void verdict_begin(struct tined *t);

/* One line of what is wrong, whatever it holds; code is an exit status of
 * tined(8).  When no reload runs it is only logged. */
void verdict_fail(struct tined *t, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same, and it refuses nothing. */
void verdict_warn(struct tined *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The reload is over; whether the new configuration is in force. */
void verdict_end(struct tined *t, bool in_force);

/* There will be none: main stops. */
void verdict_cancel(struct tined *t);

#endif
