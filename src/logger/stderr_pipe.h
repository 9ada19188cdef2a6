/* SPDX-License-Identifier: ISC */
/*
 * Pipes of programs' standard errors.  Each line is one `stderr` event; a long
 * line becomes several.  All of it is read; lines above the rate are discarded,
 * counted, and reported once a second as `lost`.  A program chooses only the
 * text of msg.
 *
 * A read end must outlive the logger: where none is left, the program gets
 * SIGPIPE at its next line.  So either its message stays in the queue of the
 * socket that it came through (see stderrs.h), or main keeps a copy.
 */
#ifndef TINED_LOGGER_STDERR_PIPE_H
#define TINED_LOGGER_STDERR_PIPE_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stdint.h>

#include "logger/lines.h"
#include "logger/log_service.h"

struct stderr_queue;

struct stderr_pipe {
	struct log_source source; /* first; fd -1: at end of file */
	TAILQ_ENTRY(stderr_pipe) entry;
	TAILQ_ENTRY(stderr_pipe) place; /* in its queue */
	struct stderr_pipes *all;
	struct stderr_queue *queue; /* that its message is in, or NULL */
	struct stderr_msg which;
	bool kept; /* main has a copy */
	struct lines lines;
};

TAILQ_HEAD(stderr_pipe_list, stderr_pipe);

struct stderr_pipes {
	int main; /* the socket to main; -1: main is gone, or waits for us */
	void (*ended)(struct stderr_queue *q); /* a pipe in q is at its end */
	struct stderr_pipe_list list;
	int64_t report_ms; /* when losses are due, or 0 */
	int64_t retry_ms;  /* when failed steps are due, or 0 */
};

/*
 * Reads fd from now on, and owns it.  An acceptor is to send the read end of a
 * pipe: anything else is closed, and the new pipe is at its end, as for -1.  NULL
 * with errno.
 */
struct stderr_pipe *stderr_pipe_new(struct stderr_pipes *all,
    struct log_service *s, const struct stderr_msg *which, int fd);
void stderr_pipe_free(struct stderr_pipe *p);

/* Has main keep a copy.  False where it has none and cannot take one now. */
bool stderr_pipe_keep(struct stderr_pipe *p);

/* Drops a pipe that is at its end and in no queue: main closes its copy, then the
 * pipe is freed.  False where main cannot take the message now; it is sent again
 * later. */
bool stderr_pipe_drop(struct stderr_pipe *p);

/* Something has failed: sets when it is tried again. */
void stderr_pipes_retry_later(struct stderr_pipes *all);

/* Drops those that could not be dropped before. */
void stderr_pipes_retry(struct stderr_pipes *all);

/* Reports losses when they are due. */
void stderr_pipes_report(struct stderr_pipes *all, int64_t now);

/* Nothing more will be read: shows lines without a newline, and all losses. */
void stderr_pipes_end(struct stderr_pipes *all);

#endif
