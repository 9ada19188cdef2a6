/*
 * Refused connections that still hold a message for the peer: shut down, then
 * read until the peer has closed or a second is over, so that no reset
 * destroys it.  A fixed ring; the oldest gives way.
 */
#ifndef TINED_ACCEPTOR_LINGER_H
#define TINED_ACCEPTOR_LINGER_H

#include <poll.h>
#include <stdint.h>

#define LINGER_MAX 64
#define LINGER_MS  1000

struct linger_ring {
	int fd[LINGER_MAX];
	int64_t due[LINGER_MAX]; /* clock_ms */
	unsigned int first;      /* the oldest */
	unsigned int n;
};

/* Takes fd over: shuts its sending side down and closes it in time. */
void linger_add(struct linger_ring *l, int fd, int64_t now);

/* Fills in what to poll for; the count. */
unsigned int linger_poll(const struct linger_ring *l, struct pollfd *pfd);

/* Reads and throws away what came, closes what is over. */
void linger_run(struct linger_ring *l, int64_t now);

/* When the oldest is over, or 0. */
int64_t linger_due(const struct linger_ring *l);

#endif
