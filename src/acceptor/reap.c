/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "acceptor/events.h"
#include "acceptor/limits.h"
#include "acceptor/reap.h"
#include "base/clock.h"
#include "base/io.h"
#include "ipc/control.h"
#include "ipc/source.h"

#define READS      16   /* of signals at once */
#define SEARCH_US  5000 /* the longest search for ends */
#define AGAIN_MS   100  /* until what has failed is tried again */
#define SLOW_US    100  /* of one wait4: it walks a thousand children */
#define SLOW       200  /* such a walk takes one part in so many of the time */
#define SLOW_ALONE 5 /* ... or in these: without a list, or with more to find */
#define REST_MS    1000 /* the longest rest after a search */

static struct scoreboard_slot *
slot_of(const struct acceptor *a, const struct child *ch)
{
	return scoreboard_slot(a->board, &a->place,
	    child_slot(&a->children, ch));
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
	if (limits_leave(a->board))
		control_send(SETTINGS_FD_CONTROL, CONTROL_FREED, 0, NULL);
}

void
reap_release(struct acceptor *a, const struct child *ch)
{
	struct addr source = ch->peer;

	addr_mask(&source, a->prefix_v4, a->prefix_v6);
	source_remove(a->board, scoreboard_own(a->board), &source);
	reap_leave(a);
	a->full = false;
}

static void
ended(struct acceptor *a, struct child *ch, int status, int64_t now,
    const struct rusage *ru)
{
	struct scoreboard_slot *slot = slot_of(a, ch);
	struct scoreboard_counters *n = &a->section->n;
	/* As a shell has it: 127 is a program that could not be executed. */
	struct ending end = { .pid = ch->pid,
		.status = ch->failed ? W_EXITCODE(127, 0) : status,
		.now = now,
		.ru = ru };

	if (ch->halted)
		end.why = END_STOPPED;
	else if (ch->state == CHILD_ENDING || ch->state == CHILD_KILLED)
		end.why = a->stopped ? END_DRAIN : END_MAX;
	if (ch->program)
		leftovers_gone(&a->left, ch->pid,
		    ch->state == CHILD_RUNNING ? ch->due : 0, now);
	scoreboard_end(slot, &end);
	atomic_fetch_add(&n->ended, 1);
	atomic_fetch_add(&n->in, slot->in);
	atomic_fetch_add(&n->out, slot->out);
	reap_release(a, ch);
	if (ch->conn != 0)
		linger_add(&a->linger, ch->conn, now);
	child_exit(&a->children, ch);
	event_end(a, ch);
}

/* An end that could not be taken counts against the limits. */
static void
try_again(struct acceptor *a, int64_t now)
{
	a->look_ms = clock_earlier(a->look_ms, now + AGAIN_MS);
}

/* With these the group that a program leads is killed when it ends. */
static bool
ends_groups(const struct acceptor *a)
{
	return a->left.end || !TAILQ_EMPTY(&a->children.ending) ||
	    !TAILQ_EMPTY(&a->children.killed);
}

/*
 * Once a program was told to end, the leader of its group may die before the
 * rest.  As long as the leader is not reaped nobody else can get its number:
 * so the end is peeked at, the group is killed, and only then is it reaped.
 */
static void
kill_rest_of_group(const struct acceptor *a, const struct child *ch)
{
	siginfo_t si = { .si_pid = 0 };

	if (ch->program && (a->left.end || ch->state != CHILD_RUNNING) &&
	    waitid(P_PID, (id_t)ch->pid, &si, WEXITED | WNOHANG | WNOWAIT) ==
		0 &&
	    si.si_pid == ch->pid)
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

/* By its pid, which the kernel finds at once.  Whether it lives.  A signal of
 * another process may tell any number, and some mean any child to wait4. */
static bool
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
		try_again(a, now);
	return got == 0;
}

/* Any one, for which the kernel goes through all of them.  Whether there was
 * one.  Where there may be a group to kill first it is only peeked at. */
static bool
reap_any(struct acceptor *a, int64_t now)
{
	siginfo_t si = { .si_pid = 0 };
	struct rusage ru;
	int status;
	pid_t pid;

	if (ends_groups(a)) {
		if (waitid(P_ALL, 0, &si,
			WEXITED | WNOHANG | WNOWAIT | __WALL) == 0) {
			if (si.si_pid == 0)
				return false;
			reap_one(a, si.si_pid, now);
			return a->look_ms == 0; /* else it is there still */
		}
		pid = -1;
	} else if ((pid = wait4(-1, &status, WNOHANG | __WALL, &ru)) > 0)
		reaped(a, pid, status, now, &ru);
	if (pid == -1 && (a->children.nrunning > 0 || errno != ECHILD))
		try_again(a, now);
	return pid > 0;
}

static int64_t
search_clock(const struct acceptor *a)
{
	return a->slow ? clock_cpu_us() : clock_us();
}

