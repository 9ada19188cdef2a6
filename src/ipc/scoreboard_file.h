/* SPDX-License-Identifier: ISC */
/*
 * The file of a scoreboard, which main grows, and whose memory it frees.
 */
#ifndef TINED_IPC_SCOREBOARD_FILE_H
#define TINED_IPC_SCOREBOARD_FILE_H

#include <stdbool.h>
#include <stdint.h>

struct scoreboard;

/* How many bytes of memory it takes now. */
uint64_t scoreboard_memory(const struct scoreboard *b);

/* Whether the service has cps_per_source, else its buckets are unused memory. */
void scoreboard_use_buckets(struct scoreboard *b, bool use);

/*
 * Frees memory that no section uses, one hole at a time: how long that takes
 * grows with the number of processes that have the scoreboard mapped.  Whether
 * there may be more to free.
 */
bool scoreboard_trim(struct scoreboard *b);

/* For scoreboard_main.c: */

/* A new file of SCOREBOARD_FIRST pages.  -1 with errno. */
int scoreboard_file(const char *name);

/* Grows the file, and main's mapping of it, to that page, which is not in it
 * yet.  0, or -1 with errno. */
int scoreboard_reach(struct scoreboard *b, uint32_t end);

/* The first page from there on that is not a hole; UINT32_MAX: there is none. */
uint32_t scoreboard_next_written(const struct scoreboard *b, uint32_t page);

/* Makes holes of n pages; where that fails, zeroes them. */
void scoreboard_clean(struct scoreboard *b, uint32_t first, uint32_t n);

/* Has scoreboard_trim search all unused pages if some process has written to
 * one, which is not known to be dirty. */
void scoreboard_look_for_stray(struct scoreboard *b);

#endif
