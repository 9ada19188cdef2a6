/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "main/acceptors.h"
#include "main/logproc.h"
#include "main/reap.h"

#define LOOK_AGAIN_MS 100  /* for ends that could not be taken */
#define SWEEP_MS      5000 /* for ends that no signal has told of */

/* Acceptors first: whose acceptor has died is a session that main adopts, and
 * must be known before it is reaped. */
static void
reap_acceptors(struct tined *t)
{
	struct acceptor *a, *next;
	struct served *s;
	int status;

	TAILQ_FOREACH (s, &t->served, entry)
		TAILQ_FOREACH_SAFE (a, &s->acceptors, entry, next)
			if (waitpid(a->pid, &status, WNOHANG) == a->pid)
				acceptor_exit(t, a, status);
}

/* False where an end there may be could not be taken. */
static bool
reap_all(struct tined *t)
{
	siginfo_t si;
	struct rusage ru;
	int status;

	for (;;) {
		reap_acceptors(t);
		si.si_pid = 0;
		if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) == -1)
			return errno == ECHILD && t->logger.pid <= 0;
		if (si.si_pid == 0)
			return true;
		if (acceptor_find(t, si.si_pid) != NULL)
			continue; /* it died since */
		adopt_peek(&t->adopted, si.si_pid);
		if (wait4(si.si_pid, &status, 0, &ru) == -1)
			return false;
		if (si.si_pid == t->logger.pid)
			logproc_exit(t, status);
		else
			adopt_exit(&t->adopted, si.si_pid, status, &ru);
	}
}

void
reap(struct tined *t)
{
	bool all = reap_all(t);

	t->reap_at = clock_ms() + (all ? SWEEP_MS : LOOK_AGAIN_MS);
}

/* A debugger that lets go of main may swallow the only signal of an end. */
int64_t
reap_due(struct tined *t, int64_t now)
{
	if (t->reap_at <= now)
		reap(t);
	return t->reap_at;
}
