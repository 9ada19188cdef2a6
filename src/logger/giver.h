/* SPDX-License-Identifier: ISC */
/*
 * The socket through which a service's acceptors hand over read ends, and the
 * queue in it; see stderrs.h.
 */
#ifndef TINED_MAIN_GIVER_H
#define TINED_MAIN_GIVER_H

#include <sys/queue.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "logger/stderrs.h"

struct giver {
	struct watch watch; /* first: what ready() is given */
	TAILQ_ENTRY(giver) entry;
	struct stderrs *all;
	struct log_service *service;
	dev_t dev; /* what socket it is */
	ino_t ino;
	struct talker_list queue; /* what has been seen of its queue */
	uint32_t n;               /* how many these are */
	bool looks;               /* where its next look begins is set */
	bool looked;              /* at the first of them */
	bool full;                /* there are more */
	bool again;               /* something failed, and is tried again */
	bool over;                /* nothing more will come */
};

/* Takes sock, of which st tells; NULL with errno. */
struct giver *giver_new(struct stderrs *s, struct log_service *service,
    int sock, const struct stat *st);

/* Lets go all at the front of the queue that may leave it. */
void giver_advance(struct giver *g);

/* Tries again what has failed. */
void giver_retry(struct giver *g);

/* What is in its queue stays open as long as this process lives. */
void giver_close(struct giver *g);

#endif
