/* SPDX-License-Identifier: ISC */
/*
 * The sockets on which acceptors hand over the read ends of programs' standard
 * errors.
 *
 * A message is peeked at, and its pipe read, while it stays in the queue of the
 * socket, which main holds, too: the next logger finds it there.  It leaves the
 * queue when its program has ended, or when there are more than a few and main
 * has a copy.  While few programs run main has nothing to do.
 *
 * Where main keeps as many as it may for a service they stay in the queue.  When
 * that is full, acceptors give programs /dev/null.  No read end that a logger
 * has seen is closed while its program may still write.
 */
#ifndef TINED_LOGGER_STDERRS_H
#define TINED_LOGGER_STDERRS_H

#include <sys/queue.h>

#include <stdint.h>

#include "logger/log.h"
#include "logger/stderr_pipe.h"

TAILQ_HEAD(stderr_queue_list, stderr_queue);

struct stderrs {
	struct stderr_pipes pipes;
	struct stderr_queue_list queues;
	struct log_pace refused; /* of errors about invalid pipes */
};

/* main: the socket to main. */
void stderrs_init(struct stderrs *s, int main);

/*
 * Takes pipes from the acceptors on sock from now on, as many as limits say;
 * takes sock, also one that it has already.  0, or -1 with errno.
 */
int stderrs_add(struct stderrs *s, struct log_service *service, int sock,
    const struct stderr_limits *limits);

/* Takes a pipe that main has kept; before the socket that it came from.  0, or
 * -1 with errno. */
int stderrs_restore(struct stderrs *s, struct log_service *service,
    const struct stderr_msg *which, int fd);

/* Main is gone, or about to go: all leave the queues. */
void stderrs_without_main(struct stderrs *s);

/* After each turn: does what is due. */
void stderrs_tick(struct stderrs *s, int64_t now);

/* When something is due (clock_ms), or 0. */
int64_t stderrs_due(const struct stderrs *s);

#endif
