/* SPDX-License-Identifier: ISC */
/*
 * The children of an acceptor: which process is which session, and when its
 * time is over.  A table with an entry per slot, made once; every step is
 * O(1). It is private and not inherited: a session cannot change it, so each
 * pid in it is one that this acceptor has forked and not reaped.
 */
#ifndef TINED_ACCEPTOR_CHILDREN_H
#define TINED_ACCEPTOR_CHILDREN_H

#include <sys/types.h>

#include <bsd/sys/queue.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"

enum child_state {
	CHILD_FREE,
	CHILD_TAKEN, /* before its fork */
	CHILD_RUNNING,
	CHILD_ENDING, /* TERM was sent, KILL is due */
	CHILD_KILLED,
	CHILD_ENDED, /* reaped; its record is not yet written */
	CHILD_STATES
};

struct child {
	TAILQ_ENTRY(child) entry; /* of the queue of its state */
	int64_t due;              /* clock_ms of TERM or KILL, 0: never */
	struct addr peer;         /* per_source counts it masked */
	uint64_t serial;          /* the acceptor's nth */
	pid_t pid;
	enum child_state state;
	bool program; /* has a process group of its own */
	bool failed;  /* its program could not be executed */
	uint8_t why;  /* enum end_reason of TERM or KILL */
	uint64_t id;  /* its slot's, which the session can change */
	int64_t start_ms;
	int conn; /* its connection, with linger = yes; or 0 */
};

/* Of those of a state, the oldest first: CHILD_RUNNING in the order of max_time,
 * CHILD_ENDING of due.  Of free ones the last freed first: it is cached. */
TAILQ_HEAD(child_queue, child);

struct children {
	struct child *at; /* as many as slots */
	uint32_t n;
	uint32_t nrunning; /* taken, running, ending, killed */
	uint64_t serial;   /* of the youngest */
	uint32_t *pids;    /* pid to 1 + index, open addressing */
	uint32_t mask;     /* of pids */
	struct child_queue queue[CHILD_STATES];
};

/* Bytes for a table of n; children_init makes it there (zeroed memory). */
size_t children_size(uint32_t n);
void children_init(struct children *c, void *mem, uint32_t n);

/* The slot number of a child. */
uint32_t child_slot(const struct children *c, const struct child *ch);

/* A free child; NULL when there is none. */
struct child *child_take(struct children *c);

/* It was forked; due is the end of max_time, or 0. */
void child_register(struct children *c, struct child *ch, pid_t pid,
    int64_t due);

/* The child with that pid, or NULL. */
struct child *child_find(const struct children *c, pid_t pid);

/* It was reaped: the pid is removed; the record is not written yet. */
void child_exit(struct children *c, struct child *ch);

/* It is free again (from taken, when fork failed, or from ended). */
void child_free(struct children *c, struct child *ch);

/* Its time is over: from running to CHILD_ENDING, with the time of KILL, or from
 * that to CHILD_KILLED, with 0. */
void child_ending(struct children *c, struct child *ch, enum child_state state,
    int64_t due);

/* The serial of the oldest running one, or UINT64_MAX. */
uint64_t children_oldest(const struct children *c);

/* The next clock_ms at which a child is due, or 0. */
int64_t children_due(const struct children *c);

#endif
