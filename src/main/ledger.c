/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "ipc/scoreboard_main.h"
#include "ipc/source.h"
#include "main/ledger.h"

static struct addr
source_of(const struct served *s, const struct orphan *o)
{
	struct addr a = o->peer;

	addr_mask(&a, s->prefix_v4, s->prefix_v6);
	return a;
}

static void
add_source(struct served *s, const struct scoreboard_parts *d,
    const struct orphan *o)
{
	struct addr a = source_of(s, o);

	if (a.family != AF_UNSPEC)
		source_add(s->board, d, &a);
}

/* Counts all of them in a new table of that many places, then replaces the old
 * one: a half-written table is never read. */
static int
write_anew(struct served *s, uint32_t nsources)
{
	struct scoreboard_place p;
	struct scoreboard_parts d;
	struct adopted *a;
	struct orphan *o;

	if (scoreboard_take_ledger(s->board, nsources, &p) == -1)
		return -1;
	served_grown(s);
	d = scoreboard_parts(s->board, &p);
	TAILQ_FOREACH (a, &s->adopted, entry)
		TAILQ_FOREACH (o, &a->orphans, entry)
			add_source(s, &d, o);
	atomic_store(&d.section->nsessions, (uint32_t)s->norphans);
	scoreboard_use_ledger(s->board, &p);
	return 0;
}

/* The places of a table for that many sessions. */
static uint32_t
table_for(size_t n)
{
	return scoreboard_nsources(n > SCOREBOARD_SLOTS ? SCOREBOARD_SLOTS :
							  (uint32_t)n);
}

/*
 * The acceptor may have died before it counted a start or an end.  What has
 * started and does not live has ended.
 */
static void
complete_counts(struct scoreboard_counters *n, size_t nalive)
{
	uint64_t started = atomic_load(&n->started);
	uint64_t known = atomic_load(&n->ended) + nalive;

	if (started < known)
		atomic_store(&n->started, known);
	else
		atomic_fetch_add(&n->ended, started - known);
}

/* One by one: none is ever counted twice, which would refuse a client, and none is
 * missing for more than a moment. */
void
ledger_take(struct adopted *a, size_t n)
{
	struct served *s = a->served;
	uint32_t nsources = table_for(s->norphans + n);
	struct scoreboard_parts from, to;
	struct addr source;
	struct orphan *o;

	ledger_follow(s);
	if (nsources > scoreboard_ledger(s->board)->nsources)
		write_anew(s, nsources);
	from = scoreboard_parts(s->board, &a->place);
	to = scoreboard_parts(s->board, scoreboard_ledger(s->board));
	complete_counts(&from.section->n, n);
	TAILQ_FOREACH (o, &a->orphans, entry) {
		source = source_of(s, o);
		source_remove(s->board, &from, &source);
		if (atomic_load(&from.section->nsessions) > 0)
			atomic_fetch_sub(&from.section->nsessions, 1);
		add_source(s, &to, o);
		atomic_store(&to.section->nsessions, (uint32_t)++s->norphans);
	}
	s->ndropped += atomic_load(&from.section->unreported);
	scoreboard_retire(s->board, &a->place);
}

void
ledger_remove(struct served *s, const struct orphan *o)
{
	const struct scoreboard_place *p = scoreboard_ledger(s->board);
	struct scoreboard_parts d = scoreboard_parts(s->board, p);
	struct addr a = source_of(s, o);

	source_remove(s->board, &d, &a);
	atomic_store(&d.section->nsessions, (uint32_t)--s->norphans);
	/* Where that fails it stays larger than needed. */
	if (s->norphans == 0 && p->nsources > table_for(0))
		write_anew(s, table_for(0));
}

int
ledger_follow(struct served *s)
{
	/* A new service's acceptor may die before the reload is done. */
	const struct service_conf *conf = s->now.conf != NULL ? s->now.conf :
								s->next.conf;
	const unsigned int v4 = s->prefix_v4, v6 = s->prefix_v6;

	if (conf == NULL || (conf->prefix_v4 == v4 && conf->prefix_v6 == v6))
		return 0;
	s->prefix_v4 = conf->prefix_v4;
	s->prefix_v6 = conf->prefix_v6;
	if (s->norphans == 0 ||
	    write_anew(s, scoreboard_ledger(s->board)->nsources) == 0)
		return 0;
	s->prefix_v4 = v4;
	s->prefix_v6 = v6;
	return -1;
}

void
ledger_renew(struct served *s)
{
	/* Where that fails limits hold as the old one has it. */
	write_anew(s, table_for(s->norphans));
}
