/* SPDX-License-Identifier: ISC */
/*
 * What main is commanded on its control socket: reload and stop, by tine(1).
 * Nothing here blocks, and nothing that is sent there holds main up.
 */
#ifndef TINED_MAIN_COMMANDS_H
#define TINED_MAIN_COMMANDS_H

#include <stddef.h>
#include <stdint.h>

#include "config/conf.h"
#include "listen/listener.h"

struct tined;

#define COMMANDS_STOPPING "tined is stopping"

/* Opens the control socket at the start.  0, or an exit status with err; a
 * default path that is not to be had is a warning of the log. */
int commands_open(struct tined *t, struct listener_error *err);

/* Takes commands from now on. */
void commands_listen(struct tined *t);

/* Begins what was asked for since the last time. */
void commands_run(struct tined *t);

/* The timers of the connections; the next clock_ms to look, or 0. */
int64_t commands_step(struct tined *t, int64_t now);

/* The last step of a reload that may fail: opens the socket of the new
 * configuration if it is another one.  0, or -1 with err. */
int commands_prepare(struct tined *t, const struct config *c,
    struct listener_error *err);

/* The new configuration is in force: uses what was opened and closes the old
 * one, or gives that its mode and group. */
void commands_commit(struct tined *t);

/* A reload begins: connections that have asked for one wait for this one. */
void commands_reload_begins(struct tined *t);

/* Its verdict: all that was said, an exit status, and one line. */
void commands_reload_ends(struct tined *t, const char *lines, int code,
    const char *verdict);

/* No reload comes any more: main stops. */
void commands_stop(struct tined *t);

/* The message for a client that may not command: it says who may. */
void commands_who_may(const struct tined *t, char *buf, size_t size);

/* Logs how many there were. */
void commands_log(const struct tined *t);

/* The end of main: answers, and closes and removes the socket. */
void commands_end(struct tined *t);

#endif
