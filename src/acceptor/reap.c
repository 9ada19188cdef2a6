/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>

#include "acceptor/events.h"
#include "acceptor/limits.h"
#include "acceptor/reap.h"
#include "base/clock.h"
#include "ipc/control.h"
#include "ipc/source.h"

#define AGAIN_MS 100 /* until a failed wait is tried again */

void
reap_leave(struct acceptor *a)
{
	if (limits_leave(a->board))
		control_send(SETTINGS_FD_CONTROL, CONTROL_FREED, 0, NULL);
}

static void
ended(struct acceptor *a, struct child *ch, int status, int64_t now,
    const struct rusage *ru)
{
	struct scoreboard_slot *slot = acceptor_slot(a, ch);
	struct addr source = ch->peer;
	/* 127 as in a shell: the program could not be executed. */
	struct ending end = { .pid = ch->pid,
		.status = ch->failed ? W_EXITCODE(127, 0) : status,
		.now = now,
		.why = ch->why,
		.ru = ru };

	if (ch->program)
		leftovers_gone(&a->left, ch->pid,
		    ch->state == CHILD_RUNNING ? ch->due : 0, now);
	slot_end(slot, &end);
	counters_end(&a->section->n, slot);
	addr_mask(&source, a->prefix_v4, a->prefix_v6);
	source_remove(a->board, &a->board->own, &source);
	reap_leave(a);
	a->full = false;
	if (ch->conn != 0)
		linger_add(&a->linger, ch->conn, now);
	child_exit(&a->children, ch);
	event_end(a, ch);
}

void
reap_again(struct acceptor *a, int64_t now)
{
	a->look_ms = clock_earlier(a->look_ms, now + AGAIN_MS);
}

bool
reap_peek(pid_t pid)
{
	siginfo_t si = { .si_pid = 0 };

	return waitid(P_PID, (id_t)pid, &si,
		   WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 &&
	    si.si_pid == pid;
}

/* Whether the group that a program leads must be killed when it ends. */
static bool
ends_groups(const struct acceptor *a)
{
	return a->left.end || !TAILQ_EMPTY(&a->children.queue[CHILD_ENDING]) ||
	    !TAILQ_EMPTY(&a->children.queue[CHILD_KILLED]);
}

/*
 * After TERM the leader of a program's group may end before the rest.  Until it
 * is reaped its pid cannot be reused: so peek at the end, kill the group, and
 * reap it only then.
 */
static void
kill_rest_of_group(const struct acceptor *a, const struct child *ch)
{
	if (ch->program && (a->left.end || ch->state != CHILD_RUNNING) &&
	    reap_peek(ch->pid))
		kill(-ch->pid, SIGKILL);
}

static void
reaped(struct acceptor *a, pid_t pid, int status, int64_t now,
    const struct rusage *ru)
{
	struct child *ch = child_find(&a->children, pid);

	if (ch != NULL)
		ended(a, ch, status, now, ru);
	else
		leftovers_reaped(&a->left, pid, now);
}

/* A signal of another process may name any pid; for wait4, some mean any
 * child. */
bool
reap_one(struct acceptor *a, pid_t pid, int64_t now)
{
	const struct child *ch = child_find(&a->children, pid);
	struct rusage ru;
	int status;
	pid_t got;

	if (pid <= 0)
		return false;
	if (ch != NULL)
		kill_rest_of_group(a, ch);
	got = wait4(pid, &status, WNOHANG | __WALL, &ru);
	if (got == pid)
		reaped(a, pid, status, now, &ru);
	else if (got == -1 && (ch != NULL || errno != ECHILD))
		reap_again(a, now);
	return got == 0;
}

bool
reap_any(struct acceptor *a, int64_t now)
{
	siginfo_t si = { .si_pid = 0 };
	struct rusage ru;
	int status;
	pid_t pid;

	/* Where its group may have to be killed first, only peek. */
	if (ends_groups(a)) {
		if (waitid(P_ALL, 0, &si,
			WEXITED | WNOHANG | WNOWAIT | __WALL) == 0) {
			if (si.si_pid == 0)
				return false;
			reap_one(a, si.si_pid, now);
			return a->look_ms == 0; /* else it was not reaped */
		}
		pid = -1;
	} else if ((pid = wait4(-1, &status, WNOHANG | __WALL, &ru)) > 0)
		reaped(a, pid, status, now, &ru);
	if (pid == -1 && (a->children.nrunning > 0 || errno != ECHILD))
		reap_again(a, now);
	return pid > 0;
}
