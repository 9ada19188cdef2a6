/*
 * Main's side of the board: it makes sections and frees them, and keeps what
 * others have counted.  All of it goes by main's own account: of the board it
 * reads counts only.
 *
 * What a call takes may make the board longer, and move it in main's memory.
 */
#ifndef TINED_BASE_BOARD_MAIN_H
#define TINED_BASE_BOARD_MAIN_H

#include "ipc/board.h"

/* Makes a board; NULL with errno.  board_free closes its descriptor, too. */
struct board *board_new(const char *name);

int board_fd(const struct board *b);

/* Makes a section for an acceptor of that many instances, zeroed, and has it
 * count.  0, or -1 with errno (ENOSPC: there is no room, or no entry left): then p
 * is no section, and may be released. */
int board_take(struct board *b, uint32_t instances, struct board_place *p);

/* The section, or what is left of it, is no longer needed. */
void board_release(struct board *b, struct board_place *p);

/* Its acceptor has gone: it counts no longer, what it has counted is kept, and
 * only its slots stay. */
void board_retire(struct board *b, struct board_place *p);

/* No slot in p->pages[n] of a retired section is used any more. */
void board_drop_slots(struct board *b, struct board_place *p, uint32_t n);

/* Whether anybody has ever written to p->pages[n]: to read a page that nobody
 * has costs memory. */
bool board_has_slots(const struct board *b, const struct board_place *p,
    uint32_t n);

/* The ledger: main's own section, without slots, entry 0 of the index. */
const struct board_place *board_ledger(const struct board *b);

/*
 * An empty desk with that many places for sources, which does not count yet.
 * 0, or -1 with errno.  Then board_use_ledger puts it into the old one's place,
 * which is freed.
 */
int board_take_ledger(struct board *b, uint32_t nsources,
    struct board_place *p);
void board_use_ledger(struct board *b, const struct board_place *p);

/* How long the board is, in pages: the most memory that it can take.  All of
 * the acceptors have been told of it (board_grown) when it is announced. */
uint32_t board_npages(const struct board *b);
void board_announce(struct board *b);

/* Whether the service has cps_per_source: else its buckets are unused memory. */
void board_use_buckets(struct board *b, bool use);

/* How many bytes of memory it takes now. */
uint64_t board_memory(const struct board *b);

/*
 * Gives memory back that no section uses, one hole at a time: how long that
 * takes grows with the number of processes that have the board mapped.  Whether
 * there may be more to give.
 */
bool board_trim(struct board *b);

struct board_totals {
	uint64_t accepted, started, ended, lost, in, out;
	uint64_t refused[REFUSED_REASONS];
};

/* What sections that have gone had counted; main adds to it. */
struct board_totals *board_gone(struct board *b);

/* The totals over all sections, and of those that have gone. */
void board_sum(const struct board *b, struct board_totals *t);

#endif
