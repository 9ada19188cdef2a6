/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <systemd/sd-daemon.h>

#include "base/clock.h"
#include "main/notify.h"

static char *notify_socket; /* NULL: there is none */
static int64_t watchdog_ms; /* between two signs of life; 0: no watchdog */
static int64_t watchdog_due;

void
notify_init(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	uint64_t usec = 0;

	free(notify_socket);
	notify_socket = path != NULL ? strdup(path) : NULL;
	watchdog_ms = watchdog_due = 0;
	/* Twice as often as required, as sd_watchdog_enabled(3) advises. */
	if (sd_watchdog_enabled(1, &usec) > 0 && notify_socket != NULL)
		watchdog_ms = usec < 2000 ? 1 : (int64_t)(usec / 2000);
	unsetenv("NOTIFY_SOCKET");
}

bool
notify_wanted(void)
{
	return notify_socket != NULL;
}

/* libsystemd takes the socket from the environment, and removes it there. */
void
notify_send(const char *fmt, ...)
{
	char text[640];
	va_list ap;

	if (notify_socket == NULL ||
	    setenv("NOTIFY_SOCKET", notify_socket, 1) == -1)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	sd_notify(1, text);
}

void
notify_reloading(void)
{
	notify_send("RELOADING=1\nMONOTONIC_USEC=%" PRId64, clock_us());
}

int64_t
notify_watchdog(int64_t now)
{
	if (watchdog_ms != 0 && now >= watchdog_due) {
		notify_send("WATCHDOG=1");
		watchdog_due = now + watchdog_ms;
	}
	return watchdog_ms == 0 ? 0 : watchdog_due;
}
