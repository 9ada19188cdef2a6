/* SPDX-License-Identifier: ISC */
/*
 * Messages to the local syslog daemon, facility daemon, as `tined[PID]`.
 * Unlike syslog(3) this reports a message that was lost.
 */
#ifndef TINED_LOGGER_SYSLOGD_H
#define TINED_LOGGER_SYSLOGD_H

#include <stddef.h>

#include "ipc/record.h"

/* Sends one message; blocks while the daemon is busy.  Reconnects to a daemon
 * that was restarted.  0, or -1. */
int syslogd_send(enum level level, const char *msg, size_t len);

/* The syslog and journal priority of a level. */
int syslogd_priority(enum level level);

#endif
