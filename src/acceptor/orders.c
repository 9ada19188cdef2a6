/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "acceptor/expire.h"
#include "acceptor/leave.h"
#include "acceptor/orders.h"
#include "base/clock.h"
#include "ipc/control.h"

static void
drain(struct acceptor *a, int64_t stop_ms)
{
	unsigned int i;

	for (i = 0; i < a->settings->nlisteners; i++) {
		if (a->listener[i].fd != -1)
			close(a->listener[i].fd);
		if (a->listener[i].broken != 0)
			close(a->listener[i].broken);
		a->listener[i].fd = -1;
		a->listener[i].broken = 0;
	}
	if (!a->draining && !a->orphan)
		control_send(SETTINGS_FD_CONTROL, CONTROL_CLOSED, 0, NULL);
	a->draining = true;
	a->title_count = UINT32_MAX; /* the title changes */
	if (stop_ms != 0)
		a->stop_ms = stop_ms;
}

static void
handle(struct acceptor *a, const struct control *msg, int64_t now)
{
	struct command_request chosen;

	unsigned int v4, v6;

	switch (msg->type) {
	case CONTROL_ACCEPT:
		a->waiting = false;
		break;
	case CONTROL_END:
		memcpy(&chosen, msg->text, sizeof(chosen));
		expire_choose(a, &chosen, now);
		break;
	case CONTROL_PAUSE:
		a->waiting = true;
		break;
	case CONTROL_DRAIN:
		/* Another generation accepts from now on, perhaps with other
		 * prefixes. */
		if (control_has_prefixes(msg->arg, &v4, &v6))
			leave_recount(a, v4, v6);
		drain(a, 0);
		break;
	case CONTROL_STOP:
		drain(a, now + (msg->arg > 0 ? msg->arg : 0));
		break;
	case CONTROL_WAKE:
		a->full = false;
		break;
	case CONTROL_PING:
		control_send(SETTINGS_FD_CONTROL, CONTROL_PONG, 0, NULL);
		break;
	case CONTROL_GREW:
		scoreboard_grown(a->board, (uint32_t)msg->arg);
		break;
	}
}

void
orders_take(struct acceptor *a, int64_t now)
{
	struct control msg;
	int got;

	while ((got = control_receive(SETTINGS_FD_CONTROL, &msg)) == 1)
		handle(a, &msg, now);
	if (got == 0 && !a->orphan) {
		a->orphan = true;
		drain(a,
		    clock_earlier(a->stop_ms, now + a->settings->drain_ms));
	}
}
