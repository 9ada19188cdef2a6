/* SPDX-License-Identifier: ISC */
/*
 * Lingering close: a connection is shut down and read until the peer has
 * closed it or a second is over, so that a reset does not destroy data that
 * the peer has not read yet.  For refused connections with a message, and with
 * `linger = yes` for those of programs that have ended.  A fixed ring; when it
 * is full the oldest is closed.
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

/* Takes fd over: shuts its sending side down, closes it later. */
void linger_add(struct linger_ring *l, int fd, int64_t now);

/* Fills in the descriptors to poll; returns their number. */
unsigned int linger_poll(struct linger_ring *l, struct pollfd *pfd);

/* Discards input of those that are ready in the same pfd, closes those that
 * are done. */
void linger_run(struct linger_ring *l, const struct pollfd *pfd, int64_t now);

/* When the oldest one is due, or 0. */
int64_t linger_due(const struct linger_ring *l);

#endif
