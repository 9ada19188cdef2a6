/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/wait.h>

#include <search.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/offspring.h"
#include "ipc/scoreboard_main.h"
#include "ipc/selection.h"
#include "main/adopt.h"

#define PID_MAX      (4 << 20) /* PID_MAX_LIMIT of the kernel */
#define EXPIRE_MAX   4096      /* in a turn */
#define EXPIRE_MS    20        /* between two turns */
#define LATE_KILL_MS 100       /* at least, from TERM to KILL */

/*
 * The scoreboard may hold any pid: the kernel decides.  It must be main's child
 * and not yet reaped, which makes it safe to signal; and it must be of the
 * session (setsid) that the dead acceptor led, which no other process can join:
 * so it descends from that one, and is not main's own.  (A program that
 * has left that session looks like what other services have left
 * behind, and is not adopted.)
 */
static bool
is_session_of(const struct worker *dead, pid_t pid)
{
	siginfo_t si;

	return pid > 1 && pid < PID_MAX &&
	    waitid(P_PID, (id_t)pid, &si, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    getsid(pid) == dead->pid;
}

static void
count_lost(struct served *s)
{
	scoreboard_gone(s->board)->lost++;
	s->ndropped++;
}

static void
write_record(struct served *s, struct scoreboard_slot *slot)
{
	char buf[256];
	size_t size = record_end(slot, buf, sizeof(buf));

	if (io_write(s->log[1], buf, size) == -1)
		count_lost(s);
}

static uint32_t
page_of(const struct orphan *o)
{
	return o->slot / SCOREBOARD_SLOTS_PAGE;
}

static int
compare(const void *va, const void *vb)
{
	const struct orphan *a = va, *b = vb;

	return (a->pid > b->pid) - (a->pid < b->pid);
}

static struct orphan *
find(const struct adopted_list *l, pid_t pid)
{
	const struct orphan key = { .pid = pid };
	struct orphan **at = tfind(&key, &l->tree, compare);

	return at == NULL ? NULL : *at;
}

/* False where there is no memory, or where another slot has that pid. */
static bool
keep(struct adopted_list *l, struct adopted *a, const struct orphan *found)
{
	struct orphan *o = malloc(sizeof(*o)), **at = NULL;

	if (o != NULL) {
		*o = *found;
		o->adopted = a;
		o->due = clock_earlier(o->due, l->stop_due);
		at = tsearch(o, &l->tree, compare);
	}
	if (at == NULL || *at != o) {
		free(o);
		return false;
	}
	l->n++;
	l->due = clock_earlier(l->due, o->due);
	LIST_INSERT_HEAD(&l->all, o, any);
	TAILQ_INSERT_TAIL(&a->orphans, o, entry);
	return true;
}

static void
take_slot(struct adopted_list *l, struct adopted *a, const struct worker *dead,
    uint32_t i)
{
	struct scoreboard_slot *slot = scoreboard_slot(a->served->board,
	    &a->place, i);
	uint8_t state = atomic_load(&slot->state);
	pid_t pid = atomic_load(&slot->pid);

	if (state == SLOT_ENDED)
		write_record(a->served, slot);
	if (state == SLOT_TAKEN && is_session_of(dead, pid) &&
	    keep(l, a,
		&(struct orphan) { .pid = pid,
		    .peer = slot->peer,
		    .slot = i,
		    .id = slot->id,
		    .start_ms = slot->start_ms,
		    .due = slot->until_ms }))
		return;
	/* Never forked; or reaped by the acceptor just before it died, and how it
	 * ended is unknown. */
	if (state == SLOT_TAKEN && pid != 0)
		count_lost(a->served);
	atomic_store(&slot->state, SLOT_FREE);
}

/* Pages that were never written are not read, which would allocate them. */
static void
take_page(struct adopted_list *l, struct adopted *a, const struct worker *dead,
    uint32_t page)
{
	uint32_t i = page * SCOREBOARD_SLOTS_PAGE,
		 end = i + SCOREBOARD_SLOTS_PAGE;
	const struct orphan *last;

	if (end > a->place.nslots)
		end = a->place.nslots;
	if (scoreboard_has_slots(a->served->board, &a->place, page))
		for (; i < end; i++)
			take_slot(l, a, dead, i);
	last = TAILQ_LAST(&a->orphans, orphan_queue);
	if (last == NULL || page_of(last) != page)
		scoreboard_drop_slots(a->served->board, &a->place, page);
}

static void
let_go(struct adopted *a)
{
	scoreboard_release(a->served->board, &a->place);
	free(a);
}

void
adopt_section(struct adopted_list *l, struct worker *dead)
{
	struct served *s = dead->served;
	struct adopted *a = calloc(1, sizeof(*a));
	size_t before = l->n;
	uint32_t i;

	if (a == NULL) {
		scoreboard_release(s->board, &dead->place);
		return;
	}
	a->served = s;
	a->end = dead->end;
	a->place = dead->place;
	memset(&dead->place, 0, sizeof(dead->place));
	TAILQ_INIT(&a->orphans);
	for (i = 0; i < scoreboard_slots_pages(a->place.nslots); i++)
		take_page(l, a, dead, i);
	ledger_take(a, l->n - before);
	if (TAILQ_EMPTY(&a->orphans))
		let_go(a);
	else
		TAILQ_INSERT_TAIL(&s->adopted, a, entry);
}

void
adopt_peek(const struct adopted_list *l, pid_t pid)
{
	const struct orphan *o = find(l, pid);

	if (o != NULL && (o->told > 0 || o->adopted->end))
		kill(-pid, SIGKILL);
}

static bool
shares_page(const struct orphan *o, const struct orphan *with)
{
	return with != NULL && page_of(with) == page_of(o);
}

/* Uncounts it, frees its part of the scoreboard, and has acceptors woken that wait
 * for a slot. */
static void
release(struct orphan *o)
{
	struct adopted *a = o->adopted;
	struct served *s = a->served;

	ledger_remove(s, o);
	if (!shares_page(o, TAILQ_NEXT(o, entry)) &&
	    !shares_page(o, TAILQ_PREV(o, orphan_queue, entry)))
		scoreboard_drop_slots(s->board, &a->place, page_of(o));
	TAILQ_REMOVE(&a->orphans, o, entry);
	if (TAILQ_EMPTY(&a->orphans)) {
		TAILQ_REMOVE(&s->adopted, a, entry);
		let_go(a);
	}
	s->wake = true;
}

void
adopt_exit(struct adopted_list *l, pid_t pid, int status,
    const struct rusage *ru)
{
	struct orphan *o = find(l, pid);
	struct ending end = {
		.pid = pid, .status = status, .now = clock_ms(), .ru = ru
	};
	struct scoreboard_slot *slot;
	struct served *s;

	if (o == NULL)
		return;
	s = o->adopted->served;
	slot = scoreboard_slot(s->board, &o->adopted->place, o->slot);
	if (o->told > 0)
		end.why = l->stop_due != 0 ? END_DRAIN : END_MAX;
	if (o->by_operator)
		end.why = END_OPERATOR;
	slot_end(slot, &end);
	write_record(s, slot);
	atomic_store(&slot->state, SLOT_FREE);
	counters_end(scoreboard_gone(s->board), slot);
	tdelete(o, &l->tree, compare);
	LIST_REMOVE(o, any);
	l->n--;
	release(o);
	free(o);
}

/* When a session that got TERM now is killed.  One that is adopted late in a stop
 * (its acceptor was stopped itself) has less than 5 s. */
static int64_t
kill_due(const struct adopted_list *l, int64_t now)
{
	int64_t last = l->stop_due + SESSION_KILL_MS;

	if (l->stop_due == 0 || last > now + SESSION_KILL_MS)
		return now + SESSION_KILL_MS;
	return last > now + LATE_KILL_MS ? last : now + LATE_KILL_MS;
}

/* TERM the first time, then KILL. */
static void
end_session(struct adopted_list *l, struct orphan *o, int64_t now)
{
	if (o->told == 0)
		offspring_end(o->pid, true);
	else
		offspring_signal(o->pid, true, SIGKILL);
	o->due = o->told++ == 0 ? kill_due(l, now) : 0;
}

/* By all of them, but not in every turn: there may be many, each with a deadline of
 * its own. */
int64_t
adopt_expire(struct adopted_list *l, int64_t now)
{
	struct orphan *o;
	int n = 0;

	if (l->due == 0 || l->due > now)
		return l->due;
	l->due = 0;
	LIST_FOREACH (o, &l->all, any) {
		if (o->due != 0 && o->due <= now && n++ < EXPIRE_MAX)
			end_session(l, o, now);
		l->due = clock_earlier(l->due, o->due);
	}
	if (l->due != 0 && l->due < now + EXPIRE_MS)
		l->due = now + EXPIRE_MS;
	return l->due;
}

void
adopt_end(struct adopted_list *l, const struct served *s,
    const struct command_request *r)
{
	const int64_t now = clock_ms();
	struct selectable session;
	struct orphan *o;

	LIST_FOREACH (o, &l->all, any) {
		session = (struct selectable) { o->id, o->start_ms, &o->peer };
		if (o->adopted->served != s || !selection_has(r, &session, now))
			continue;
		o->by_operator |= o->told == 0;
		if (o->told == 0)
			end_session(l, o, now);
		if (r->kill != 0 && o->told == 1)
			end_session(l, o, now);
		l->due = clock_earlier(l->due, o->due);
	}
}

void
adopt_stop(struct adopted_list *l, int64_t due)
{
	struct orphan *o;

	l->stop_due = due;
	LIST_FOREACH (o, &l->all, any)
		if (o->told == 0) {
			o->due = clock_earlier(o->due, due);
			l->due = clock_earlier(l->due, o->due);
		}
}
