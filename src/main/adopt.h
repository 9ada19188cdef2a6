/*
 * Sessions whose acceptor has died.  Main is their subreaper: it becomes the
 * writer of the acceptor's section, holds their deadlines, reaps them, writes
 * their records and frees their slots.  It works on a private copy of what it
 * found: what a session writes onto the board later cannot make main signal
 * anybody else.  What it has written before is proved, by the kernel.
 */
#ifndef TINED_MAIN_ADOPT_H
#define TINED_MAIN_ADOPT_H

#include <sys/resource.h>
#include <sys/types.h>

#include <bsd/sys/queue.h>
#include <stdbool.h>
#include <stdint.h>

#include "main/served.h"

struct orphan {
	pid_t pid; /* 0: it has ended */
	uint32_t slot;
	int64_t due;        /* clock_ms of TERM, then of KILL; 0: never */
	struct addr source; /* masked: what per_source has counted */
	uint8_t told;       /* TERM was sent, then KILL */
};

struct adopted { /* one dead acceptor's section */
	TAILQ_ENTRY(adopted) entry;
	struct served *served;
	unsigned int section;
	struct orphan *v;
	size_t n;
	size_t nalive;
	bool end;     /* leftovers = end */
	bool stopped; /* main told them to end */
};

TAILQ_HEAD(adopted_list, adopted);

/*
 * Takes a dead acceptor's section over.  is_own says of a pid whether it is a
 * process that main itself started (an acceptor, the logger): never an orphan.
 * Where no session is left the section is released at once.
 */
void adopt_section(struct adopted_list *l, const struct acceptor *dead,
    bool (*is_own)(pid_t pid));

/* Whether pid is an adopted session, not yet reaped; then before it is
 * reaped, what its group still needs (STYLE: a pid that was reaped is never
 * signalled). */
bool adopt_peek(struct adopted_list *l, pid_t pid);

/* It was reaped: its record is written, its slot freed. */
void adopt_exit(struct adopted_list *l, pid_t pid, int status,
    const struct rusage *ru);

/* TERM and KILL to those whose time is over; the next time, or 0. */
int64_t adopt_expire(struct adopted_list *l, int64_t now);

/* Stop: all of them have until due. */
void adopt_stop(struct adopted_list *l, int64_t due);

/* Sessions that still live. */
size_t adopt_count(const struct adopted_list *l);

#endif
