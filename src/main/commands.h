/* SPDX-License-Identifier: ISC */
/*
 * Commands from tine(1) on the control socket: reload and stop.  Main's loop takes
 * what was requested, and reports here what has come of it.  The rules for the
 * socket's path are those of other Unix listeners (listen/unixpath.h).
 */
#ifndef TINED_MAIN_COMMANDS_H
#define TINED_MAIN_COMMANDS_H

#include "main/tined.h"

/* No socket and no connections. */
void commands_init(struct commands *c);

/* Opens the control socket of a configuration if it is not open yet; of a reload
 * that is the last step that may fail.  0, or -1 with err; a default path that
 * cannot be opened is only logged. */
int commands_prepare(struct tined *t, const struct config *c,
    struct failure *err);

/* The configuration is in force: uses what was opened and closes the old one, or
 * gives that its mode and group. */
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
