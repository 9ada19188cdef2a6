/*
 * A service that is being served: its listeners, its board, its pipes to the
 * logger and its acceptors.  It outlives configurations: a reload gives it
 * another one, and its board counts old and new sessions alike.
 */
#ifndef TINED_MAIN_SERVED_H
#define TINED_MAIN_SERVED_H

#include <sys/types.h>

#include <bsd/sys/queue.h>
#include <stdbool.h>
#include <stdint.h>

#include "config/conf.h"
#include "ipc/scoreboard.h"
#include "ipc/watch.h"
#include "listen/listeners.h"
#include "logger/log.h"
#include "main/pulse.h"

enum acceptor_state {
	ACCEPTOR_STARTING, /* not yet ready */
	ACCEPTOR_READY,
	ACCEPTOR_DRAINING
};

/* One running process. */
struct acceptor {
	struct watch control; /* first: what its callback is given; fd -1: it
				 is gone, only not yet reaped */
	TAILQ_ENTRY(acceptor) entry;
	struct served *served;
	pid_t pid;
	struct scoreboard_place place; /* on the board */
	uint32_t npages;               /* how long a board it knows of */
	enum acceptor_state state;
	bool next;   /* of the generation that a reload is starting */
	bool held;   /* it accepts nothing before it hears CONTROL_ACCEPT */
	bool closed; /* draining: it has closed its listeners */
	bool end;    /* leftovers = end */
	bool failed; /* it has said that it does not start */
	uint64_t not_shown; /* of its messages */
	int64_t tell_at;    /* when CONTROL_DRAIN is to be sent, or 0 */
	int64_t since;      /* clock_ms: started, then ready */
	int64_t due; /* when it is killed: not ready, listeners not closed, or
			not ended; or 0 */
	struct pulse pulse;
	uint64_t
	    broken[SETTINGS_LISTENERS / 64]; /* listeners that it has given up,
						 a bit each */
	unsigned int nbroken;
};

TAILQ_HEAD(acceptor_list, acceptor);

/* What the acceptors of one generation are made from. */
struct generation {
	const struct service_conf *conf; /* of a config that main keeps */
	struct listener_list listeners;
	int settings; /* a settings whose section is filled in for each; -1: none */
};

struct adopted;
TAILQ_HEAD(adopted_queue, adopted);

struct served {
	TAILQ_ENTRY(served) entry;
	char name[SETTINGS_NAME_MAX];
	struct scoreboard *board;
	int64_t trim_at; /* when memory of it is given back again, or 0 */
	unsigned int prefix_v4, prefix_v6; /* by which the ledger counts */
	struct adopted_queue adopted;      /* sections of acceptors gone */
	size_t norphans;                   /* their sessions */
	int log[2];                        /* reading end, writing end */
	int stderrs[2]; /* the logger's end, the acceptors' end */
	struct acceptor_list acceptors;
	struct generation now;
	struct generation next; /* a reload's, until it is ready; settings -1 */
	struct listener_list tail; /* see handover.h */
	int64_t tail_at, tail_end; /* when it may be closed, and must be */

	/* While a reload is under way: the first of its group (handover.h), or
	 * NULL; and what the first knows of the group. */
	struct served *lead;
	struct served *failed; /* whose acceptor is not ready in time */
	unsigned int nwaiting; /* how many have acceptors not yet ready */

	uint16_t last_unix; /* the number that the last Unix listener got */
	int64_t next_due;   /* when next is given up, or 0 */
	uint64_t unsaid;    /* records lost that the log was not yet told of */
	unsigned int missing; /* acceptors that died and are due again */
	int64_t restart_at;   /* clock_ms, or 0 */
	int64_t backoff;      /* ms until the next restart */
	struct log_pace said; /* messages about acceptors that don't start */
	bool wake;    /* acceptors that wait for a slot are to be woken */
	bool told;    /* the logger knows its pipes and listeners */
	bool retired; /* no longer configured: it drains */
};

TAILQ_HEAD(served_list, served);

/* A service without listeners and acceptors; NULL with errno. */
struct served *served_new(const char *name);
void served_free(struct served *s); /* its acceptors have ended */

/* Its acceptors are told how long the board is, where it has grown. */
void served_grown(struct served *s);

/* Gives unused memory of the board back; when to go on with that, or 0. */
int64_t served_trim(struct served *s, int64_t now);

/* So many standard errors may wait for the logger. */
void served_queue(struct served *s, uint32_t n);

struct served *served_find(struct served_list *l, const char *name);

/* compile_check; 0, or -1 with err. */
int generation_check(const struct config *c, struct listener_error *err);

/* Makes the settings of a generation whose listeners are open.  0, or -1 with
 * err. */
int generation_make(struct served *s, struct generation *g,
    const struct config *c, struct listener_error *err);

/* Gives listeners back to where they came from, closes the rest. */
void generation_undo(struct generation *g);

/* Closes everything; listeners of Unix paths are removed. */
void generation_close(struct generation *g);

#endif
