/* SPDX-License-Identifier: ISC */
/*
 * Waiting for many descriptors at once: epoll(7) and a function for each.
 *
 * The logger may hold a pipe for each running program, thousands that hardly
 * ever speak, so what a wake-up costs must not grow with them.  A function may
 * close its own watch and no other: one that is ready in the same turn stays
 * valid.  It reads a bounded amount at each call: what is left is reported
 * again in the next turn, after the other descriptors that are ready.
 */
#ifndef TINED_BASE_WATCH_H
#define TINED_BASE_WATCH_H

#include <signal.h>
#include <stdbool.h>

#define WATCH_MOST 64

struct watch_set {
	int epoll;
};

/* The first member of whatever waits for a descriptor. */
struct watch {
	struct watch_set *set;
	int fd;
	void (*ready)(struct watch *w);
	unsigned int failed; /* reads, one after the other */
};

/* Makes the set; 0, or -1 with errno. */
int watch_open(struct watch_set *set);

/*
 * Calls ready(w) whenever fd has something to read or is at its end.  The
 * descriptor becomes the watch's own, also when this fails (it is closed).
 * 0, or -1 with errno.
 */
int watch_add(struct watch_set *set, struct watch *w, int fd,
    void (*ready)(struct watch *w));

/* From now on ready(w) is called whenever there is room to write, or the other
 * end is gone, and not for what there is to read.  0, or -1 with errno. */
int watch_write(struct watch *w);

/*
 * Calls ready(w) for what arrives alone, not for what has been there since the
 * last call.  What is there now counts as arriving: a function that has left
 * something calls this again.
 */
void watch_edge(struct watch *w);

/* Ends the watch and closes its descriptor. */
void watch_close(struct watch *w);

/*
 * Tells how a read has ended.  One that failed is tried again when the
 * descriptor is ready the next time; false when that has been done too often.
 */
bool watch_may_fail(struct watch *w, bool failed);

/*
 * Waits for at most timeout milliseconds (-1: for ever) with the signal mask
 * open (NULL: as it is), then calls those that are ready.  A signal, or an
 * error of epoll_pwait(2), is a wake-up without an event.
 */
void watch_wait(struct watch_set *set, int timeout, const sigset_t *open);

/*
 * Calls at most that many (WATCH_MOST) of those that are ready now; the others
 * come before them the next time.  How many it has called.
 */
int watch_some(struct watch_set *set, int most);

#endif
