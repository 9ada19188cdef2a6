/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/wait.h>

#include <signal.h>

#include "acceptor/expire.h"
#include "base/offspring.h"
#include "ipc/scoreboard.h"
#include "ipc/selection.h"

/* (A built-in's filter allows TERM and KILL only.) */
static void
terminate(struct acceptor *a, struct child *ch, enum end_reason why,
    int64_t now)
{
	ch->why = (uint8_t)why;
	offspring_end(ch->pid, ch->program);
	child_ending(&a->children, ch, CHILD_ENDING, now + SESSION_KILL_MS);
}

static void
terminate_now(struct acceptor *a, struct child *ch)
{
	offspring_signal(ch->pid, ch->program, SIGKILL);
	child_ending(&a->children, ch, CHILD_KILLED, 0);
}

/* A built-in never stops itself, and a stopped one has no idle_timeout. */
void
expire_stopped(struct acceptor *a, int64_t now)
{
	struct child *ch;
	siginfo_t si;

	for (;;) {
		si.si_pid = 0;
		if (waitid(P_ALL, 0, &si, WSTOPPED | WNOHANG | __WALL) == -1 ||
		    si.si_pid == 0)
			return;
		ch = child_find(&a->children, si.si_pid);
		if (ch == NULL || ch->state != CHILD_RUNNING)
			continue;
		terminate(a, ch, END_STOPPED, now);
	}
}

void
expire_due(struct acceptor *a, int64_t now)
{
	struct children *c = &a->children;
	struct child *ch;

	while ((ch = TAILQ_FIRST(&c->queue[CHILD_RUNNING])) != NULL &&
	    ch->due != 0 && ch->due <= now)
		terminate(a, ch, END_MAX, now);
	while ((ch = TAILQ_FIRST(&c->queue[CHILD_ENDING])) != NULL &&
	    ch->due <= now) {
		terminate_now(a, ch);
	}
}

void
expire_all(struct acceptor *a, int64_t now)
{
	struct child *ch;

	a->stopped = true;
	while ((ch = TAILQ_FIRST(&a->children.queue[CHILD_RUNNING])) != NULL)
		terminate(a, ch, END_DRAIN, now);
}

static void
end_one(struct acceptor *a, struct child *ch, int64_t now)
{
	const struct command_request *r = &a->ending;
	const struct selectable session = {
		.id = ch->id, .start_ms = ch->start_ms, .peer = &ch->peer
	};

	if (ch->state < CHILD_RUNNING || ch->state > CHILD_KILLED ||
	    ch->start_ms > a->ending_ms || !selection_has(r, &session, now))
		return;
	if (ch->state == CHILD_RUNNING)
		terminate(a, ch, END_OPERATOR, now);
	if (r->kill != 0)
		terminate_now(a, ch);
}

bool
expire_chosen(struct acceptor *a, int64_t now, uint32_t most)
{
	uint32_t end = a->children.n;

	if (a->ending_at == 0)
		return false;
	if (end - (a->ending_at - 1) > most)
		end = a->ending_at - 1 + most;
	for (; a->ending_at <= end; a->ending_at++)
		end_one(a, &a->children.at[a->ending_at - 1], now);
	if (a->ending_at > a->children.n)
		a->ending_at = 0;
	return a->ending_at != 0;
}

void
expire_choose(struct acceptor *a, const struct command_request *r, int64_t now)
{
	(void)expire_chosen(a, now, UINT32_MAX);
	a->ending = *r;
	a->ending_ms = now;
	a->ending_at = 1;
}
