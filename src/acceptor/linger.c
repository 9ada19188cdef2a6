/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include "acceptor/linger.h"
#include "base/io.h"

#define READS 16 /* of one socket in a round of the loop */

static unsigned int
at(const struct linger_ring *l, unsigned int i)
{
	return (l->first + i) % l->max;
}

void
linger_init(struct linger_ring *l, unsigned int max)
{
	l->max = max < LINGER_MOST ? max : LINGER_MOST;
}

/* Closed ones stay in the ring as -1 until they are the oldest. */
static void
drop(struct linger_ring *l, unsigned int i)
{
	if (l->fd[i] != -1)
		close(l->fd[i]);
	l->fd[i] = -1;
	while (l->n > 0 && l->fd[l->first] == -1) {
		l->first = at(l, 1);
		l->n--;
	}
}

/* Whether the peer has closed, or the connection is broken. */
static int
is_over(int fd)
{
	char junk[4096];
	ssize_t n;
	int i;

	for (i = 0; i < READS; i++) {
		n = io_recv(fd, junk, sizeof(junk));
		if (n == 0)
			return 1;
		if (n == -1)
			return errno != EAGAIN;
	}
	return 0;
}

void
linger_add(struct linger_ring *l, int fd, int64_t now)
{
	unsigned int i;

	if (l->n == l->max) {
		/* Unread input would turn the close into a reset. */
		(void)is_over(l->fd[l->first]);
		drop(l, l->first);
	}
	i = at(l, l->n++);
	l->fd[i] = fd;
	l->place[i] = -1;
	l->due[i] = now + LINGER_MS;
	shutdown(fd, SHUT_WR);
}

unsigned int
linger_poll(struct linger_ring *l, struct pollfd *pfd)
{
	unsigned int i, e, n = 0;

	for (i = 0; i < l->n; i++) {
		e = at(l, i);
		if (l->fd[e] == -1)
			continue;
		l->place[e] = (int)n;
		pfd[n].fd = l->fd[e];
		pfd[n].events = POLLIN;
		pfd[n++].revents = 0;
	}
	return n;
}

void
linger_run(struct linger_ring *l, const struct pollfd *pfd, int64_t now)
{
	unsigned int i, e, n = l->n, first = l->first;
	bool ready;

	for (i = 0; i < n; i++) {
		e = (first + i) % l->max;
		if (l->fd[e] == -1)
			continue;
		ready = l->place[e] != -1 && pfd[l->place[e]].revents != 0;
		if (l->due[e] <= now || (ready && is_over(l->fd[e])))
			drop(l, e);
	}
}

int64_t
linger_due(const struct linger_ring *l)
{
	return l->n == 0 ? 0 : l->due[l->first];
}
