/* SPDX-License-Identifier: ISC */
/*
 * A shell script that the rig has as its program, and one run of it on a
 * connection.
 */
#ifndef TINED_TESTS_ACCEPTOR_SCRIPT_H
#define TINED_TESTS_ACCEPTOR_SCRIPT_H

#include "acceptor/rig.h"

extern const char *script_text;             /* what the shell is given */
extern enum stderr_to script_stderr;        /* where its standard error goes */
extern struct scoreboard_slot *script_slot; /* of the last run */
extern char script_output[4096];            /* and what it wrote */

/*
 * For rig_make: the script with the arguments "a b" and ""; the same with a
 * umask, limits and a nice value; cat(1) instead.
 */
void script_settings(struct settings_builder *b);
void script_limited(struct settings_builder *b);
void script_cat(struct settings_builder *b);

/* The nice value of script_limited. */
int script_nice(void);

/* Runs the rig's program with that input: its wait status. */
int script_serve(const char *input);

/* Makes a rig, runs s, which must succeed: what it wrote. */
const char *script_run(const char *s);

#endif
