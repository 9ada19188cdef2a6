/*
 * The sessions that main has adopted, of all services: found by pid, and in the
 * order of their deadlines.  Nothing here takes longer than the logarithm of
 * how many there are.
 */
#ifndef TINED_MAIN_ORPHANS_H
#define TINED_MAIN_ORPHANS_H

#include <sys/types.h>

#include <bsd/sys/queue.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"

struct orphan {
	TAILQ_ENTRY(orphan) entry; /* of its section */
	struct adopted *adopted;
	pid_t pid;
	uint32_t slot;
	int64_t due;      /* clock_ms of TERM, then of KILL; 0: never */
	size_t rank;      /* in the queue */
	struct addr peer; /* as its slot said when it was adopted */
	uint8_t told;     /* TERM was sent, then KILL */
};

struct orphans {
	struct orphan **table; /* by pid: open addressing */
	struct orphan **queue; /* a binary heap by due, those of none last */
	size_t room;           /* of the queue; the table's is twice that */
	size_t n;
};

/* 0, or -1 with errno: then it is not there.  No other has that pid. */
int orphans_add(struct orphans *l, struct orphan *o);
void orphans_remove(struct orphans *l, struct orphan *o);

/* NULL where none has that pid. */
struct orphan *orphans_find(const struct orphans *l, pid_t pid);

/* Gives one another deadline. */
void orphans_due(struct orphans *l, struct orphan *o, int64_t due);

/* The one whose deadline is the next; NULL when none has one. */
struct orphan *orphans_first(const struct orphans *l);

void orphans_free(struct orphans *l); /* not the orphans themselves */

#endif
