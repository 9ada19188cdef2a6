/*
 * Connections that nobody serves any more and whose peer has not yet read all:
 * shut down, then read until the peer has closed or a second is over, so that
 * no reset destroys what is under way.  Those are refused ones with a message,
 * and with `linger = yes` those of programs that have ended.  A fixed ring; the
 * oldest gives way.
 */
#ifndef TINED_ACCEPTOR_LINGER_H
#define TINED_ACCEPTOR_LINGER_H

#include <poll.h>
#include <stdint.h>

#define LINGER_MAX  64   /* refused ones */
#define LINGER_MOST 1024 /* with those of programs */
#define LINGER_MS   1000

struct linger_ring {
	unsigned int max;   /* LINGER_MOST at most */
	unsigned int first; /* the oldest */
	unsigned int n;
	int fd[LINGER_MOST];
	int place[LINGER_MOST];   /* in the last poll set; -1: not in it */
	int64_t due[LINGER_MOST]; /* clock_ms */
};

/* An empty ring for max of them; its memory is zeroed. */
void linger_init(struct linger_ring *l, unsigned int max);

/* Takes fd over: shuts its sending side down and closes it in time. */
void linger_add(struct linger_ring *l, int fd, int64_t now);

/* Fills in what to poll for; the count. */
unsigned int linger_poll(struct linger_ring *l, struct pollfd *pfd);

/* Reads and throws away what came to those that the same pfd says are ready,
 * closes what is over. */
void linger_run(struct linger_ring *l, const struct pollfd *pfd, int64_t now);

/* When the oldest is over, or 0. */
int64_t linger_due(const struct linger_ring *l);

#endif
