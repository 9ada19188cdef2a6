/*
 * Main's side of the board: it makes sections and frees them, and keeps what
 * others have counted.  All of it goes by main's own account: of the board it
 * reads counts only.
 *
 * What a call takes may make the board longer, and move it in main's memory.
 */
#ifndef TINED_BASE_SCOREBOARD_MAIN_H
#define TINED_BASE_SCOREBOARD_MAIN_H

#include "ipc/scoreboard.h"

/* Makes a board; NULL with errno.  scoreboard_free closes its descriptor, too. */
struct scoreboard *scoreboard_new(const char *name);

int scoreboard_fd(const struct scoreboard *b);

/* Makes a section for an acceptor of that many instances, zeroed, and has it
 * count.  0, or -1 with errno (ENOSPC: there is no room, or no entry left): then p
 * is no section, and may be released. */
int scoreboard_take(struct scoreboard *b, uint32_t instances,
    struct scoreboard_place *p);

/* The section, or what is left of it, is no longer needed. */
void scoreboard_release(struct scoreboard *b, struct scoreboard_place *p);

/* Its acceptor has gone: it counts no longer, what it has counted is kept, and
 * only its slots stay. */
void scoreboard_retire(struct scoreboard *b, struct scoreboard_place *p);

/* No slot in p->pages[n] of a retired section is used any more. */
void scoreboard_drop_slots(struct scoreboard *b, struct scoreboard_place *p,
    uint32_t n);

/* Whether anybody has ever written to p->pages[n]: to read a page that nobody
 * has costs memory. */
bool scoreboard_has_slots(const struct scoreboard *b,
    const struct scoreboard_place *p, uint32_t n);

/* The ledger: main's own section, without slots, entry 0 of the index. */
const struct scoreboard_place *scoreboard_ledger(const struct scoreboard *b);

/*
 * An empty desk with that many places for sources, which does not count yet.
 * 0, or -1 with errno.  Then scoreboard_use_ledger puts it into the old one's place,
 * which is freed.
 */
int scoreboard_take_ledger(struct scoreboard *b, uint32_t nsources,
    struct scoreboard_place *p);
void scoreboard_use_ledger(struct scoreboard *b,
    const struct scoreboard_place *p);

/* How long the board is, in pages: the most memory that it can take.  All of
 * the acceptors have been told of it (scoreboard_grown) when it is announced. */
uint32_t scoreboard_npages(const struct scoreboard *b);
void scoreboard_announce(struct scoreboard *b);

/* Whether the service has cps_per_source: else its buckets are unused memory. */
void scoreboard_use_buckets(struct scoreboard *b, bool use);

/* How many bytes of memory it takes now. */
uint64_t scoreboard_memory(const struct scoreboard *b);

/*
 * Gives memory back that no section uses, one hole at a time: how long that
 * takes grows with the number of processes that have the board mapped.  Whether
 * there may be more to give.
 */
bool scoreboard_trim(struct scoreboard *b);

struct scoreboard_totals {
	uint64_t accepted, started, ended, lost, in, out;
	uint64_t refused[REFUSED_REASONS];
};

/* What sections that have gone had counted; main adds to it. */
struct scoreboard_totals *scoreboard_gone(struct scoreboard *b);

/* The totals over all sections, and of those that have gone. */
void scoreboard_sum(const struct scoreboard *b, struct scoreboard_totals *t);

#endif
