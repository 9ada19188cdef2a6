/* SPDX-License-Identifier: ISC */
/*
 * The screen of `tine top`, by ncurses.  Only printable ASCII characters reach the
 * terminal: texts of peers are encoded, and any other byte is shown as `?`.
 */
#ifndef TINED_TINE_TOP_SCREEN_H
#define TINED_TINE_TOP_SCREEN_H

#include "tine/look/top_list.h"

enum top_mode { TOP_LIST, TOP_FILTER, TOP_HELP };

struct top {
	struct look look; /* first, for its options */
	struct top_list list;
	enum top_mode mode;
	bool frozen;
	bool quit;
	char note[256]; /* why there is nothing newer, or "" */

	uint64_t
	    newest;   /* the highest number of a service, when main was asked */
	uint32_t seq; /* of the overview then */
	int64_t ask_at; /* clock_ms, before which main is not asked again */
};

/* Takes the terminal, for keys without echo.  NULL, or the reason why it cannot
 * be used. */
const char *top_screen_open(void);

/* Draws all of it, for the present size of the terminal, and arranges the list for
 * that. */
void top_screen_draw(struct top *t);

/* The next key, ERR: none is there. */
int top_screen_key(void);

/* Draws from scratch next time, whatever is on the terminal, and columns as narrow
 * as they can be. */
void top_screen_redraw(void);

/* Gives the terminal back as it was. */
void top_screen_close(void);

#endif
