/* SPDX-License-Identifier: ISC */
/*
 * A scoreboard as main has it, and sections on it.
 */
#ifndef TINED_TESTS_IPC_SECTIONS_H
#define TINED_TESTS_IPC_SECTIONS_H

#include "ipc/scoreboard_main.h"

#define SECTIONS_DEFAULT 1024 /* instances' default */

extern struct scoreboard *b;
extern struct scoreboard_place sections[SCOREBOARD_LIVE];

/* A checked fixture: a new scoreboard. */
void sections_setup(void);
void sections_teardown(void);

/* Takes sections[i]; its start. */
struct scoreboard_section *section_take(unsigned int i, uint32_t instances);

/* How many sections the index has. */
unsigned int sections_count(void);

#endif
