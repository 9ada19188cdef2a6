/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "base/sys.h"
#include "main/signals.h"

/* Job control keeps its default action. */
#define OF_TERMINALS                                                           \
	(SYS_SIGNAL(SIGTSTP) | SYS_SIGNAL(SIGTTIN) | SYS_SIGNAL(SIGTTOU))
#define HANDLED                                                                \
	(SYS_SIGNAL(SIGCHLD) | SYS_SIGNAL(SIGHUP) | SYS_SIGNAL(SIGTERM) |      \
	    SYS_SIGNAL(SIGINT) | SYS_SIGNAL(SIGQUIT) | SYS_SIGNAL(SIGUSR1) |   \
	    SYS_SIGNAL(SIGUSR2) | SYS_SIGNAL(SIGALRM))

static volatile sig_atomic_t got[NSIG];
static volatile pid_t ended; /* the child that the last SIGCHLD named */

static void
on_signal(int sig)
{
	if (sig == SIGINT || sig == SIGQUIT)
		sig = SIGTERM;
	got[sig] = got[sig] + 1;
}

static void
on_child(int sig, siginfo_t *si, void *context)
{
	(void)context;
	ended = si->si_pid;
	on_signal(sig);
}

void
signals_set(void)
{
	/* By the system call: libc's refuses the two signals that it reserves,
	 * which its posix_spawn leaves ignored in the programs it starts. */
	static const unsigned long defaults[8];
	struct sigaction sa = { .sa_handler = on_signal };
	int sig;

	sys_block_all_but(SYS_FATAL);
	sigfillset(&sa.sa_mask);
	for (sig = 1; sig < NSIG; sig++) {
		syscall(SYS_rt_sigaction, sig, defaults, NULL, 8);
		if ((HANDLED & SYS_SIGNAL(sig)) != 0)
			sigaction(sig, &sa, NULL);
	}
	sa.sa_sigaction = on_child;
	sa.sa_flags = SA_SIGINFO;
	sigaction(SIGCHLD, &sa, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

void
signals_open(sigset_t *set)
{
	const uint64_t open = SYS_FATAL | OF_TERMINALS | HANDLED;
	int sig;

	sigfillset(set);
	for (sig = 1; sig < NSIG; sig++)
		if ((open & SYS_SIGNAL(sig)) != 0)
			sigdelset(set, sig);
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

/* Signals are blocked outside of epoll_pwait: further SIGCHLDs are taken here. */
pid_t
signals_child(void)
{
	const struct timespec none = { 0 };
	siginfo_t si;
	sigset_t set;

	if (signals_take(SIGCHLD) > 0)
		return ended;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	return sigtimedwait(&set, &si, &none) == SIGCHLD ? si.si_pid : 0;
}
