/* SPDX-License-Identifier: ISC */
/*
 * Commands from tine(1) on the control socket: reload and stop.  Main's loop takes
 * what was requested, and reports here what has come of it.
 */
#ifndef TINED_MAIN_COMMANDS_H
#define TINED_MAIN_COMMANDS_H

#include "main/tined.h"

/* Opens the control socket at the start.  0, or -1 with err; a default path that
 * cannot be opened is only logged. */
int commands_open(struct tined *t, struct listener_error *err);

/* How many stops, and whether a reload, were requested since the last call. */
unsigned int commands_take_stops(struct tined *t);
bool commands_take_reload(struct tined *t);

/* The last step of a reload that may fail: opens the socket of the new
 * configuration if it is another one.  0, or -1 with err. */
int commands_prepare(struct tined *t, const struct config *c,
    struct listener_error *err);

/* The new configuration is in force: uses what was opened and closes the old
 * one, or gives that its mode and group. */
void commands_commit(struct tined *t);

/* A reload begins: for all that have requested one. */
void commands_reload_begins(struct tined *t);

/* It ends: all messages, an exit status, and one line. */
void commands_reload_ends(struct tined *t, const char *lines, int code,
    const char *verdict);

/* Main drains that many sessions: tells those that have requested a stop. */
void commands_draining(struct tined *t, uint64_t sessions);

/* Main stops: there will be no further reload. */
void commands_stop(struct tined *t);

/* Logs how many there were. */
void commands_log(const struct tined *t);

/* Main ends: replies, and closes and removes the socket. */
void commands_end(struct tined *t);

#endif
