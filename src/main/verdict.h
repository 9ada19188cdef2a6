/* SPDX-License-Identifier: ISC */
/*
 * The outcome of a reload.  Every problem a reload finds is reported here: it
 * is logged, and kept for the clients that have asked for the reload and wait.
 * Why the last reload was refused stays in the status until one succeeds.
 */
#ifndef TINED_MAIN_VERDICT_H
#define TINED_MAIN_VERDICT_H

#include <stdbool.h>

#include "base/buf.h"

#define VERDICT_REASON_MAX 256

struct verdict {
	bool running;
	int code;          /* the first failure's exit code; 0: none yet */
	unsigned int more; /* failures after the first one */
	char why[VERDICT_REASON_MAX]; /* the first one */
	struct buf lines;             /* all messages, a line each */
	/* `reload refused: REASON`, of the last one; empty: it succeeded */
	char refused[VERDICT_REASON_MAX + 64];
};

/* A reload begins. */
void verdict_begin(struct verdict *v);

/* Reports an error, code is an exit status of tined(8); or with code 0 a problem
 * that does not refuse the reload.  Without a running reload it is only logged. */
void verdict_add(struct verdict *v, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * The reload is over, whether or not the new configuration is in force: logs the
 * outcome.  Returns it as a line, and the exit status for tine(1) in *code.
 */
const char *verdict_end(struct verdict *v, bool in_force, int *code);

/* Forgets the messages: they were sent, or no client waits. */
void verdict_clear(struct verdict *v);

#endif
