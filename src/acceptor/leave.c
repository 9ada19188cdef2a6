/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/wait.h>

#include <unistd.h>

#include "acceptor/leave.h"
#include "ipc/builtin.h"
#include "ipc/source.h"

#define LOOK_MS 1000 /* between two checks */

/*
 * When the parent of a stopped process group exits, the kernel sends the group
 * SIGHUP and SIGCONT, which would end it.
 */
static bool
one_is_stopped(void)
{
	siginfo_t si = { .si_pid = 0 };

	return waitid(P_ALL, 0, &si, WSTOPPED | WNOHANG | WNOWAIT | __WALL) ==
	    0 &&
	    si.si_pid != 0;
}

/* Main neither lingers for programs nor ends their leftovers. */
static bool
has_duties(const struct acceptor *a)
{
	return a->settings->builtin == BUILTIN_NONE &&
	    (a->settings->linger != 0 || a->settings->max_ms != 0 ||
		a->left.end || a->left.n > 0 || a->left.ngone > 0);
}

/* Main recognises sessions by the acceptor's session id, and does not know
 * which program could not be executed. */
static bool
all_are_known(const struct acceptor *a)
{
	const bool program = a->settings->builtin == BUILTIN_NONE;
	const struct child *ch;
	pid_t own = program ? getsid(0) : 0;

	TAILQ_FOREACH (ch, &a->children.queue[CHILD_RUNNING], entry)
		if (ch->failed || (program && getsid(ch->pid) != own))
			return false;
	return true;
}

bool
leave_possible(struct acceptor *a, int64_t now)
{
	const struct children *c = &a->children;

	/* Main is gone or stopping: all sessions are ended in time. */
	if (a->orphan || a->stop_ms != 0 || a->stopped || has_duties(a) ||
	    !TAILQ_EMPTY(&c->queue[CHILD_ENDING]) ||
	    !TAILQ_EMPTY(&c->queue[CHILD_KILLED])) {
		a->leave_ms = 0;
		return false;
	}
	if (a->leave_ms > now)
		return false;
	if (all_are_known(a) && !one_is_stopped())
		return true;
	a->leave_ms = now + LOOK_MS;
	return false;
}

void
leave_slots(const struct acceptor *a)
{
	const struct child *ch;
	struct scoreboard_slot *slot;

	TAILQ_FOREACH (ch, &a->children.queue[CHILD_RUNNING], entry) {
		slot = acceptor_slot(a, ch);
		slot->peer = ch->peer;
		slot->until_ms = ch->due;
		slot->program = ch->program;
		atomic_store(&slot->pid, ch->pid);
		atomic_store(&slot->state, SLOT_TAKEN);
	}
}

void
leave_recount(struct acceptor *a, unsigned int v4, unsigned int v6)
{
	const struct scoreboard_parts *own = &a->board->own;
	const struct child *ch;
	struct addr source;
	unsigned int i;

	for (i = CHILD_RUNNING; i <= CHILD_KILLED; i++)
		TAILQ_FOREACH (ch, &a->children.queue[i], entry) {
			source = ch->peer;
			addr_mask(&source, a->prefix_v4, a->prefix_v6);
			source_remove(a->board, own, &source);
			source = ch->peer;
			addr_mask(&source, v4, v6);
			source_add(a->board, own, &source);
		}
	a->prefix_v4 = v4;
	a->prefix_v6 = v6;
}
