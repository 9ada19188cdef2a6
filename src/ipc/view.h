/* SPDX-License-Identifier: ISC */
/*
 * What a tined does, read from its overview and scoreboards by pread(2): nobody
 * is asked, and reading makes no memory.  (A mapping would, where a page was
 * never written.)
 *
 * Main alone writes the overview, which is trusted.  Sessions can write anything
 * to a scoreboard: what is read there is bounded, and nothing more.
 */
#ifndef TINED_IPC_VIEW_H
#define TINED_IPC_VIEW_H

#include <stdbool.h>

#include "ipc/overview.h"

struct view_second {
	uint32_t started, refused;
};

/* A service, over all its sections. */
struct view_sums {
	struct scoreboard_counters n;
	uint32_t sessions;
	uint32_t leftovers;
	uint32_t peak; /* of sessions */
	bool blind;    /* its scoreboard is not known, or could not be read */
	/* By how many seconds they are ago: 0 is the present one. */
	struct view_second recent[RECENT_SECONDS];
};

struct view_board;

struct view {
	int fd;                        /* of the overview, -1: not known */
	const struct overview_head *o; /* as last read, or NULL */
	struct view_sums *sums;        /* of each service in it */
	bool torn; /* main did not finish its change: counts may not fit */
	struct view_board *board;
	size_t nboards;
};

void view_init(struct view *v);

/* Takes over the descriptor of a scoreboard, by overview_service's number.  0, or
 * -1 with errno (then it is closed). */
int view_add(struct view *v, uint64_t number, int fd);

/*
 * Reads the overview and all counters; now_ms is clock_ms.  0, or -1 with errno:
 * EPROTO, it is of another build (v->o has only its version); EBADMSG, it is not
 * an overview.
 */
int view_read(struct view *v, int64_t now_ms);

/* For view_rows.c: the descriptor of a scoreboard, or -1; and so many bytes of it,
 * whether there were as many. */
int view_board(const struct view *v, uint64_t number);
bool view_read_pages(int fd, void *buf, size_t size, uint64_t page);

/* A session as its slot has it; false: no more. */
typedef bool view_row(void *arg, uint32_t service,
    const struct scoreboard_slot *slot);

/* Calls row for the sessions of one service of v->o, in no order. */
void view_sessions(const struct view *v, uint32_t service, view_row *row,
    void *arg);

/* Calls row for what its sections know of refusals: up to their number.  r is
 * valid until the next call. */
void view_refusals(const struct view *v, uint32_t service,
    void (*row)(void *arg, uint32_t service, const struct refusals *r),
    void *arg);

/* Closes all descriptors and frees the rest. */
void view_end(struct view *v);

#endif
