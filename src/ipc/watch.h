/* SPDX-License-Identifier: ISC */
/*
 * Waiting for many descriptors at once: epoll(7) and a function for each.
 *
 * The logger may have a pipe for each running program, thousands that are mostly
 * idle, so the cost of a wake-up must not depend on their number.  A function may
 * close its own watch but no other, which could be ready in the same turn.  It
 * reads a bounded amount: the rest is reported again in the next turn, after the
 * other descriptors that are ready.
 */
#ifndef TINED_IPC_WATCH_H
#define TINED_IPC_WATCH_H

#include <signal.h>
#include <stdbool.h>

#define WATCH_MOST 64

struct watch_set {
	int epoll;
};

/* The first member of each struct that waits for a descriptor. */
struct watch {
	struct watch_set *set;
	int fd;
	void (*ready)(struct watch *w);
	unsigned int failed; /* consecutive reads that failed */
};

/* Makes the set; 0, or -1 with errno. */
int watch_open(struct watch_set *set);

/*
 * Calls ready(w) whenever fd is readable or at end of file.  The watch owns the
 * descriptor, which is closed if this fails.  0, or -1 with errno.
 */
int watch_add(struct watch_set *set, struct watch *w, int fd,
    void (*ready)(struct watch *w));

/* From now on calls ready(w) when fd is writable, or the other end is gone, and
 * no longer when it is readable.  0, or -1 with errno. */
int watch_write(struct watch *w);

/*
 * Edge-triggered: calls ready(w) only for new input.  What is there now counts as
 * new: a function that has not read all calls this again.
 */
void watch_edge(struct watch *w);

/* Ends the watch and closes its descriptor; fd -1 is fine. */
void watch_close(struct watch *w);

/*
 * Counts consecutive reads that failed.  False where these are too many, else the
 * read is tried again when the descriptor is ready the next time.
 */
bool watch_may_fail(struct watch *w, bool failed);

/*
 * Waits for at most timeout milliseconds (-1: no limit) with the signal mask open
 * (NULL: unchanged), then calls the functions of at most that many (WATCH_MOST) of
 * those that are ready; the others precede them the next time.  Returns how many
 * it has called: 0 after a signal, or an error of epoll_pwait(2).
 */
int watch_wait(struct watch_set *set, int most, int timeout,
    const sigset_t *open);

#endif
