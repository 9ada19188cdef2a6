/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/control.h"
#include "base/io.h"
#include "base/source.h"
#include "main/adopt.h"

#define PID_MAX (4 << 20) /* PID_MAX_LIMIT of the kernel */

/*
 * Pids that are somebody's orphan, a bit each.  A board may name one in many
 * slots, or that of another service: only the first who does has it.
 */
static uint8_t orphans[PID_MAX / 8];

static bool
is_orphan(pid_t pid)
{
	return (orphans[pid / 8] >> pid % 8 & 1) != 0;
}

static void
set_orphan(pid_t pid, bool on)
{
	if (on)
		orphans[pid / 8] |= (uint8_t)(1 << pid % 8);
	else
		orphans[pid / 8] &= (uint8_t) ~(1 << pid % 8);
}

/*
 * What the kernel says of it, for a board says anything.  It is main's child and
 * not yet reaped: only then may it be signalled.  And it is of the session that
 * the dead acceptor led, which nobody can enter: so it descends from that one.
 * (A program that has left its group, then that session, is not told from what
 * other services have left behind.  It is not taken.)
 */
static bool
is_session_of(const struct acceptor *dead, pid_t pid)
{
	siginfo_t si;

	return pid > 1 && pid < PID_MAX &&
	    waitid(P_PID, (id_t)pid, &si, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    getsid(pid) == dead->pid;
}

static void
count_lost(const struct adopted *a)
{
	struct board_section *sec = board_section(a->served->board, a->section);

	atomic_fetch_add(&sec->n.lost, 1);
	atomic_fetch_add(&sec->unsaid, 1);
}

static void
write_record(const struct adopted *a, struct board_slot *slot)
{
	char buf[256];
	size_t size = record_end(slot, buf, sizeof(buf));

	if (io_write(a->served->log[1], buf, size) == -1)
		count_lost(a);
}

/* Gives back what the limits had counted, and wakes who waits for it. */
static void
release(const struct adopted *a, const struct orphan *o,
    struct board_slot *slot)
{
	struct board_section *sec = board_section(a->served->board, a->section);
	struct acceptor *acc;

	source_remove(a->served->board, a->section, &o->source);
	atomic_store(&slot->state, SLOT_FREE);
	if (atomic_load(&sec->nsessions) > 0)
		atomic_fetch_sub(&sec->nsessions, 1);
	atomic_fetch_add(&sec->n.ended, 1);
	atomic_fetch_add(&sec->n.in, slot->in);
	atomic_fetch_add(&sec->n.out, slot->out);
	TAILQ_FOREACH (acc, &a->served->acceptors, entry)
		if (acc->control.fd != -1 &&
		    atomic_load(&board_section(a->served->board, acc->section)
				     ->waiting) != 0)
			control_send(acc->control.fd, CONTROL_WAKE, 0, NULL);
}

/* One slot as the acceptor left it; whether its session lives on. */
static bool
take_slot(struct adopted *a, const struct acceptor *dead, uint32_t i,
    bool (*is_own)(pid_t pid))
{
	struct board_slot *slot = board_slot(a->served->board, a->section, i);
	uint8_t state = atomic_load(&slot->state);
	pid_t pid = atomic_load(&slot->pid);

	if (state == SLOT_ENDED) {
		write_record(a, slot);
		atomic_store(&slot->state, SLOT_FREE);
	}
	if (state != SLOT_TAKEN)
		return false;
	if (is_own(pid) || !is_session_of(dead, pid) || is_orphan(pid)) {
		/* Never forked, or reaped by the acceptor in its last moment,
		 * and nobody knows how it ended. */
		if (pid != 0)
			count_lost(a);
		atomic_store(&slot->state, SLOT_FREE);
		return false;
	}
	set_orphan(pid, true);
	a->v[a->n++] = (struct orphan) { .pid = pid,
		.source = slot->peer,
		.slot = i,
		.due = slot->until_ms };
	return true;
}

/*
 * The dead acceptor was counting, perhaps: one session more than it has said
 * has begun, or ended.  What began and does not live has ended.
 */
static void
complete_counts(const struct adopted *a)
{
	struct board_section *sec = board_section(a->served->board, a->section);
	uint64_t started = atomic_load(&sec->n.started);
	uint64_t known = atomic_load(&sec->n.ended) + a->nalive;

	if (started < known)
		atomic_store(&sec->n.started, known);
	else
		atomic_fetch_add(&sec->n.ended, started - known);
}

static void
let_go(struct adopted_list *l, struct adopted *a)
{
	struct board_section *sec = board_section(a->served->board, a->section);

	a->served->unsaid += atomic_load(&sec->unsaid);
	TAILQ_REMOVE(l, a, entry);
	board_release(a->served->board, a->section);
	free(a->v);
	free(a);
}

void
adopt_section(struct adopted_list *l, const struct acceptor *dead,
    bool (*is_own)(pid_t pid))
{
	const unsigned int section = dead->section;
	struct served *s = dead->served;
	/* A new service's acceptor may die before it is in force. */
	const struct service_conf *conf = s->now.conf != NULL ? s->now.conf :
								s->next.conf;
	unsigned int v4 = conf != NULL ? conf->prefix_v4 : 32;
	unsigned int v6 = conf != NULL ? conf->prefix_v6 : 64;
	struct adopted *a = calloc(1, sizeof(*a));
	uint32_t i;

	if (a == NULL)
		return;
	a->served = s;
	a->section = section;
	a->end = dead->end;
	a->v = calloc(dead->nslots + 1, sizeof(*a->v));
	TAILQ_INSERT_TAIL(l, a, entry);
	for (i = 0; a->v != NULL && i < dead->nslots; i++)
		take_slot(a, dead, i, is_own);
	a->nalive = a->n;
	complete_counts(a);
	for (i = 0; i < a->n; i++)
		addr_mask(&a->v[i].source, v4, v6);
	atomic_store(&board_section(s->board, section)->waiting, 0);
	atomic_store(&board_section(s->board, section)->nsessions,
	    (uint32_t)a->n);
	if (a->n == 0)
		let_go(l, a);
	else
		source_rebuild(s->board, section, v4, v6);
}

static struct orphan *
find(struct adopted_list *l, pid_t pid, struct adopted **whose)
{
	struct adopted *a;
	size_t i;

	if (pid <= 1 || pid >= PID_MAX || !is_orphan(pid))
		return NULL;
	TAILQ_FOREACH (a, l, entry)
		for (i = 0; i < a->n; i++)
			if (a->v[i].pid == pid) {
				*whose = a;
				return &a->v[i];
			}
	return NULL;
}

static bool
leads_group(const struct orphan *o)
{
	return getpgid(o->pid) == o->pid;
}

bool
adopt_peek(struct adopted_list *l, pid_t pid)
{
	struct adopted *a;
	struct orphan *o = find(l, pid, &a);

	if (o == NULL)
		return false;
	if ((o->told > 0 || a->end) && leads_group(o))
		kill(-pid, SIGKILL);
	return true;
}

void
adopt_exit(struct adopted_list *l, pid_t pid, int status,
    const struct rusage *ru)
{
	struct adopted *a;
	struct orphan *o = find(l, pid, &a);
	struct ending end = {
		.pid = pid, .status = status, .now = clock_ms(), .ru = ru
	};
	struct board_slot *slot;

	if (o == NULL)
		return;
	slot = board_slot(a->served->board, a->section, o->slot);
	set_orphan(pid, false);
	if (o->told > 0)
		end.why = a->stopped ? END_DRAIN : END_MAX;
	board_end(slot, &end);
	write_record(a, slot);
	release(a, o, slot);
	o->pid = 0;
	if (--a->nalive == 0)
		let_go(l, a);
}

static void
tell(struct orphan *o, int64_t now)
{
	int sig = o->told == 0 ? SIGTERM : SIGKILL;

	/* A program with its group, unless it has left that. */
	kill(leads_group(o) ? -o->pid : o->pid, sig);
	o->told++;
	o->due = o->told == 1 ? now + SESSION_KILL_MS : 0;
}

int64_t
adopt_expire(struct adopted_list *l, int64_t now)
{
	struct adopted *a;
	struct orphan *o;
	int64_t next = 0;
	size_t i;

	TAILQ_FOREACH (a, l, entry)
		for (i = 0; i < a->n; i++) {
			o = &a->v[i];
			if (o->pid == 0)
				continue;
			if (o->due != 0 && o->due <= now)
				tell(o, now);
			next = clock_earlier(next, o->due);
		}
	return next;
}

void
adopt_stop(struct adopted_list *l, int64_t due)
{
	struct adopted *a;
	size_t i;

	TAILQ_FOREACH (a, l, entry) {
		a->stopped = true;
		for (i = 0; i < a->n; i++)
			if (a->v[i].told == 0)
				a->v[i].due = clock_earlier(a->v[i].due, due);
	}
}

size_t
adopt_count(const struct adopted_list *l)
{
	const struct adopted *a;
	size_t n = 0;

	TAILQ_FOREACH (a, l, entry)
		n += a->nalive;
	return n;
}
