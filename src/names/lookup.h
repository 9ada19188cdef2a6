/* SPDX-License-Identifier: ISC */
/*
 * The process that looks names up: forked for one table of names, it asks for
 * all of them at once and writes the answers to a pipe.
 *
 * Main neither waits for it nor trusts it.  Invariant: it has no descriptor of
 * main but the pipe, and ends with main, or soon after the deadline.
 */
#ifndef TINED_NAMES_LOOKUP_H
#define TINED_NAMES_LOOKUP_H

#include "ipc/watch.h"
#include "names/names.h"

#define LOOKUP_MS          10000
#define LOOKUP_FAILURE_MAX 500

struct lookup {
	struct watch watch; /* first; fd -1: closed */
	struct names *names;
	int process; /* of pidfd_open(2); -1: none */
	int64_t due; /* clock_ms */
	char *buf;   /* an answer that is incomplete */
	size_t len;
	size_t total;    /* read so far */
	const char *why; /* why it was closed early, a constant */
};

/*
 * Starts looking up the open names, for ms at most; without any it is over at
 * once.  names must live until lookup_end.  0, or -1 with errno.
 */
int lookup_start(struct lookup *l, struct watch_set *set, struct names *names,
    int64_t ms);

/* Whether all names are answered, the time is up, or the process is gone. */
bool lookup_over(const struct lookup *l, int64_t now);

/* Kills the process if it still runs; main reaps it.  Keeps errno. */
void lookup_end(struct lookup *l);

/*
 * Why names are still open after it is over, and which: "no answer within 10 s:
 * host a.example".  Returns buf.
 */
char *lookup_failure(const struct lookup *l, char *buf, size_t size);

/*
 * Does all of it and waits, with the signal mask open (NULL: unchanged), until
 * it is over or stop (NULL: none), called at each wake-up, returns true.  0
 * (names may still be open, buf has the reason); -1 with errno, ECANCELED when
 * stopped.
 */
int lookup_run(struct names *names, const sigset_t *open, bool (*stop)(void),
    char *buf, size_t size);

#endif
