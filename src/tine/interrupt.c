/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tine/interrupt.h"

static volatile sig_atomic_t caught;
static sigset_t before;

static void
on_signal(int sig)
{
	if (caught)
		_exit(128 + sig);
	caught = 1;
}

void
interrupt_catch(void)
{
	struct sigaction sa;
	sigset_t both;

	sigemptyset(&both);
	sigaddset(&both, SIGINT);
	sigaddset(&both, SIGTERM);
	sigprocmask(SIG_BLOCK, &both, &before);
	sigdelset(&before, SIGINT);
	sigdelset(&before, SIGTERM);
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	sigfillset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

bool
interrupted(void)
{
	return caught != 0;
}

const sigset_t *
interrupt_mask(void)
{
	return &before;
}
