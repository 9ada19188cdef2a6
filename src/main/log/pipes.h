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

#include <stdbool.h>

#include "main/log/emit.h"
#include "base/watch.h"

TAILQ_HEAD(pipe_list, pipe);
TAILQ_HEAD(names_list, names);

struct pipes {
	struct watch_set *watch;
	struct emit *emit;
	struct pipe_list list; /* the oldest, which is main's, last */
	struct names_list names;
};

void pipes_init(struct pipes *ps, struct watch_set *watch, struct emit *emit);

/*
 * Reads a service's records from fd from now on; takes fd.  A pipe that is
 * read already stays as it is.  0, or -1 with errno.
 */
int pipes_add(struct pipes *ps, const char *service, int fd);

/* Names Unix listener index of a service, whose pipe may be added later. */
void pipes_listener(struct pipes *ps, const char *service, uint32_t index,
    const char *name);

/* Reads what all pipes hold now, main's last. */
void pipes_drain(struct pipes *ps);

bool pipes_empty(const struct pipes *ps);

#endif
