/* SPDX-License-Identifier: ISC */
/*
 * The list of sessions of `tine top`: those that match the filter, in one order,
 * of which a window is visible.  The cursor is a session and not a row: it moves
 * with its session, and only when that has ended to the one in its place.
 */
#ifndef TINED_TINE_TOP_LIST_H
#define TINED_TINE_TOP_LIST_H

#include "tine/look/select.h"

#define TOP_FILTER_MAX 64

struct top_list {
	char filter[TOP_FILTER_MAX]; /* of select_text; "": all of them */
	enum select_key key;
	size_t height; /* rows of the window */

	/* The cursor: service number and id of a session; id 0: none. */
	uint64_t number, id;

	struct rows rows;
	size_t n;     /* those that match, at the front */
	size_t first; /* the window's first row */
	size_t at;    /* the cursor's row */
};

/* Reads all sessions of a look.  0, or -1 with errno. */
int top_list_read(struct top_list *t, const struct look *l);

/* Makes the window: rows from first, up to height or n, are in their places.  To
 * be called when the sessions, the filter, the key or the height have changed. */
void top_list_arrange(struct top_list *t, const struct look *l);

/* Moves the cursor by that many rows; without one, from the first of the window.
 * The window follows. */
void top_list_move(struct top_list *t, const struct look *l, long rows);

/* Takes the cursor away; the window is at the top. */
void top_list_leave(struct top_list *t);

void top_list_end(struct top_list *t);

#endif
