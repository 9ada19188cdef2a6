/* SPDX-License-Identifier: ISC */
/*
 * The log pipes: read in large pieces, split into records, each of them
 * checked.  A pipe with an invalid record is closed.  Only at the start of a
 * pipe bytes are skipped: an earlier logger may have died in the middle of a
 * record.
 */
#ifndef TINED_LOGGER_PIPES_H
#define TINED_LOGGER_PIPES_H

#include <sys/queue.h>

#include "logger/emit.h"
#include "logger/log_service.h"

TAILQ_HEAD(pipe_list, pipe);

struct pipes {
	struct emit *emit;
	struct pipe_list list;
};

void pipes_init(struct pipes *ps, struct emit *emit);

/*
 * Reads records of a service from fd from now on, and owns fd.  A pipe that is
 * read already is not added again.  0, or -1 with errno.
 */
int pipes_add(struct pipes *ps, struct log_service *s, int fd);

#endif
