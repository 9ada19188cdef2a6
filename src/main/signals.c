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
#define NELEMS(array) (sizeof(array) / sizeof((array)[0]))

static const int handled[] = { SIGCHLD, SIGHUP, SIGTERM, SIGINT, SIGQUIT,
	SIGUSR1, SIGUSR2, SIGALRM };

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
	size_t i;
	int sig;

	sys_block_all_but(SYS_FATAL);
	for (sig = 1; sig < NSIG; sig++)
		syscall(SYS_rt_sigaction, sig, defaults, NULL, 8);
	sigfillset(&sa.sa_mask);
	for (i = 0; i < NELEMS(handled); i++)
		sigaction(handled[i], &sa, NULL);
	sa.sa_sigaction = on_child;
	sa.sa_flags = SA_SIGINFO;
	sigaction(SIGCHLD, &sa, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

void
signals_open(sigset_t *set)
{
	uint64_t open = SYS_FATAL | OF_TERMINALS;
	size_t i;
	int sig;

	for (i = 0; i < NELEMS(handled); i++)
		open |= SYS_SIGNAL(handled[i]);
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
