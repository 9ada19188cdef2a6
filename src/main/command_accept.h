/* SPDX-License-Identifier: ISC */
/*
 * Accepting connections on the control socket: who may not command, or finds no
 * place, is sent away at once.
 */
#ifndef TINED_MAIN_COMMAND_ACCEPT_H
#define TINED_MAIN_COMMAND_ACCEPT_H

#include "main/command_conn.h"

/* Accepts from now on. */
void command_accept_listen(struct watch_set *set, struct commands *c);

/* Closes what has had its time; the next clock_ms to look, or 0. */
int64_t command_accept_step(struct watch_set *set, struct commands *c,
    int64_t now);

#endif
