/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "logger/log.h"
#include "main/command_refusal.h"

#define SAY_MS 1000 /* between two lines */

void
command_refusal_say(struct command_refusals *all,
    const struct command_refusal *r)
{
	char uid[16], pid[16], code[16], unsaid[24];
	int64_t now = clock_ms();

	if (all->said_at != 0 && now - all->said_at < SAY_MS) {
		all->unsaid++;
		return;
	}
	snprintf(uid, sizeof(uid), "%u", (unsigned int)r->peer->uid);
	snprintf(pid, sizeof(pid), "%d", (int)r->peer->pid);
	snprintf(code, sizeof(code), "%d", r->code);
	snprintf(unsaid, sizeof(unsaid), "%" PRIu64, all->unsaid);
	log_event(LEVEL_WARNING, "command", "verb",
	    r->verb == NULL ? "unknown" : r->verb, "uid", uid, "pid", pid,
	    "exit", code, "msg", r->why, all->unsaid == 0 ? NULL : "not_shown",
	    unsaid, NULL);
	all->said_at = now;
	all->unsaid = 0;
}

int64_t
command_refusal_step(struct command_refusals *all, int64_t now)
{
	char unsaid[24];

	if (all->unsaid == 0)
		return 0;
	if (now - all->said_at < SAY_MS)
		return all->said_at + SAY_MS;
	snprintf(unsaid, sizeof(unsaid), "%" PRIu64, all->unsaid);
	log_event(LEVEL_WARNING, "command", "msg", "refused", "not_shown",
	    unsaid, NULL);
	all->said_at = now;
	all->unsaid = 0;
	return 0;
}
