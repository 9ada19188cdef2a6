/*
 * The process that looks names up: forked for one table of names, it asks for
 * all of them at once and writes what it finds into a pipe.
 *
 * Main neither waits for it nor trusts it.  Invariant: it has no descriptor
 * of main's but the pipe, and ends with main, and soon after the deadline.
 */
#ifndef TINED_MAIN_LOOKUP_H
#define TINED_MAIN_LOOKUP_H

#include "ipc/watch.h"
#include "names/names.h"

#define LOOKUP_MS          10000
#define LOOKUP_FAILURE_MAX 500

struct lookup {
	struct watch watch; /* first; fd -1: nothing more will come */
	struct names *names;
	int process; /* pidfd_open(2)'s descriptor; -1: it has none */
	int64_t due; /* clock_ms */
	char *buf;   /* what is no whole answer yet */
	size_t len;
	size_t total;    /* that was read */
	const char *why; /* it broke off: why, a constant */
};

/*
 * Starts looking up what is open in names, ms at most; where nothing is open
 * it is over at once.  names must live until lookup_end.  0, or -1 with errno.
 */
int lookup_start(struct lookup *l, struct watch_set *set, struct names *names,
    int64_t ms);

/* Whether it is over: all is answered, its time is up, or the process is
 * gone. */
bool lookup_over(const struct lookup *l, int64_t now);

/* Ends the process where it still runs.  Main's reaper takes its end. */
void lookup_end(struct lookup *l);

/*
 * Why names are still open after it is over: a sentence that lists them, "no
 * answer within 10 s: host a.example".  Returns buf.
 */
char *lookup_failure(const struct lookup *l, char *buf, size_t size);

/*
 * All of it, waited for with the signal mask open (NULL: as it is).  Stops
 * when stop (NULL: never), asked at each wake-up, says so.  0, when it is over
 * (names may still be open, buf says why); -1 with errno, EINTR when stopped.
 */
int lookup_run(struct names *names, const sigset_t *open, bool (*stop)(void),
    char *buf, size_t size);

#endif
