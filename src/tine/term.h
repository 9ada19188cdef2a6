/* SPDX-License-Identifier: ISC */
/*
 * What may be shown where: a line that moves needs a terminal that is not
 * dumb, colour needs that and no NO_COLOR (no-color.org), and characters
 * beyond ASCII need a locale of UTF-8.
 */
#ifndef TINED_CLIENT_TERM_H
#define TINED_CLIENT_TERM_H

#include <stdbool.h>

struct term {
	bool live;  /* can rewrite its line */
	bool color; /* may be coloured */
	bool utf8;
	int width; /* columns; 80 where nobody knows */
};

/* Looks at the descriptor and the environment. */
struct term term_look(int fd);

#endif
