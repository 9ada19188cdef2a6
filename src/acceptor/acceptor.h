/* SPDX-License-Identifier: ISC */
/*
 * The state of an acceptor, in memory that its children do not inherit
 * (MADV_DONTFORK): a fork does not copy it, a session can neither read nor
 * change it, and the acceptor's writes never copy a page.
 */
#ifndef TINED_ACCEPTOR_ACCEPTOR_H
#define TINED_ACCEPTOR_ACCEPTOR_H

#include <sys/signalfd.h>

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "acceptor/children.h"
#include "acceptor/leftovers.h"
#include "acceptor/linger.h"
#include "ipc/command.h"
#include "ipc/scoreboard.h"
#include "ipc/record.h"
#include "ipc/settings.h"
#include "sandbox/confine.h"

#define PAUSE_MS     100 /* of a listener, after a resource error */
#define TITLE_MS     1000
#define POLL_MAX     (SETTINGS_LISTENERS + LINGER_MOST + 3)
#define ENDS_AT_ONCE 32
#define ENV_OWN      24 /* environment variables of a connection */
#define ENV_TEXT_MAX 2048

struct open_listener {
	int fd;         /* -1: given up or closed */
	int broken;     /* given up, still open; or 0 */
	int64_t paused; /* not polled until then, clock_ms; or 0 */
};

/* A kind of record that was logged too often, see events.c. */
struct suppressed {
	_Atomic int64_t full_us; /* token bucket */
	uint64_t not_shown;
};

enum resource { RESOURCE_ACCEPT, RESOURCE_FORK, RESOURCE_EXEC, RESOURCES };

struct acceptor {
	const struct settings *settings;
	struct scoreboard *board;
	struct scoreboard_section *section; /* its own */
	struct scoreboard_place place;
	unsigned int prefix_v4, prefix_v6; /* of its sources */

	struct confined confined;

	struct open_listener listener[SETTINGS_LISTENERS];
	struct children children;
	struct linger_ring linger;

	bool waiting;       /* accepts nothing until CONTROL_ACCEPT */
	bool orphan;        /* main is gone */
	bool draining;      /* no more accepting */
	int64_t stop_ms;    /* when all get TERM, or 0 */
	int64_t over_ms;    /* until when to wait for the log, or 0 */
	int64_t leave_ms;   /* next leave_possible, see leave.h */
	bool stopped;       /* TERM was sent to all, by drain_timeout */
	uint32_t ending_at; /* 1 + the slot that is compared next, or 0 */
	struct command_request ending; /* whose sessions are ended */
	int64_t ending_ms;             /* when it came: none that began later */
	bool full;            /* all `instances` in use (when_full = queue) */
	int64_t rate_until;   /* no token of cps until then, clock_ms */
	int64_t title_ms;     /* when the title was last written */
	uint32_t title_count; /* sessions in it */

	struct suppressed refused[REFUSED_REASONS];
	struct suppressed resource[RESOURCES];

	/* `end` records that are written together: whole records. */
	char batch[RECORD_MAX];
	bool log_full; /* the pipe is: wait for POLLOUT */

	/* Programs only. */
	char **argv;
	char **envp;    /* the connection's, then the settings' */
	char *env_text; /* of the former: ENV_TEXT_MAX bytes */
	char *stack;    /* of the child between clone and exec */

	/* Of built-in sessions, see fork/fork.h; NULL: the acceptor's. */
	void *session_stack;

	struct signalfd_siginfo end_info[ENDS_AT_ONCE];
	int ends;         /* signalfd of children that have ended */
	int64_t sweep_ms; /* next sweep for ends without a signal */
	int64_t look_ms;  /* an earlier sweep, or 0 */
	int64_t rest_ms;  /* no sweep before */
	bool
	    slow; /* a sweep seemed slow: measure the next one in processor time */

	struct pollfd poll[POLL_MAX];
	unsigned int poll_tries; /* failures in a row */

	struct leftovers left;
};

/* The slot of a child. */
static inline struct scoreboard_slot *
acceptor_slot(const struct acceptor *a, const struct child *ch)
{
	return scoreboard_slot(a->board, &a->place,
	    child_slot(&a->children, ch));
}

#endif
