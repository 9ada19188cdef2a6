/* SPDX-License-Identifier: ISC */
/*
 * The logger: the only writer of the log, a process of its own, forked from
 * main and unprivileged.  If standard error, syslog or the journal blocks, only
 * the logger waits.  Main holds the read end of each pipe and hands it to the
 * next logger when one dies, so that no writer gets EPIPE.
 */
#ifndef TINED_LOGGER_LOGGER_H
#define TINED_LOGGER_LOGGER_H

#include <stdbool.h>

#include "logger/messages.h"

/* The target that auto means: stderr in the foreground (the journal when
 * standard error is its stream, see JOURNAL_STREAM in systemd.exec(5)), else
 * syslog. */
enum log_target logger_target(enum log_target configured, bool foreground);

/* Whether auto means a time: on standard error, unless that is a stream of the
 * journal.  The target is logger_target's. */
bool logger_timed(enum log_time configured, enum log_target target);

/*
 * Runs the logger on its end of the socketpair.  Signals do not end it, main
 * does (LOGGER_STOP); without main it goes on until each pipe is at end of
 * file, then exits 0.
 */
void logger_run(int control, const struct log_settings *settings)
    __attribute__((noreturn));

#endif
