/* SPDX-License-Identifier: ISC */
/*
 * The state of main.  Modules that know struct tined never call those above
 * them: logproc, workers, commands, state, reload, supervise, startup.
 */
#ifndef TINED_MAIN_TINED_H
#define TINED_MAIN_TINED_H

#include <sys/socket.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/offspring.h"
#include "config/conf.h"
#include "ipc/overview.h"
#include "ipc/watch.h"
#include "main/adopt.h"
#include "main/command_reply.h"
#include "main/kept.h"
#include "main/options.h"
#include "main/served.h"
#include "main/verdict.h"
#include "names/lookup.h"

/* See logproc.h. */
struct logger_process {
	struct watch control; /* main's end; first, for its callback */
	pid_t pid;            /* 0: none runs */
	int64_t restart_at;
	int log[2];      /* main's own records: reading, writing end */
	bool told;       /* has the settings and main's own pipe */
	int64_t tell_at; /* when to send the rest, or 0 */
	int64_t look_at; /* when to see whether it is still stopped, or 0 */
	unsigned int looks;
	bool was_stopped; /* and was killed for it */
};

/* The search for children that have ended, see reaper.c. */
struct reaping {
	struct offspring list;
	unsigned int alive;     /* in this pass so far */
	unsigned int leftovers; /* neither main's own processes nor sessions */
	int64_t due;            /* clock_ms of the next part */
};

/* See reload.h. */
enum reload_stage {
	RELOAD_NONE,
	RELOAD_LOOKUP,  /* the file was read, its names are being looked up */
	RELOAD_HANDOVER /* in force; new acceptors are starting */
};

struct reload {
	enum reload_stage stage;
	bool again;            /* another one was asked for meanwhile */
	struct config *config; /* RELOAD_LOOKUP's */
	struct errors errors;  /* of it */
	struct lookup lookup;  /* of its names */
	int64_t ready_due;     /* when new acceptors must be ready */
	int64_t settle_due;    /* when to stop waiting for old acceptors */
	struct verdict verdict;
};

/* See command_conn.h. */
#define COMMAND_CONNS 8

enum command_stage {
	STAGE_REQUEST,   /* waits for its request */
	STAGE_WAITING,   /* for the next reload to begin */
	STAGE_RELOADING, /* for the verdict of the running one */
	STAGE_STOPPING,  /* for main's end */
	STAGE_REPLY      /* its reply is being sent */
};

struct command_conn {
	struct watch watch; /* first, for its callback; fd -1: a free place */
	enum command_stage stage;
	int64_t due;       /* clock_ms at which it is closed, or 0 */
	struct ucred peer; /* as it connected */
	struct command_reply *reply;
	size_t sent;
};

/* The control socket, see commands.h. */
struct commands {
	struct watch watch;    /* the listening socket; fd -1: none */
	struct listener *l;    /* NULL: there is none */
	struct listener *next; /* that of the next configuration */
	struct command_conn conn[COMMAND_CONNS];
	unsigned int nstops; /* requested, not yet taken */
	bool wants_reload;   /* the same */
	int64_t resume_at;   /* when to accept again after an error, or 0 */
	uint64_t taken, refused, errors;
	struct log_pace pace; /* of refusals in the log */
};

/* See overview.h. */
struct overview {
	int fd; /* -1: none */
	struct overview_head *shared;
	bool touched;
	int64_t write_at; /* not before, clock_ms */
	int64_t start_ms; /* clock_ms and time(2) of main's start */
	int64_t start_time;
	int64_t config_time; /* of the configuration in force */
	uint64_t reloads_ok, reloads_refused;
};

struct tined {
	struct watch_set watch; /* first: a callback finds tined by it */
	const struct options *options;
	struct config *config;
	bool unswept; /* some of those before it may have become unused */
	struct served_list served;
	struct adopted_list adopted;
	struct logger_process logger;
	struct kept_ends kept;
	int acceptor_fd;        /* the acceptor's executable, opened once */
	bool starting;          /* the first generation is not ready yet */
	struct failure failure; /* the first one, while starting */
	struct reload reload;
	struct commands commands;
	struct overview overview;
	bool ran_programs; /* some service has run a program */
	bool stopping;
	int64_t stop_due;  /* when acceptors that still run are killed */
	int64_t extend_at; /* when systemd is next asked to wait longer */
	struct reaping reaping;
	int64_t status_at; /* when the status was last composed */
	char status[512];  /* as last sent to systemd */
};

#endif
