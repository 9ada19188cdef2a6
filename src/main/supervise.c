/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <bsd/unistd.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/control.h"
#include "main/acceptors.h"
#include "main/log/log.h"
#include "main/logproc.h"
#include "main/lost.h"
#include "main/notify.h"
#include "main/reload.h"
#include "main/state.h"
#include "main/stop.h"
#include "main/supervise.h"

#define LOOK_AGAIN_MS 100  /* for children that could not be reaped */
#define SWEEP_MS      5000 /* for ends that no signal has told of */

/* Why an acceptor does not start, and whose it is. */
struct failure {
	const struct served *served;
	char why[CONTROL_TEXT_MAX];
};

static volatile sig_atomic_t got_chld, got_hup, got_term, got_usr1;

static void
on_signal(int sig)
{
	switch (sig) {
	case SIGCHLD:
		got_chld = 1;
		break;
	case SIGHUP:
		got_hup = 1;
		break;
	case SIGUSR1:
		got_usr1 = 1;
		break;
	default:
		got_term = got_term + 1;
	}
}

void
supervise_signals(void)
{
	static const int handled[] = { SIGCHLD, SIGHUP, SIGTERM, SIGINT,
		SIGUSR1 };
	/* The kernel's own call and struct: libc's refuses the two signals
	 * that it keeps to itself, and its posix_spawn starts programs (us,
	 * by make for one) with them ignored. */
	static const unsigned long defaults[8];
	struct sigaction sa = { .sa_handler = on_signal };
	sigset_t all;
	size_t i;
	int sig;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	for (sig = 1; sig < NSIG; sig++)
		syscall(SYS_rt_sigaction, sig, defaults, NULL, 8);
	sigfillset(&sa.sa_mask);
	for (i = 0; i < sizeof(handled) / sizeof(handled[0]); i++)
		sigaction(handled[i], &sa, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

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

/* No other signal tells of an end that could not be taken: got_chld stays set,
 * and run_timers sees to it that it is looked for again. */
static void
reap(struct tined *t)
{
	siginfo_t si;
	struct rusage ru;
	int status;

	for (;;) {
		reap_acceptors(t);
		si.si_pid = 0;
		if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) == -1) {
			got_chld = errno != ECHILD || t->logger.pid > 0;
			return;
		}
		if (si.si_pid == 0)
			return;
		if (acceptor_find(t, si.si_pid) != NULL)
			continue; /* it died since */
		adopt_peek(&t->adopted, si.si_pid);
		if (wait4(si.si_pid, &status, 0, &ru) == -1) {
			got_chld = 1;
			return;
		}
		if (si.si_pid == t->logger.pid)
			logproc_exit(t, status);
		else
			adopt_exit(&t->adopted, si.si_pid, status, &ru);
	}
}

/* A debugger that lets go of main may swallow the only signal of an end. */
static int64_t
sweep(struct tined *t, int64_t now)
{
	if (t->sweep_at <= now) {
		t->sweep_at = now + SWEEP_MS;
		reap(t);
	}
	return t->sweep_at;
}

/* What an acceptor failed of, while it was not yet ready. */
static void
acceptor_failed(const struct tined *t, const struct failure *f)
{
	if (t->starting)
		return; /* it is said on standard error, once */
	log_message(LEVEL_ERROR, "%s: the acceptor does not start: %s",
	    f->served->name, f->why);
}

static size_t
fill_poll(struct tined *t, struct pollfd **set, struct acceptor ***who)
{
	struct acceptor *a;
	struct served *s;
	size_t n = 0, max = 0;

	TAILQ_FOREACH (s, &t->served, entry)
		TAILQ_FOREACH (a, &s->acceptors, entry)
			max++;
	*set = reallocarray(*set, max + 1, sizeof(**set));
	*who = reallocarray(*who, max + 1, sizeof(**who));
	if (*set == NULL || *who == NULL)
		return 0;
	TAILQ_FOREACH (s, &t->served, entry)
		TAILQ_FOREACH (a, &s->acceptors, entry) {
			if (a->control == -1)
				continue;
			(*set)[n] = (struct pollfd) { a->control, POLLIN, 0 };
			(*who)[n++] = a;
		}
	return n;
}

