/* SPDX-License-Identifier: ISC */
/*
 * The log pipes: read in large pieces, cut into records, each checked.  A pipe
 * whose bytes are no records is given up; the others go on.  Only at the start
 * of a pipe is something skipped: an earlier logger may have died in the
 * middle of a record.
 */
#ifndef TINED_MAIN_PIPES_H
#define TINED_MAIN_PIPES_H

#include <sys/queue.h>

#include "logger/emit.h"
#include "logger/service.h"

TAILQ_HEAD(pipe_list, pipe);

struct pipes {
	struct emit *emit;
	struct pipe_list list;
};

void pipes_init(struct pipes *ps, struct emit *emit);

/*
 * Reads a service's records from fd from now on; takes fd.  A pipe that is
 * read already stays as it is.  0, or -1 with errno.
 */
int pipes_add(struct pipes *ps, struct log_service *s, int fd);

#endif
