/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <signal.h>
#include <unistd.h>

#include "acceptor/events.h"
#include "acceptor/limits.h"
#include "acceptor/reap.h"
#include "base/clock.h"
#include "base/control.h"
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

static int64_t
timeval_us(const struct timeval *tv)
{
	return (int64_t)tv->tv_sec * 1000000 + tv->tv_usec;
}

static void
ended(struct acceptor *a, struct child *ch, int status, int64_t now,
    const struct rusage *ru)
{
	struct board_slot *slot = slot_of(a, ch);
	struct board_counters *n = &a->section->n;

	atomic_store(&slot->pid, ch->pid); /* whatever the session wrote */
	slot->status = status;
	slot->until_ms = now;
	slot->utime_us = (uint64_t)timeval_us(&ru->ru_utime);
	slot->stime_us = (uint64_t)timeval_us(&ru->ru_stime);
	slot->maxrss_kib = (uint32_t)ru->ru_maxrss;
	/* A session that writes its own reason can only say that it was idle. */
	if (ch->state == CHILD_ENDING || ch->state == CHILD_KILLED)
		slot->reason = a->stopped ? END_DRAIN : END_MAX;
	else if (slot->reason != END_IDLE)
		slot->reason = END_BY_ITSELF;
	atomic_store(&slot->state, SLOT_ENDED);
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
 *
 * Returns whom to reap: the one that was peeked at and nobody else, since
 * another one may have died meanwhile; -1: anybody; 0: nobody.
 */
static pid_t
peek(struct acceptor *a)
{
	siginfo_t si = { .si_pid = 0 };
	struct child *ch;

	if (TAILQ_EMPTY(&a->children.ending) &&
	    TAILQ_EMPTY(&a->children.killed))
		return -1;
	if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) == -1 ||
	    si.si_pid == 0)
		return 0;
	ch = child_find(&a->children, si.si_pid);
	if (ch != NULL && ch->program && ch->state != CHILD_RUNNING)
		send_signal(ch, SIGKILL);
	return si.si_pid;
}

void
reap_all(struct acceptor *a, int64_t now)
{
	struct rusage ru;
	struct child *ch;
	int status;
	pid_t pid;

	for (;;) {
		if ((pid = peek(a)) == 0)
			return;
		if ((pid = wait4(pid, &status, WNOHANG, &ru)) <= 0)
			return;
		if ((ch = child_find(&a->children, pid)) != NULL)
			ended(a, ch, status, now, &ru);
	}
}

static void
tell_to_end(struct acceptor *a, struct child *ch, int64_t now)
{
	send_signal(ch, SIGTERM);
	child_ending(&a->children, ch, now + KILL_MS);
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
