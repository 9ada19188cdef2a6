/* SPDX-License-Identifier: ISC */
/* systemd's notifications, by sd_notify(3). */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "base/clock.h"
#include "main/notify.h"

static char *notify_socket; /* NULL: nobody listens */
static int64_t watchdog_ms; /* between two signs of life, 0: none wanted */
static int64_t watchdog_due;

void
notify_init(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	uint64_t usec = 0;

	free(notify_socket);
	notify_socket = path != NULL ? strdup(path) : NULL;
	watchdog_ms = watchdog_due = 0;
	/* Twice as often as asked for, as sd_watchdog_enabled(3) advises. */
	if (sd_watchdog_enabled(1, &usec) > 0)
		watchdog_ms = (int64_t)(usec / 2000) > 0 ?
		    (int64_t)(usec / 2000) :
		    1;
	unsetenv("NOTIFY_SOCKET");
	if (notify_socket == NULL)
		watchdog_ms = 0;
}

/* libsystemd looks for the socket in the environment, nobody else may. */
bool
notify_wanted(void)
{
	return notify_socket != NULL;
}

static void
notify(const char *state)
{
	if (notify_socket == NULL)
		return;
	if (setenv("NOTIFY_SOCKET", notify_socket, 1) == -1)
		return;
	sd_notify(1, state);
}

static void
notify_with_status(const char *state, const char *status)
{
	char text[640];

	snprintf(text, sizeof(text), "%s%sSTATUS=%s", state,
	    state[0] != '\0' ? "\n" : "", status);
	notify(text);
}

void
notify_ready(const char *status)
{
	if (status == NULL)
		notify("READY=1");
	else
		notify_with_status("READY=1", status);
}

void
notify_reloading(void)
{
	char text[64];

	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
	    clock_us());
	notify(text);
}

void
notify_stopping(void)
{
	notify("STOPPING=1");
}

void
notify_status(const char *status)
{
	notify_with_status("", status);
}

void
notify_extend(int64_t ms)
{
	char text[64];

	snprintf(text, sizeof(text), "EXTEND_TIMEOUT_USEC=%" PRId64, ms * 1000);
	notify(text);
}

int64_t
notify_watchdog(int64_t now)
{
	if (watchdog_ms == 0)
		return 0;
	if (now >= watchdog_due) {
		notify("WATCHDOG=1");
		watchdog_due = now + watchdog_ms;
	}
	return watchdog_due;
}
