/*
 * systemd: readiness, status and watchdog, by sd_notify(3).  Without
 * NOTIFY_SOCKET nothing happens.
 */
#ifndef TINED_MAIN_NOTIFY_H
#define TINED_MAIN_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* Reads WATCHDOG_USEC and keeps NOTIFY_SOCKET to itself: no child of main
 * finds these variables.  Call once, before any fork. */
void notify_init(void);

/* Whether somebody listens. */
bool notify_wanted(void);

/* A status of NULL leaves the one that was said before. */
void notify_ready(const char *status);
void notify_reloading(void); /* RELOADING=1, MONOTONIC_USEC */
void notify_stopping(void);
void notify_status(const char *status);
/* Asks for so many ms from now on for what is going on, a stop for example
 * (EXTEND_TIMEOUT_USEC). */
void notify_extend(int64_t ms);

/* Feeds the watchdog when it is due; the clock_ms at which to call again, 0
 * when there is no watchdog. */
int64_t notify_watchdog(int64_t now);

#endif
