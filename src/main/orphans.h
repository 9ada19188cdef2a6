/* SPDX-License-Identifier: ISC */
/*
 * The sessions that main has adopted, of all services: found by pid, and in the
 * order of their deadlines.  Every operation takes O(log n) at most.
 */
#ifndef TINED_MAIN_ORPHANS_H
#define TINED_MAIN_ORPHANS_H

#include <sys/types.h>

#include <bsd/sys/queue.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "main/served.h"

struct orphan {
	TAILQ_ENTRY(orphan) entry; /* of its section */
	struct adopted *adopted;
	pid_t pid;
	uint32_t slot;
	int64_t due;      /* clock_ms of TERM, then of KILL; 0: never */
	size_t rank;      /* in the queue */
	struct addr peer; /* as its slot said when it was adopted */
	uint8_t told;     /* signals sent: TERM, then KILL */
};

TAILQ_HEAD(orphan_queue, orphan);

struct adopted {                    /* the section of one dead acceptor */
	TAILQ_ENTRY(adopted) entry; /* of its service */
	struct served *served;
	struct scoreboard_place place; /* of its slots */
	struct orphan_queue orphans;   /* by slot */
	bool end;                      /* leftovers = end */
};

struct orphans {
	struct orphan **table; /* by pid: open addressing */
	struct orphan **queue; /* a binary heap by due, without one last */
	size_t room;           /* of the queue; the table's is twice that */
	size_t n;
};

/* Adds one with a new pid.  0, or -1 with errno. */
int orphans_add(struct orphans *l, struct orphan *o);
void orphans_remove(struct orphans *l, struct orphan *o);

/* By pid; or NULL. */
struct orphan *orphans_find(const struct orphans *l, pid_t pid);

/* Changes its deadline. */
void orphans_due(struct orphans *l, struct orphan *o, int64_t due);

/* The one with the next deadline; NULL where none has one. */
struct orphan *orphans_first(const struct orphans *l);

void orphans_free(struct orphans *l); /* not the orphans themselves */

#endif
