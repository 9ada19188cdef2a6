/* SPDX-License-Identifier: ISC */
/*
 * Processes that programs leave behind.  The acceptor is the subreaper of its
 * sessions, so a process that has lost its parent becomes a child of the
 * acceptor.  It is found in the list of children, which is read once for all
 * of them (base/offspring.h), and signalled only as long as it is not reaped.
 *
 * * With leftovers = end a process is killed once all sessions that it may
 * descend from have ended: those that had started when it was first found, at
 * most a second after it became a child.  (Processes in the group of their
 * session are killed with it, by reap.c.)
 *
 * * With leftovers = keep it is ended by max_time only, if it is in the
 * process group of its session.
 */
#ifndef TINED_ACCEPTOR_LEFTOVERS_H
#define TINED_ACCEPTOR_LEFTOVERS_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "acceptor/children.h"
#include "base/offspring.h"

#define LEFT_MAX     256  /* known from one look to the next */
#define LEFT_GONE    1024 /* ended sessions with max_time, since then */
#define LEFT_END_MS  100  /* from a session's end to the next look */
#define LEFT_KEEP_MS 1000 /* where none must be ended at once */

struct left {
	pid_t pid;         /* a process; with leftovers = keep a group */
	unsigned int look; /* the last one that found it */
	uint64_t youngest; /* serial of the youngest session then */
	int64_t due;       /* clock_ms of TERM, then of KILL */
	bool signalled;
};

struct left_gone {
	pid_t pid;   /* of an ended session and its group */
	int64_t due; /* the end of its max_time */
};

struct leftovers {
	struct offspring list;
	bool end;        /* leftovers = end */
	bool looking;    /* between two parts of a look */
	bool again;      /* something has changed: look again */
	int64_t due;     /* clock_ms of the next look, or 0 */
	int64_t rest;    /* no part of a look before, clock_ms */
	uint32_t nfound; /* in this look so far */

	unsigned int look; /* its number */
	unsigned int n;
	struct left at[LEFT_MAX];

	unsigned int ngone;
	unsigned int nold; /* of gone, that ended before this look */
	struct left_gone gone[LEFT_GONE];
};

/* Call it before confinement.  Built-ins have no list and no looks. */
void leftovers_open(struct leftovers *l, bool program, bool end);

/* A program's session was reaped.  due: the end of its max_time, 0: none. */
void leftovers_gone(struct leftovers *l, pid_t pid, int64_t due, int64_t now);

/* Some other child was reaped. */
void leftovers_reaped(struct leftovers *l, pid_t pid, int64_t now);

/* Schedules a look within ms.  False where there is no list. */
bool leftovers_soon(struct leftovers *l, int64_t now, int64_t ms);

/*
 * Whether it is time for the next part of a look.  If so the caller reads that
 * part of the list, calls leftovers_found for each child in it that is neither
 * a session nor ended, then leftovers_part with the processor time that this
 * took; that returns how many were found, after the last part, else -1.
 */
bool leftovers_look(struct leftovers *l, int64_t now);
void leftovers_found(struct leftovers *l, const struct children *c, pid_t pid,
    int64_t now);
int64_t leftovers_part(struct leftovers *l, int64_t took_us);

/* When leftovers_look will return true, or 0. */
int64_t leftovers_due(const struct leftovers *l);

/* Whether there may be processes that must be ended now. */
bool leftovers_pending(const struct leftovers *l);

#endif