/*
 * When to search again at the earliest, after one that made calls of wait4 in
 * took_us.  Only where there are thousands of children is one call slow; one
 * that seemed so may have waited for a processor, so processor time decides.
 * Where ends were found to the last there are more.
 */
static int64_t
rest_until(struct acceptor *a, int64_t took_us, unsigned int calls, bool more)
{
	int64_t walk_us = took_us / calls;
	bool measured = a->slow, alone = a->left.list.fd == -1;

	a->slow = walk_us > SLOW_US;
	if (!measured || !a->slow)
		return clock_ms();
	return clock_rest(more ? took_us : walk_us,
	    more || alone ? SLOW_ALONE : SLOW, REST_MS);
}

/*
 * One after the other, but not for ever: a program may leave thousands that
 * live, and make more that end than can be found in this way.  Then the list of
 * children is looked through, once for all of them.
 */
void
reap_sweep(struct acceptor *a, int64_t now)
{
	int64_t start = search_clock(a);
	unsigned int calls = 0;
	bool more;

	a->look_ms = 0;
	do {
		more = reap_any(a, now);
		calls++;
	} while (more && search_clock(a) - start < SEARCH_US);
	a->rest_ms = rest_until(a, search_clock(a) - start, calls, more);
	if (!more)
		return;
	(void)leftovers_soon(&a->left, now, 0);
	a->look_ms = clock_earlier(a->look_ms, a->rest_ms);
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
	const struct signalfd_siginfo *si;
	bool sweep = false;
	unsigned int reads = 0;
	ssize_t n;
	pid_t pid;

	do {
		n = io_read(a->ends, a->end_info, sizeof(a->end_info));
		if (n == -1 && errno != EAGAIN)
			try_again(a, now);
		for (si = a->end_info; n >= (ssize_t)sizeof(*si); si++) {
			pid = si->ssi_signo == SIGCHLD ? (pid_t)si->ssi_pid :
							 (pid_t)si->ssi_band;
			if (si->ssi_signo == SIGCHLD ||
			    child_find(&a->children, pid) == NULL)
				sweep = true;
			reap_one(a, pid, now);
			n -= (ssize_t)sizeof(*si);
		}
	} while (si == a->end_info + ENDS_AT_ONCE && ++reads < READS);
	if (!sweep)
		return;
	if (a->rest_ms <= now)
		reap_sweep(a, now);
	else
		a->look_ms = clock_earlier(a->look_ms, a->rest_ms);
}

static bool
has_ended(pid_t pid)
{
	siginfo_t si = { .si_pid = 0 };

	return waitid(P_PID, (id_t)pid, &si,
		   WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 &&
	    si.si_pid == pid;
}

static void
look_at_part(struct acceptor *a, int64_t now)
{
	struct offspring *list = &a->left.list;
	pid_t pid;

	offspring_read(list);
	while ((pid = offspring_next(list)) != 0)
		if (has_ended(pid))
			offspring_keep(list, pid);
		else if (child_find(&a->children, pid) == NULL)
			leftovers_met(&a->left, &a->children, pid, now);
}

/* A part of it; after the last one some of those that have ended. */
static void
look_through_list(struct acceptor *a, int64_t now)
{
	struct offspring *list = &a->left.list;
	int64_t start = clock_cpu_us(), n;
	unsigned int i;
	pid_t pid;

	if (!offspring_keeps(list))
		look_at_part(a, now);
	for (i = 0; i < OFFSPRING_TURN && offspring_keeps(list); i++) {
		pid = offspring_kept(list);
		reap_one(a, pid, now);
	}
	n = leftovers_part(&a->left, clock_cpu_us() - start);
	if (n != -1)
		atomic_store(&a->section->leftovers, (uint32_t)n);
	/* What runs may leave something at any time. */
	if (a->left.end && a->children.nrunning > 0)
		leftovers_soon(&a->left, now, LEFT_KEEP_MS);
}

void
reap_look(struct acceptor *a, int64_t now)
{
	if (a->look_ms != 0 && a->look_ms <= now)
		reap_sweep(a, now);
	if (leftovers_look(&a->left, now))
		look_through_list(a, now);
}

int64_t
reap_due(const struct acceptor *a)
{
	return clock_earlier(a->look_ms, leftovers_due(&a->left));
}

static void
tell_to_end(struct acceptor *a, struct child *ch, int64_t now)
{
	send_signal(ch, SIGTERM);
	/* It takes no signal while it is stopped.  (A built-in's filter permits
	 * TERM and KILL only; it has no business to be stopped.) */
	if (ch->program)
		send_signal(ch, SIGCONT);
	child_ending(&a->children, ch, now + SESSION_KILL_MS);
}

/* A session of a built-in never stops by itself, and while it is stopped it knows
 * no idle_timeout: one that is found stopped is ended. */
void
reap_halted(struct acceptor *a, int64_t now)
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
		tell_to_end(a, ch, now);
	}
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
