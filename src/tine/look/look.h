/* SPDX-License-Identifier: ISC */
/*
 * Looking at a running tined: its overview and scoreboards, whose descriptors it
 * hands out on the control socket.
 */
#ifndef TINED_TINE_LOOK_H
#define TINED_TINE_LOOK_H

#include <stdio.h>

#include "base/buf.h"
#include "ipc/view.h"
#include "tine/ask.h"
#include "tine/units.h"

struct look {
	struct ask ask; /* the options, and what went wrong */
	struct view view;
	bool silent; /* main does not answer: read by way of /proc */
	int64_t
	    asked;   /* clock_ms, when main was; it looked at its queues then */
	int64_t now; /* clock_ms, when it was read */
};

#define LOOK_TIMEOUT NS_PER_S /* for main's answer */

/* Options of every command that looks, at a struct that begins with a look. */
#define LOOK_OPTION_JSON                                                       \
	{                                                                      \
		0, "json", NULL, "print JSON", cli_flag,                       \
		    offsetof(struct look, ask.json)                            \
	}
#define LOOK_OPTION_SOCKET                                                     \
	{                                                                      \
		0, "socket", "PATH", "the control socket of that tined",       \
		    cli_text, offsetof(struct look, ask.socket)                \
	}

/* Gets the descriptors and reads.  0; or an exit status, and the reason is
 * printed. */
int look_open(struct look *l);

/* Reads again, without asking main.  0, or an exit status with l->ask.last. */
int look_again(struct look *l);

/* Asks for the descriptors again and reads.  The same; where it fails the look
 * is as it was. */
int look_renew(struct look *l);

/* Whether the process that answered has ended. */
bool look_has_ended(const struct look *l);

void look_end(struct look *l);

/* The index of the service of that name, or -1. */
int64_t look_service(const struct look *l, const char *name);

/* Texts for people: `4 min`, `3 d 4 h`; `1.2 k`, `88.1 M`; how many per second
 * (one decimal below 100). */
struct units_text look_age(int64_t ms);
struct units_text look_amount(uint64_t n);
struct units_text look_rate(double n);

#define TABLE_COLUMNS_MAX 16

/* A table whose columns are as wide as their texts. */
struct table {
	const char *format; /* of each column: l, left, or r, right */
	struct buf cells;   /* texts, each with a NUL */
	size_t n;
	int width[TABLE_COLUMNS_MAX]; /* they never become narrower */
	struct buf line;              /* the last one of table_line */
	size_t ntaken, taken;         /* cells that it took, and their bytes */
};

/* Appends a cell, row by row. */
void table_cell(struct table *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The next row, two blanks between columns, until the next call; after the last
 * one NULL, and the table is empty. */
const char *table_line(struct table *t);

void table_end(struct table *t);

/* Prints what is in it, and ends it. */
void table_print(struct table *t, FILE *fp);

#endif
