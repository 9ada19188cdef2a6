/*
 * Main itself: all that it keeps, and the steps of its life.
 */
#ifndef TINED_MAIN_TINED_H
#define TINED_MAIN_TINED_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/offspring.h"
#include "config/conf.h"
#include "ipc/control.h"
#include "ipc/watch.h"
#include "main/adopt.h"
#include "main/kept.h"
#include "main/options.h"
#include "main/served.h"
#include "main/verdict.h"
#include "names/lookup.h"

struct commands;

struct logger_process {
	struct watch control; /* main's end; first: what ready() is given */
	pid_t pid;
	int64_t restart_at;
	int64_t backoff;
	bool told_settings;
	bool told_pipe;  /* of main's own records */
	int64_t tell_at; /* there is more to say, see logproc_tell; or 0 */
	int64_t look_at; /* whether it is still stopped, or 0 */
	unsigned int looks;
	bool was_stopped; /* and was killed for it */
};

/* How main looks through its children, see reap.c. */
struct reaping {
	struct offspring list;
	bool opened;
	bool again;             /* there may be more than this look has found */
	unsigned int alive;     /* in this look so far */
	unsigned int leftovers; /* that are neither main's own nor sessions */
	int64_t due;            /* clock_ms of the next part */
};

/* Why an acceptor of the first generation does not start. */
struct start_failure {
	int code; /* the exit code; 0: none has failed */
	const struct served *served;
	char why[CONTROL_TEXT_MAX];
};

struct tined {
	struct watch_set watch; /* first: a callback finds tined by it */
	const struct options *options;
	struct config *config;
	struct lookup lookup;  /* of the names of coming */
	struct config *coming; /* a reload's, not yet in force */
	struct errors coming_errors;
	struct config **old; /* replaced, still used by some service */
	size_t nold;
	bool unswept; /* some may be used no more */
	struct served_list served;
	struct adopted_list adopted;
	struct logger_process logger;
	struct kept_ends kept;
	int log[2];      /* main's own records: reading, writing end */
	int acceptor_fd; /* the acceptor's executable, opened once */
	bool starting;   /* the first generation is not ready yet */
	struct start_failure failure; /* the first one, while starting */
	bool reloading;               /* a generation is being started */
	int64_t settle_due; /* then old acceptors are not waited for any more */
	bool reload_again;  /* SIGHUP meanwhile */
	struct commands *commands; /* the control socket */
	bool ran_programs;         /* some service was one, ever */
	struct verdict verdict;    /* of the reload, or the last one */
	bool stopping;
	int64_t drain_until; /* when sessions are told to end */
	int64_t stop_due;    /* when acceptors that still run are killed */
	int64_t extend_at;   /* when systemd is next asked to wait that long */
	struct reaping reaping;
	int64_t status_at; /* when status was last looked at */
	char status[512];  /* what systemd was told last */
};

#endif
