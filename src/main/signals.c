/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "main/signals.h"

static volatile sig_atomic_t got[NSIG];

static void
on_signal(int sig)
{
	if (sig == SIGINT)
		sig = SIGTERM;
	got[sig] = got[sig] + 1;
}

void
signals_set(void)
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

void
signals_open(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGPIPE);
}

int
signals_seen(int sig)
{
	return got[sig];
}

int
signals_take(int sig)
{
	int n = got[sig];

	got[sig] = 0;
	return n;
}
