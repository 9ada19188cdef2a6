/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/wait.h>

#include <signal.h>

#include "acceptor/expire.h"
#include "base/offspring.h"
#include "ipc/scoreboard.h"

/* (A built-in's filter allows TERM and KILL only.) */
static void
terminate(struct acceptor *a, struct child *ch, int64_t now)
{
	offspring_end(ch->pid, ch->program);
	child_ending(&a->children, ch, CHILD_ENDING, now + SESSION_KILL_MS);
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
		ch->halted = true;
		terminate(a, ch, now);
	}
}

void
expire_due(struct acceptor *a, int64_t now)
{
	struct children *c = &a->children;
	struct child *ch;

	while ((ch = TAILQ_FIRST(&c->queue[CHILD_RUNNING])) != NULL &&
	    ch->due != 0 && ch->due <= now)
		terminate(a, ch, now);
	while ((ch = TAILQ_FIRST(&c->queue[CHILD_ENDING])) != NULL &&
	    ch->due <= now) {
		offspring_signal(ch->pid, ch->program, SIGKILL);
		child_ending(c, ch, CHILD_KILLED, 0);
	}
}

void
expire_all(struct acceptor *a, int64_t now)
{
	struct child *ch;

	a->stopped = true;
	while ((ch = TAILQ_FIRST(&a->children.queue[CHILD_RUNNING])) != NULL)
		terminate(a, ch, now);
}
