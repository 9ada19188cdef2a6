/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include <signal.h>
#include <unistd.h>

#include "acceptor/events.h"
#include "acceptor/limits.h"
#include "acceptor/reap.h"
#include "base/clock.h"
#include "base/control.h"
#include "base/io.h"
#include "base/source.h"

static struct board_slot *
slot_of(const struct acceptor *a, const struct child *ch)
{
	return board_slot(a->board, a->sec, child_slot(&a->children, ch));
}

/* pid is our own unreaped child: nobody else can have it.  A program may have
 * left the group that it was given, but not what it left there. */
static void
send_signal(const struct child *ch, int sig)
{
	if (ch->program)
		kill(-ch->pid, sig);
	if (!ch->program || getpgid(ch->pid) != ch->pid)
		kill(ch->pid, sig);
}

void
reap_leave(struct acceptor *a)
{
	if (limits_leave(a->board, a->spec))
		control_send(SPEC_FD_CONTROL, CONTROL_FREED, 0, NULL);
}

void
reap_release(struct acceptor *a, const struct child *ch)
{
	source_remove(a->board, a->sec, &ch->source);
	reap_leave(a);
	a->full = false;
}

static void
ended(struct acceptor *a, struct child *ch, int status, int64_t now,
    const struct rusage *ru)
{
	struct board_slot *slot = slot_of(a, ch);
	struct board_counters *n = &a->section->n;
	/* As a shell has it: 127 is a program that could not be executed. */
	struct ending end = { .pid = ch->pid,
		.status = ch->failed ? W_EXITCODE(127, 0) : status,
		.now = now,
		.ru = ru };

	if (ch->state == CHILD_ENDING || ch->state == CHILD_KILLED)
		end.why = a->stopped ? END_DRAIN : END_MAX;
	board_end(slot, &end);
	atomic_fetch_add(&n->ended, 1);
	atomic_fetch_add(&n->in, slot->in);
	atomic_fetch_add(&n->out, slot->out);
	reap_release(a, ch);
	child_exit(&a->children, ch);
	event_end(a, ch);
}

/*
 * Once a program was told to end, the leader of its group may die before the
 * rest.  As long as the leader is not reaped nobody else can get its number:
 * so the end is peeked at, the group is killed, and only then is it reaped.
 */
static void
kill_rest_of_group(const struct child *ch)
{
	siginfo_t si = { .si_pid = 0 };

	if (ch->program && ch->state != CHILD_RUNNING &&
	    waitid(P_PID, (id_t)ch->pid, &si, WEXITED | WNOHANG | WNOWAIT) ==
		0 &&
	    si.si_pid == ch->pid)
		send_signal(ch, SIGKILL);
}

/* By its pid, which the kernel finds at once; nothing when it still lives.
 * Whether it is one of ours. */
static bool
reap_one(struct acceptor *a, pid_t pid, int64_t now)
{
	struct child *ch = child_find(&a->children, pid);
	struct rusage ru;
	int status;

	if (ch == NULL)
		return false;
	kill_rest_of_group(ch);
	if (wait4(pid, &status, WNOHANG | __WALL, &ru) == pid)
		ended(a, ch, status, now, &ru);
	return true;
}

/* As long as nobody was told to end there is no group to kill first. */
static void
reap_all(struct acceptor *a, int64_t now)
{
	struct child *ch;
	struct rusage ru;
	int status;
	pid_t pid;

	while ((pid = wait4(-1, &status, WNOHANG | __WALL, &ru)) > 0)
		if ((ch = child_find(&a->children, pid)) != NULL)
			ended(a, ch, status, now, &ru);
}

void
reap_sweep(struct acceptor *a, int64_t now)
{
	siginfo_t si;

	if (TAILQ_EMPTY(&a->children.ending) &&
	    TAILQ_EMPTY(&a->children.killed)) {
		reap_all(a, now);
		return;
	}
	for (;;) {
		si.si_pid = 0;
		if (waitid(P_ALL, 0, &si,
			WEXITED | WNOHANG | WNOWAIT | __WALL) == -1 ||
		    si.si_pid == 0)
			return;
		/* A stranger must not be met again in the next turn. */
		if (!reap_one(a, si.si_pid, now))
			waitpid(si.si_pid, NULL, WNOHANG | __WALL);
	}
}

/*
 * Of several programs that end at once only one SIGCHLD tells, so theirs means:
 * look at all.  A session's own signal tells its pid; as a signal that is not
 * SIGCHLD never has a child's code, signalfd(2) takes that for SIGPOLL's, and
 * the pid stands in ssi_band.  Where it should not: see above, look at all.
 */
void
reap_ended(struct acceptor *a, int64_t now)
{
	const struct signalfd_siginfo *si = a->end_info;
	bool sweep = false;
	ssize_t n;
	size_t i;

	do {
		if ((n = io_read(a->ends, a->end_info, sizeof(a->end_info))) ==
		    -1)
			break;
		for (i = 0; i < (size_t)n / sizeof(*si); i++)
			if (si[i].ssi_signo == SIGCHLD ||
			    !reap_one(a, (pid_t)si[i].ssi_band, now))
				sweep = true;
	} while ((size_t)n == sizeof(a->end_info));
	if (sweep)
		reap_sweep(a, now);
}

static void
tell_to_end(struct acceptor *a, struct child *ch, int64_t now)
{
	send_signal(ch, SIGTERM);
	child_ending(&a->children, ch, now + SESSION_KILL_MS);
}

void
reap_expire(struct acceptor *a, int64_t now)
{
	struct children *c = &a->children;
	struct child *ch;

	while ((ch = TAILQ_FIRST(&c->running)) != NULL && ch->due != 0 &&
	    ch->due <= now)
		tell_to_end(a, ch, now);
	while ((ch = TAILQ_FIRST(&c->ending)) != NULL && ch->due <= now) {
		send_signal(ch, SIGKILL);
		child_killed(c, ch);
	}
}

void
reap_stop(struct acceptor *a, int64_t now)
{
	struct child *ch;

	a->stopped = true;
	while ((ch = TAILQ_FIRST(&a->children.running)) != NULL)
		tell_to_end(a, ch, now);
}
