/* SPDX-License-Identifier: ISC */
/*
 * What a terminal can show: rewriting a line needs one that is not dumb, colour
 * needs that and no NO_COLOR (no-color.org), and characters beyond ASCII need a
 * UTF-8 locale.
 */
#ifndef TINED_TINE_TERM_H
#define TINED_TINE_TERM_H

#include <stdbool.h>

struct term {
	bool live;  /* can rewrite its line */
	bool color; /* may be coloured */
	bool utf8;
	int width; /* columns; 80 when unknown */
};

/* Examines the descriptor and the environment. */
struct term term_look(int fd);

#endif
