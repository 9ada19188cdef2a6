/*
 * Sessions whose acceptor has gone: it has died, or it was of an old generation
 * and had nothing left to do.  Main is their subreaper: it becomes the writer of
 * their slots, counts them in the board's ledger, holds their deadlines, reaps
 * them and writes their records.  It works on a private copy of what it found:
 * what a session writes onto the board later cannot make main signal anybody
 * else.  What it has written before is proved, by the kernel.
 */
#ifndef TINED_MAIN_ADOPT_H
#define TINED_MAIN_ADOPT_H

#include <sys/resource.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "main/orphans.h"
#include "main/served.h"

TAILQ_HEAD(orphan_queue, orphan);

struct adopted {                    /* the section of one acceptor */
	TAILQ_ENTRY(adopted) entry; /* of its service */
	struct served *served;
	struct scoreboard_place place; /* of its slots */
	struct orphan_queue orphans;   /* by slot */
	bool end;                      /* leftovers = end */
};

struct adopted_list {
	struct orphans orphans;
	int64_t stop_due; /* when all of them are told to end, or 0 */
};

/*
 * Takes the section of an acceptor that has gone over.  is_own says of a pid
 * whether it is a process that main itself started (an acceptor, the logger):
 * never an orphan.  Where no session is left nothing of the section is.
 */
void adopt_section(struct adopted_list *l, struct acceptor *dead,
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
