/* SPDX-License-Identifier: ISC */
/*
 * systemd: readiness, status and watchdog, by sd_notify(3).  Without
 * NOTIFY_SOCKET nothing happens.
 */
#ifndef TINED_MAIN_NOTIFY_H
#define TINED_MAIN_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* Takes NOTIFY_SOCKET and the watchdog's variables out of the environment, so
 * that no child gets them.  Call once, before any fork. */
void notify_init(void);

/* Whether there is a service manager to notify. */
bool notify_wanted(void);

/* Sends it a text of sd_notify(3).  Without one nothing happens. */
void notify_send(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

void notify_reloading(void); /* RELOADING=1, MONOTONIC_USEC */

/* Feeds the watchdog when due; the next clock_ms to call, 0 without one. */
int64_t notify_watchdog(int64_t now);

#endif