/* One turn: waits at most until due, then hears what the acceptors say. */
static int
turn(struct tined *t, int64_t due, struct failure *f)
{
	static struct pollfd *set;
	static struct acceptor **who;
	size_t n = fill_poll(t, &set, &who), i;
	struct timespec ts;
	sigset_t open;
	int code = 0, got;

	sigemptyset(&open);
	sigaddset(&open, SIGPIPE);
	if (ppoll(set, n, clock_timeout(due, clock_ms(), &ts), &open) <= 0)
		return 0;
	for (i = 0; i < n; i++) {
		if (set[i].revents == 0)
			continue;
		if ((got = acceptor_listen(who[i], f->why)) == 0)
			continue;
		code = got;
		f->served = who[i]->served;
		acceptor_failed(t, f);
	}
	return code;
}

/* Kills what has neither become ready nor ended in its time. */
static int64_t
check_due(struct tined *t, int64_t now)
{
	struct acceptor *a;
	struct served *s;
	int64_t next = 0;

	TAILQ_FOREACH (s, &t->served, entry)
		TAILQ_FOREACH (a, &s->acceptors, entry) {
			if (a->due != 0 && a->due <= now) {
				kill(a->pid, SIGKILL);
				a->due = 0;
			}
			next = clock_earlier(next, a->due);
		}
	return next;
}

/* Why the first generation of s, or meanwhile of another service, will not
 * become ready; 0 while it may. */
static int
start_failed(struct tined *t, const struct served *s, int64_t until,
    struct failure *f)
{
	const struct acceptor *a;
	unsigned int n = 0;
	int code;

	if ((code = turn(t, until, f)) != 0)
		return code;
	if (got_chld) {
		got_chld = 0;
		reap(t);
	}
	TAILQ_FOREACH (a, &s->acceptors, entry)
		n++;
	f->served = s;
	strlcpy(f->why, "interrupted", sizeof(f->why));
	if (got_term > 0)
		return EX_OSERR;
	strlcpy(f->why, "its acceptor ended before it was ready",
	    sizeof(f->why));
	if (n < s->now.conf->acceptors)
		return EX_OSERR;
	strlcpy(f->why, "its acceptor was not ready in 5 s", sizeof(f->why));
	return clock_ms() >= until ? EX_OSERR : 0;
}

int
supervise_start(struct tined *t, char *text, size_t size)
{
	int64_t until = clock_ms() + READY_MS;
	struct failure f = { .served = NULL };
	struct served *s;
	int code;

	TAILQ_FOREACH (s, &t->served, entry)
		while (acceptors_ready(s, false) < s->now.conf->acceptors) {
			if ((code = start_failed(t, s, until, &f)) == 0)
				continue;
			snprintf(text, size, "%s: %s", f.served->name, f.why);
			return code;
		}
	return 0;
}

static void
run_signals(struct tined *t)
{
	bool again;

	if (got_chld) {
		got_chld = 0;
		reap(t);
	}
	if (got_term > 0) {
		again = got_term > 1;
		got_term = 0;
		stop_begin(t);
		if (again)
			stop_begin(t);
	}
	if (got_hup) {
		got_hup = 0;
		reload_begin(t);
	}
	if (got_usr1) {
		got_usr1 = 0;
		state_log(t);
	}
}

static int64_t
run_timers(struct tined *t)
{
	int64_t now = clock_ms(), due;
	struct served *s;

	due = sweep(t, now);
	due = clock_earlier(due, check_due(t, now));
	due = clock_earlier(due, adopt_expire(&t->adopted, now));
	TAILQ_FOREACH (s, &t->served, entry) {
		if (!t->stopping)
			acceptors_restart(t, s, now);
		if (s->missing > 0)
			due = clock_earlier(due, s->restart_at);
	}
	if (got_chld)
		due = clock_earlier(due, now + LOOK_AGAIN_MS);
	logproc_restart(t, now);
	if (t->logger.pid == 0)
		due = clock_earlier(due, t->logger.restart_at);
	due = clock_earlier(due, logproc_tell(t, now));
	due = clock_earlier(due, reload_step(t, now));
	due = clock_earlier(due, state_refresh(t, now));
	due = clock_earlier(due, stop_step(t, now));
	due = clock_earlier(due, lost_report(t, now));
	return clock_earlier(due, notify_watchdog(now));
}

void
supervise_run(struct tined *t)
{
	struct failure f;
	int64_t due = run_timers(t); /* the start may have left something */

	while (!stop_is_over(t)) {
		turn(t, due, &f);
		run_signals(t);
		reload_sweep(t);
		due = run_timers(t);
	}
}
