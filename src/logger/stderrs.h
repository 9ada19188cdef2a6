/* SPDX-License-Identifier: ISC */
/*
 * The read ends of programs' standard errors, as acceptors hand them over.
 *
 * Such an end must outlive this process: where none is left the program dies of
 * SIGPIPE at its next line.  So it is looked at, and read, while its message
 * stays in the socket's queue, which main holds, too; the next logger finds it
 * there.  It leaves the queue when the program has ended, or when too many are
 * there and main has a copy.  While few programs run main has nothing to do.
 *
 * Where main keeps as many as it may for a service they stay in the queue.  That
 * is full soon; then acceptors give programs /dev/null.  No end that a logger
 * has looked at is closed while its program may still write.
 *
 * The service is that of the socket, id and pid are the acceptor's.
 */
#ifndef TINED_MAIN_STDERRS_H
#define TINED_MAIN_STDERRS_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stdint.h>

#include "logger/emit.h"
#include "logger/service.h"
#include "logger/talkers.h"

TAILQ_HEAD(giver_list, giver);

struct stderrs {
	struct emit *emit;
	int main; /* the socket to main; -1: it is gone, or waits for our end */
	struct talkers talkers;
	struct talker_list dropped; /* at their end, which main does not know */
	struct giver_list givers;   /* acceptors' sockets */
	int64_t retry_ms;           /* when what failed is tried again, or 0 */
	int64_t lose_ms; /* when a program was last said to go without */
	bool over;       /* some socket is to be closed */
};

void stderrs_init(struct stderrs *s, struct emit *emit, int main);

/*
 * Takes read ends from the acceptors on sock from now on, as many as limits
 * say; takes sock, also one that it has already.  0, or -1 with errno.
 */
int stderrs_add(struct stderrs *s, struct log_service *service, int sock,
    const struct stderr_limits *limits);

/* Takes a read end that main keeps; before the socket that it came from. */
int stderrs_restore(struct stderrs *s, struct log_service *service,
    const struct stderr_msg *which, int fd);

/* Main hears nothing any more: all leave the queues. */
void stderrs_without_main(struct stderrs *s);

/* After each turn: what is due, and what can be forgotten. */
void stderrs_tick(struct stderrs *s, int64_t now);

/* When that is due, or 0. */
int64_t stderrs_due(const struct stderrs *s);

/* For giver.c: */

/* Has main keep a copy; false: it has none, and cannot now. */
bool stderrs_keep(struct stderrs *s, struct talker *t);

/* Forgets one that is at its end and in no queue. */
void stderrs_let_go(struct stderrs *s, struct talker *t);

/* Something has failed that is to be tried again in a while. */
void stderrs_retry_later(struct stderrs *s);

void stderrs_complain(struct stderrs *s, const struct log_service *service,
    enum level level, const char *why);

#endif
