/* SPDX-License-Identifier: ISC */
/*
 * What programs write to their standard error, each through a pipe of its own.
 * Each line is one `stderr` event; a long one becomes several.  Everything is
 * always read; above the rate it is thrown away, counted, and reported once a
 * second as `lost`.  A program chooses nothing but the text of msg.
 */
#ifndef TINED_MAIN_TALKERS_H
#define TINED_MAIN_TALKERS_H

#include <sys/queue.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "ipc/record.h"
#include "logger/emit.h"
#include "logger/lines.h"
#include "logger/service.h"

struct giver;

/* A program's pipe. */
struct talker {
	struct watch watch; /* first: what ready() is given; fd -1: it is at its
			       end */
	TAILQ_ENTRY(talker) entry;
	TAILQ_ENTRY(talker) lost_entry;
	TAILQ_ENTRY(talker) place;
	struct talkers *all;
	struct log_service *service;
	struct giver *giver; /* in whose queue its read end still is, or NULL */
	struct stderr_msg which;
	ino_t ino;
	bool kept;   /* by main, too */
	bool losing; /* it is on that list */
	struct lines lines;
};

TAILQ_HEAD(talker_list, talker);

struct talkers {
	struct emit *emit;
	void (*ended)(struct talker *t); /* nothing more will come from it */
	struct talker_list list;
	struct talker_list losing; /* those with lines to report as lost */
	int64_t report_ms;         /* when, 0: nothing to report */
};

void talkers_init(struct talkers *all, struct emit *emit,
    void (*ended)(struct talker *t));

/* Whether fd is what an acceptor is to send, and cannot spoil the logger's day:
 * a pipe's read end, which becomes non-blocking. */
bool talker_is_read_end(int fd);

/*
 * Reads fd, one of those, from now on, and takes it; -1: there is nothing to
 * read.  NULL with errno: then fd is closed.
 */
struct talker *talker_new(struct talkers *all, struct log_service *s,
    const struct stderr_msg *which, int fd);
void talker_free(struct talker *t);

/* Reports losses when it is time. */
void talkers_tick(struct talkers *all, int64_t now);

/* Nothing more will be read: the lines that have no end, and every loss. */
void talkers_end(struct talkers *all);

#endif
