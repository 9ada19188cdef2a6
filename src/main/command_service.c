/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "main/command_service.h"
#include "main/worker_control.h"

#define NOTHING_MATCHES 1 /* the exit status of tine */

bool
command_service_has(uint32_t verb)
{
	return verb == COMMAND_PAUSE || verb == COMMAND_RESUME;
}

int
command_service(struct tined *t, const struct command_request *r, char *text,
    size_t size)
{
	struct served *s = served_find(&t->served, r->service);
	const bool pause = r->verb == COMMAND_PAUSE;

	if (t->stopping) {
		snprintf(text, size, "tined is stopping");
		return EX_UNAVAILABLE;
	}
	if (s == NULL || s->retired) {
		snprintf(text, size, "%s: no such service", r->service);
		return NOTHING_MATCHES;
	}
	worker_control_pause(t, s, pause, r->ms);
	snprintf(text, size, "%s is %s", s->name, pause ? "paused" : "serving");
	return 0;
}
