/* SPDX-License-Identifier: ISC */
/*
 * What main sends the logger: its settings, and of each service the names of
 * listeners, the pipe of records and the socket of standard errors.
 */
#ifndef TINED_MAIN_LOGTELL_H
#define TINED_MAIN_LOGTELL_H

#include "main/tined.h"

/* Where the log goes; never auto. */
enum log_target logtell_target(const struct tined *t);

/* By the configuration in force. */
struct log_settings logtell_settings(const struct tined *t);

/* Sends all that it does not have yet, until its socket is full: whether that is
 * all. */
bool logtell_rest(struct tined *t);

/* That it is to end; false where its socket is full. */
bool logtell_stop(const struct tined *t);

#endif
