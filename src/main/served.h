/* SPDX-License-Identifier: ISC */
/*
 * A service as main serves it: its listeners, its scoreboard, its pipes to the
 * logger and its acceptor processes.  It outlives configurations: a reload gives
 * it another one, and the scoreboard counts old and new sessions alike.
 */
#ifndef TINED_MAIN_SERVED_H
#define TINED_MAIN_SERVED_H

#include <sys/types.h>

#include <bsd/sys/queue.h>
#include <stdbool.h>
#include <stdint.h>

#include "config/conf.h"
#include "ipc/control.h"
#include "ipc/scoreboard.h"
#include "ipc/watch.h"
#include "listen/listeners.h"
#include "logger/log.h"

enum worker_state {
	WORKER_STARTING, /* not yet ready */
	WORKER_READY,
	WORKER_DRAINING
};

/* One acceptor process, as main sees it. */
struct worker {
	struct watch control; /* first, for its callback; fd -1: closed by the
				 process, which is not yet reaped */
	TAILQ_ENTRY(worker) entry;
	struct served *served;
	pid_t pid;
	struct scoreboard_place place;
	uint32_t npages; /* the scoreboard's length as last sent to it */
	enum worker_state state;
	bool next;          /* started by the reload that is under way */
	bool held;          /* must not accept before CONTROL_ACCEPT is sent */
	bool closed;        /* draining: its listeners are closed */
	bool end;           /* leftovers = end */
	bool failed;        /* has reported why it does not start */
	bool untold;        /* draining: CONTROL_DRAIN is to be sent, once its
			       service has no tail */
	uint64_t not_shown; /* messages of it that were not logged */
	int64_t since;      /* clock_ms: started, then ready */
	int64_t due;        /* when it is killed (not ready, listeners not
			       closed, or not ended); or 0 */
	unsigned int pings; /* sent since the last answer */
	int64_t ping_at;    /* when the next one is sent or missed, or 0 */
	uint64_t broken[SETTINGS_LISTENERS / 64]; /* listeners that it has given
						     up, one bit each */
	unsigned int nbroken;
};

TAILQ_HEAD(worker_list, worker);

/* What the workers of one configuration are started from. */
struct generation {
	const struct service_conf *conf; /* of a configuration main keeps */
	struct listener_list listeners;
	int settings; /* the sealed settings that each one gets a copy of, with
			 its place filled in; -1: none */
};

struct adopted;
TAILQ_HEAD(adopted_queue, adopted);

struct served {
	TAILQ_ENTRY(served) entry;
	char name[SETTINGS_NAME_MAX];
	uint64_t number; /* of its scoreboard, never used again */
	struct scoreboard *board;
	int64_t trim_at; /* when its memory is next given back, or 0 */
	unsigned int prefix_v4, prefix_v6; /* by which the ledger counts */
	struct adopted_queue adopted;      /* sections of dead acceptors */
	size_t norphans;                   /* their sessions */
	int log[2];                        /* reading end, writing end */
	int stderrs[2]; /* the logger's end, the acceptors' end */
	struct worker_list workers;
	struct generation now;
	struct generation next; /* a reload's, until it is ready; settings -1 */
	struct listener_list tail; /* see handover.h */
	int64_t tail_at, tail_end; /* when it may be closed, and must be */

	/* While a reload is under way: the first service of its group
	 * (handover.h), or NULL; and what is kept for the group there. */
	struct served *lead;
	struct served *failed; /* a member whose new worker is not ready */
	bool waiting;          /* for workers that are not ready yet */

	uint16_t last_unix;   /* the last number given to a Unix listener */
	uint64_t ndropped;    /* lost records, not yet reported in the log */
	unsigned int missing; /* workers that died and are to be restarted */
	int64_t restart_at;   /* clock_ms, or 0 */
	int64_t backoff;      /* ms until the next restart */
	struct log_pace pace; /* of messages about workers that do not start */
	uint64_t restarts;
	char error[CONTROL_TEXT_MAX]; /* the last one, for the overview */
	int64_t error_time;           /* time(2) of that */
	bool wake;                    /* wake acceptors that wait for a slot */
	bool piped;        /* the logger has its names and its pipe */
	bool told;         /* and its socket of standard errors */
	bool retired;      /* no longer configured: it drains */
	bool paused;       /* accepts nothing, by an operator\'s command */
	int64_t resume_at; /* clock_ms at which that ends by itself, or 0 */
};

TAILQ_HEAD(served_list, served);

/* A service without listeners and workers; NULL with errno. */
struct served *served_new(const char *name);

/* Frees it and closes its listeners; its workers have ended. */
void served_free(struct served *s);

/* Keeps an error message for the overview. */
void served_error(struct served *s, const char *msg);

/* Tells its workers how long the scoreboard is, where it has grown. */
void served_grown(struct served *s);

/* Gives unused memory of the scoreboard back; when to call again, or 0. */
int64_t served_trim(struct served *s, int64_t now);

/* Makes room for n standard errors that wait for the logger. */
void served_queue(struct served *s, uint32_t n);

/* NULL where there is none of that name. */
struct served *served_find(struct served_list *l, const char *name);

/* The configuration that counts: the next one while a reload is under way. */
const struct service_conf *served_conf(const struct served *s);

/* Makes the settings of a generation whose listeners are open.  0, or -1 with
 * err. */
int generation_make(struct served *s, struct generation *g,
    const struct config *c, struct failure *err);

/* The next generation becomes the running one, which was closed. */
void generation_advance(struct served *s);

/* Gives listeners back to where they came from, closes the others. */
void generation_undo(struct generation *g);

/* Closes everything; Unix paths are removed. */
void generation_close(struct generation *g);

#endif
