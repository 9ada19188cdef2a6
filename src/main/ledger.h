/* SPDX-License-Identifier: ISC */
/*
 * The ledger: counts a service's adopted sessions, whatever section they came
 * from, in one section of the scoreboard that main alone writes.
 */
#ifndef TINED_MAIN_LEDGER_H
#define TINED_MAIN_LEDGER_H

#include "main/served.h"

/* An adopted session, which outlives its acceptor. */
struct orphan {
	TAILQ_ENTRY(orphan) entry; /* of its section, by slot */
	LIST_ENTRY(orphan) any;    /* of all */
	struct adopted *adopted;
	pid_t pid;
	uint32_t slot;
	int64_t due;      /* clock_ms of TERM, then of KILL; 0: never */
	struct addr peer; /* as its slot said when it was adopted */
	uint8_t told;     /* signals sent: TERM, then KILL */
	bool by_operator; /* the first one by a command */
	uint64_t id;      /* as its slot said, too */
	int64_t start_ms;
};

TAILQ_HEAD(orphan_queue, orphan);

/* The section of a dead acceptor that has orphans. */
struct adopted {
	TAILQ_ENTRY(adopted) entry; /* of its service */
	struct served *served;
	struct scoreboard_place place; /* of its slots */
	struct orphan_queue orphans;   /* by slot */
	bool end;                      /* leftovers = end */
};

/* Counts the orphans of a, n of them, there instead of in its section, which is
 * retired.  Those without room count in instances, but not in per_source. */
void ledger_take(struct adopted *a, size_t n);

/* Counts one no longer. */
void ledger_remove(struct served *s, const struct orphan *o);

/* Counts all sources again where the configuration in force has other prefixes.
 * 0, or -1 with errno; then by the old prefixes still. */
int ledger_follow(struct served *s);

/* Writes it again from main's own list: a session that has killed its acceptor
 * may have overwritten it. */
void ledger_renew(struct served *s);

#endif
