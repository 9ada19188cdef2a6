/* SPDX-License-Identifier: ISC */
/*
 * The steps are preferred numbers, as many in a decade as give a readable
 * height; the first row has the smallest value, the last the largest.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>

#include "tine/picture.h"
#include "tine/units.h"

#define ROWS_MAX 20
#define LABEL    10
#define BLOCKS   8 /* parts of a column that UTF-8 can draw */

struct scale {
	int n; /* steps in a decade */
	double step[12];
};

/* From fine to coarse; the last one always fits. */
static const struct scale scales[] = {
	{ 12, { 1, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2 } },
	{ 6, { 1, 1.5, 2, 3, 5, 7 } },
	{ 3, { 1, 2, 5 } },
	{ 1, { 1 } },
};

#define NSCALES (sizeof(scales) / sizeof(scales[0]))

/* The end of step k, which may be of any decade. */
static double
step_end(const struct scale *s, int k)
{
	const int decade = k / s->n;

	return s->step[k % s->n] * pow(10, decade);
}

/* The first step that ends at value or above. */
static int
step_of(const struct scale *s, double value)
{
	int k = 0;

	while (step_end(s, k) < value)
		k++;
	return k;
}

static const struct scale *
choose(const struct hist *h)
{
	size_t i;

	for (i = 0; i + 1 < NSCALES; i++)
		if (step_of(&scales[i], (double)h->max) -
			step_of(&scales[i], (double)h->min) <
		    ROWS_MAX)
			break;
	return &scales[i];
}

/* Counts the values of the buckets from *i on that are at most value. */
static uint64_t
count_up_to(const struct hist *h, double value, size_t *i)
{
	uint64_t n = 0;

	while (*i < HIST_BUCKETS && (double)hist_lowest(*i) <= value)
		n += h->bucket[(*i)++];
	return n;
}

static void
draw_bar(FILE *f, double columns, const struct term *t)
{
	static const char *const parts[BLOCKS] = { "", "\u258f", "\u258e",
		"\u258d", "\u258c", "\u258b", "\u258a", "\u2589" };
	int eighths = (int)ceil(columns * BLOCKS), i;

	if (!t->utf8) {
		for (i = 0; i < (int)ceil(columns); i++)
			putc('#', f);
		return;
	}
	for (i = 0; i < eighths / BLOCKS; i++)
		fputs("\u2588", f);
	fputs(parts[eighths % BLOCKS], f);
}

void
picture_draw(FILE *f, const struct hist *h, const struct term *t)
{
	const struct scale *s;
	uint64_t count[ROWS_MAX * 2], most = 1;
	size_t i = 0;
	int first, rows, k, width;

	if (h->count == 0)
		return;
	s = choose(h);
	first = step_of(s, (double)h->min);
	rows = step_of(s, (double)h->max) - first + 1;
	for (k = 0; k < rows; k++) {
		count[k] = count_up_to(h, step_end(s, first + k), &i);
		if (count[k] > most)
			most = count[k];
	}
	/* minus label, share, and a free last column */
	width = t->width - LABEL - 14;
	for (k = 0; k < rows; k++) {
		fprintf(f, "%*s %6.2f%% %s%s", LABEL,
		    units_print_time(step_end(s, first + k)).s,
		    100 * (double)count[k] / (double)h->count,
		    t->utf8 ? "\u2502" : "|", t->color ? "\033[36m" : "");
		draw_bar(f, width * (double)count[k] / (double)most, t);
		fprintf(f, "%s\n", t->color ? "\033[m" : "");
	}
}
