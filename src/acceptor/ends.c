/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/signalfd.h>

#include <errno.h>
#include <signal.h>

#include "acceptor/ends.h"
#include "acceptor/reap.h"
#include "base/clock.h"
#include "base/io.h"

#define READS     16   /* of signals in a row */
#define SEARCH_US 5000 /* the longest sweep */
#define REST_MS   1000 /* the longest rest after a sweep */

/* One wait4 that walks through a thousand children is slow.  Such walks take one
 * part in SLOW of the time; in SLOW_ALONE without a list of children, or with
 * more to reap. */
#define SLOW_US    100
#define SLOW       200
#define SLOW_ALONE 5

static int64_t
search_clock(const struct acceptor *a)
{
	return a->slow ? clock_cpu_us() : clock_us();
}

/*
 * When to sweep again at the earliest, after one that made calls of wait4 in
 * took_us.  A call is slow only with thousands of children; one that seemed slow
 * may have waited for a processor, so the next one is measured in processor time.
 * more: the last call still found one.
 */
static int64_t
rest_until(struct acceptor *a, int64_t took_us, unsigned int calls, bool more)
{
	int64_t walk_us = took_us / calls;
	bool measured = a->slow, alone = a->left.list.fd == -1;

	a->slow = walk_us > SLOW_US;
	if (!measured || !a->slow)
		return clock_ms();
	return clock_rest(more ? took_us : walk_us,
	    more || alone ? SLOW_ALONE : SLOW, REST_MS);
}

/*
 * Not without limit: a program may leave thousands of running processes, and
 * start more that end than can be found in this way.  Then the list of children
 * is read, once for all of them.
 */
void
ends_sweep(struct acceptor *a, int64_t now)
{
	int64_t start = search_clock(a);
	unsigned int calls = 0;
	bool more;

	a->look_ms = 0;
	do {
		more = reap_any(a, now);
		calls++;
	} while (more && search_clock(a) - start < SEARCH_US);
	a->rest_ms = rest_until(a, search_clock(a) - start, calls, more);
	if (!more)
		return;
	(void)leftovers_soon(&a->left, now, 0);
	a->look_ms = clock_earlier(a->look_ms, a->rest_ms);
}

/*
 * Several programs that end at once cause one SIGCHLD, so it means: sweep.  The
 * signal of a built-in session has its pid: in ssi_band, because signalfd(2)
 * decodes the code of a signal other than SIGCHLD as SIGPOLL's.  A pid that is
 * not a session's means: sweep.
 */
void
ends_read(struct acceptor *a, int64_t now)
{
	const struct signalfd_siginfo *si;
	bool sweep = false;
	unsigned int reads = 0;
	ssize_t n;
	pid_t pid;

	do {
		n = io_read(a->ends, a->end_info, sizeof(a->end_info));
		if (n == -1 && errno != EAGAIN)
			reap_again(a, now);
		for (si = a->end_info; n >= (ssize_t)sizeof(*si); si++) {
			pid = si->ssi_signo == SIGCHLD ? (pid_t)si->ssi_pid :
							 (pid_t)si->ssi_band;
			if (si->ssi_signo == SIGCHLD ||
			    child_find(&a->children, pid) == NULL)
				sweep = true;
			reap_one(a, pid, now);
			n -= (ssize_t)sizeof(*si);
		}
	} while (si == a->end_info + ENDS_AT_ONCE && ++reads < READS);
	if (!sweep)
		return;
	if (a->rest_ms <= now)
		ends_sweep(a, now);
	else
		a->look_ms = clock_earlier(a->look_ms, a->rest_ms);
}

static void
look_at_part(struct acceptor *a, int64_t now)
{
	struct offspring *list = &a->left.list;
	pid_t pid;

	offspring_read(list);
	while ((pid = offspring_next(list)) != 0)
		if (reap_peek(pid))
			offspring_keep(list, pid);
		else if (child_find(&a->children, pid) == NULL)
			leftovers_found(&a->left, &a->children, pid, now);
}

/* One part of the list; after the last part, some that have ended. */
static void
look_through_list(struct acceptor *a, int64_t now)
{
	struct offspring *list = &a->left.list;
	int64_t start = clock_cpu_us(), n;
	unsigned int i;
	pid_t pid;

	if (!offspring_keeps(list))
		look_at_part(a, now);
	for (i = 0; i < OFFSPRING_TURN && offspring_keeps(list); i++) {
		pid = offspring_kept(list);
		reap_one(a, pid, now);
	}
	n = leftovers_part(&a->left, clock_cpu_us() - start);
	if (n != -1)
		atomic_store(&a->section->leftovers, (uint32_t)n);
	/* Running programs may leave something at any time. */
	if (a->left.end && a->children.nrunning > 0)
		leftovers_soon(&a->left, now, LEFT_KEEP_MS);
}

void
ends_look(struct acceptor *a, int64_t now)
{
	if (a->look_ms != 0 && a->look_ms <= now)
		ends_sweep(a, now);
	if (leftovers_look(&a->left, now))
		look_through_list(a, now);
}

int64_t
ends_due(const struct acceptor *a)
{
	return clock_earlier(a->look_ms, leftovers_due(&a->left));
}
