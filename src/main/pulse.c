/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <signal.h>
#include <stdbool.h>

#include "base/clock.h"
#include "ipc/control.h"
#include "logger/log.h"
#include "main/child.h"
#include "main/served.h"

#define ASKED_MAX 2

void
pulse_answer(struct acceptor *a, int64_t now)
{
	a->pulse.asked = 0;
	a->pulse.due = clock_beat(now, PULSE_MS);
}

void
pulse_soon(struct acceptor *a, int64_t now)
{
	if (a->pulse.asked == 0)
		a->pulse.due = now;
}

/* What it has said already, and main has not yet read. */
static bool
is_heard(const struct acceptor *a)
{
	char c;

	return recv(a->control.fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
}

static void
give_up(struct acceptor *a, int64_t now)
{
	a->pulse.asked = 0;
	a->pulse.due = clock_beat(now, PULSE_MS);
	if (child_is_traced(a->pid))
		return;
	log_message(LEVEL_ERROR, "%s: the acceptor %d %s: it is killed",
	    a->served->name, (int)a->pid,
	    child_is_stopped(a->pid) ? "was stopped" : "does not answer");
	kill(a->pid, SIGKILL);
}

int64_t
pulse_step(struct acceptor *a, int64_t now)
{
	struct pulse *p = &a->pulse;

	if (a->state == ACCEPTOR_STARTING || a->control.fd == -1)
		return 0;
	if (p->due == 0)
		p->due = clock_beat(now, PULSE_MS);
	if (p->due > now)
		return p->due;
	if (p->asked > 0 && (now - p->due > PULSE_LATE_MS || is_heard(a)))
		p->due = now + PULSE_WAIT_MS;
	else if (p->asked < ASKED_MAX) {
		/* What has no room there is not answered, either. */
		control_send(a->control.fd, CONTROL_PING, 0, NULL);
		p->asked++;
		p->due = now +
		    (p->asked < ASKED_MAX ? PULSE_MS : PULSE_WAIT_MS);
	} else
		give_up(a, now);
	return p->due;
}
