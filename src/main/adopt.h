/* SPDX-License-Identifier: ISC */
/*
 * Sessions whose acceptor is gone: it died, or was of an old generation and is
 * no longer needed.  Main is their subreaper: it owns their slots now, counts
 * them in the scoreboard's ledger, enforces their deadlines, reaps them and
 * writes their records.
 *
 * It works on a private copy of what it found, so that nothing a session writes
 * to the scoreboard later makes main signal another process.  What was written
 * before is checked against what the kernel says.
 */
#ifndef TINED_MAIN_ADOPT_H
#define TINED_MAIN_ADOPT_H

#include <sys/resource.h>
#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "ipc/command.h"
#include "main/ledger.h"

/* A zeroed one is empty. */
struct adopted_list {
	LIST_HEAD(, orphan) all;
	void *tree;       /* the same by pid, for tfind(3) */
	size_t n;         /* sessions that still live */
	int64_t due;      /* no deadline is earlier; 0: there is none */
	int64_t stop_due; /* when all of them get TERM, or 0 */
};

/* Adopts the sessions in the section of a dead acceptor, and releases the section
 * once none is left. */
void adopt_section(struct adopted_list *l, struct worker *dead);

/* Call before a child is reaped: kills what is left of the group of a session
 * that got TERM.  (A pid that was reaped is never signalled.) */
void adopt_peek(const struct adopted_list *l, pid_t pid);

/* A child was reaped: where it was an adopted session, writes its record and
 * frees its slot. */
void adopt_exit(struct adopted_list *l, pid_t pid, int status,
    const struct rusage *ru);

/* Sends TERM and KILL to those whose time is over; when to call again, or 0. */
int64_t adopt_expire(struct adopted_list *l, int64_t now);

/* Ends those of a service that the request means. */
void adopt_end(struct adopted_list *l, const struct served *s,
    const struct command_request *r);

/* Stop: all of them get TERM at due at the latest. */
void adopt_stop(struct adopted_list *l, int64_t due);

#endif
