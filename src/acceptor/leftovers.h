/*
 * What programs leave behind: processes that are not sessions.  The acceptor is
 * the subreaper of all that descends from its sessions, so a process that has
 * lost its parent becomes a child of the acceptor.  There it is found, in a list
 * that is read once for all of them (base/offspring.h), and it is signalled only
 * as a child that is not reaped yet.
 *
 * With leftovers = end a process is killed as soon as every session has ended
 * from which it can descend: those that had begun when it was first seen, a
 * second after it came at most.  (What is still in the process group of its
 * session is killed with it, by reap.c.)
 * With leftovers = keep only max_time ends it, if it is in the process group of
 * its session.
 */
#ifndef TINED_ACCEPTOR_LEFTOVERS_H
#define TINED_ACCEPTOR_LEFTOVERS_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "acceptor/children.h"
#include "base/offspring.h"

#define LEFT_MAX     256  /* remembered from one look to the next */
#define LEFT_GONE    1024 /* sessions with max_time that ended since */
#define LEFT_END_MS  100  /* from a session's end to the next look */
#define LEFT_KEEP_MS 1000 /* where nothing is to be ended at once */

struct left {
	pid_t pid;         /* a process; with leftovers = keep a group */
	unsigned int look; /* in which it was last seen */
	uint64_t youngest; /* session when it was first seen: its serial */
	int64_t due;       /* clock_ms of TERM, then of KILL */
	bool told;
};

struct left_gone {
	pid_t pid;   /* of a session that has ended, and of its group */
	int64_t due; /* the end of its max_time */
};

struct leftovers {
	struct offspring list;
	bool end;      /* leftovers = end */
	bool looking;  /* in the middle of the list */
	bool again;    /* this look has changed something: look again */
	int64_t due;   /* clock_ms of the next look, or 0 */
	int64_t rest;  /* no part of a look before */
	uint32_t nmet; /* in this look so far */

	unsigned int look; /* its number */
	unsigned int n;
	struct left at[LEFT_MAX];

	unsigned int ngone;
	unsigned int nold; /* of gone, that ended before this look */
	struct left_gone gone[LEFT_GONE];
};

/* To be called before confinement.  Built-ins have no list and no looks. */
void leftovers_open(struct leftovers *l, bool program, bool end);

/* A program's session was reaped.  due: the end of its max_time, 0: none. */
void leftovers_gone(struct leftovers *l, pid_t pid, int64_t due, int64_t now);

/* Some other child was reaped. */
void leftovers_reaped(struct leftovers *l, pid_t pid, int64_t now);

/* Wants a look, within ms.  False where there is no list. */
bool leftovers_soon(struct leftovers *l, int64_t now, int64_t ms);

/*
 * Whether it is time for the next part of a look.  If so the caller reads that
 * part of the list and calls leftovers_met for each child in it that is not a
 * session and has not ended, then leftovers_part with the processor time that
 * this took.  After the last part that returns how many were met, else -1.
 */
bool leftovers_look(struct leftovers *l, int64_t now);
void leftovers_met(struct leftovers *l, const struct children *c, pid_t pid,
    int64_t now);
int64_t leftovers_part(struct leftovers *l, int64_t took_us);

/* When leftovers_look will be true, or 0. */
int64_t leftovers_due(const struct leftovers *l);

/* Whether there may be something that is to be ended now. */
bool leftovers_pending(const struct leftovers *l);

#endif
