/* SPDX-License-Identifier: ISC */
/*
 * Messages to the local syslog daemon, facility daemon, as `tined[PID]`.
 * syslog(3) would do but for one thing: it does not say when a message was
 * lost.
 */
#ifndef TINED_MAIN_SYSLOGD_H
#define TINED_MAIN_SYSLOGD_H

#include <stddef.h>

#include "ipc/record.h"

/* Sends one message, as long as the daemon makes it wait.  A daemon that was
 * restarted is found again.  0, or -1 with errno. */
int syslogd_send(enum level level, const char *msg, size_t len);

/* The syslog and journal priority of a level. */
int syslogd_priority(enum level level);

#endif
