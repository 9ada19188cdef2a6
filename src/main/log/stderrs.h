/* SPDX-License-Identifier: ISC */
/*
 * What programs write to their standard error: a pipe for each session, handed
 * over by its acceptor.  Each line is one `stderr` event; a long one becomes
 * several.  Everything is always read; above the rate it is thrown away,
 * counted, and reported once a second as `lost`.  The service is that of the
 * acceptor's socket, id and pid are the acceptor's: a program chooses nothing
 * but the text of msg.
 */
#ifndef TINED_MAIN_STDERRS_H
#define TINED_MAIN_STDERRS_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stdint.h>

#include "main/log/emit.h"
#include "base/watch.h"

TAILQ_HEAD(giver_list, giver);
TAILQ_HEAD(talker_list, talker);

struct stderrs {
	struct watch_set *watch;
	struct emit *emit;
	struct giver_list givers;   /* acceptors' sockets */
	struct talker_list talkers; /* sessions' pipes */
	struct talker_list losing;  /* those with lines to report as lost */
	int64_t report_ms;          /* when, 0: nothing to report */
	int64_t lose_ms; /* when a session was last said to go without */
};

void stderrs_init(struct stderrs *s, struct watch_set *watch,
    struct emit *emit);

/* Takes read ends from the acceptor on sock from now on; takes sock, also one
 * that it has already.  0, or -1 with errno. */
int stderrs_add(struct stderrs *s, const char *service, int sock);

/* Reports losses when it is time. */
void stderrs_tick(struct stderrs *s, int64_t now);

/* Reads what is there now, and reports every loss. */
void stderrs_drain(struct stderrs *s);

bool stderrs_empty(const struct stderrs *s);

#endif
