/*
 * An acceptor: everything that it works with, in memory that its children do
 * not inherit (MADV_DONTFORK).  A fork copies none of it, a session can
 * neither see nor change it, and the parent's writes never copy a page.
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
#include "ipc/scoreboard.h"
#include "ipc/record.h"
#include "ipc/settings.h"
#include "sandbox/confine.h"

#define PAUSE_MS     100 /* of a listener, after a lack of resources */
#define TITLE_MS     1000
#define SAY_MS       1000 /* between two events of a kind */
#define POLL_MAX     (SETTINGS_LISTENERS + LINGER_MOST + 3)
#define ENDS_AT_ONCE 32
#define ENV_OWN      24 /* variables of each connection */
#define ENV_TEXT_MAX 2048

struct door {           /* a listener as its acceptor sees it */
	int fd;         /* -1: given up */
	int broken;     /* what was given up, to be closed some day; or 0 */
	int64_t paused; /* clock_ms until which it is left alone, or 0 */
};

/* Events of one kind: at most one a second, the others counted. */
struct said {
	int64_t last_ms;
	uint64_t not_shown;
};

enum lack { LACK_ACCEPT, LACK_FORK, LACK_EXEC, LACKS };

struct acceptor {
	const struct settings *settings;
	struct scoreboard *board;
	struct scoreboard_section *section; /* its own */
	struct scoreboard_place place;
	unsigned int prefix_v4, prefix_v6; /* by which its sources count */

	struct confined confined;

	struct door door[SETTINGS_LISTENERS];
	struct children children;
	struct linger_ring linger;

	bool waiting;       /* main has not yet said that it may accept */
	bool orphan;        /* main is gone */
	bool draining;      /* no more accepting */
	int64_t stop_ms;    /* when TERM is due to all, or 0 */
	int64_t over_ms;    /* when not to wait for the log any longer, or 0 */
	int64_t leave_ms;   /* when to look whether it may leave, see leave.h */
	bool stopped;       /* TERM was sent to all: drain_timeout's doing */
	bool full;          /* instances is reached (when_full = queue) */
	int64_t rate_until; /* cps is used up until then, clock_ms */
	int64_t title_ms;   /* when the title was last written */
	uint32_t title_count; /* what it says */

	struct said refused[REFUSED_REASONS];
	struct said lacked[LACKS];

	/* `end` records that go out together: one write, whole records. */
	char batch[RECORD_MAX];
	bool log_full; /* the pipe was: wait for POLLOUT */

	/* Programs only. */
	char **argv;
	char **envp;    /* own ones first, then the settings's */
	char *env_text; /* what the own ones say: ENV_TEXT_MAX bytes */
	char *stack;    /* of the child between clone and exec */

	/* Where a built-in session begins, see fork/fork.h; NULL: on our stack. */
	void *session_stack;

	struct signalfd_siginfo end_info[ENDS_AT_ONCE];
	int ends;         /* a signalfd: children that have ended */
	int64_t sweep_ms; /* when to look for ends that it did not tell of */
	int64_t look_ms;  /* the same, where there is one; 0: there is none */
	int64_t rest_ms;  /* not before */
	bool slow;        /* a search seemed slow: the next one is timed by
			     processor time */

	struct pollfd poll[POLL_MAX];
	unsigned int poll_tries; /* how often it has failed in a row */

	struct leftovers left;
};

#endif
