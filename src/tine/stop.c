/* SPDX-License-Identifier: ISC */
/*
 * The wish to end.
 */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tine/stop.h"

static volatile sig_atomic_t asked;
static sigset_t before;

static void
on_signal(int sig)
{
	if (asked)
		_exit(128 + sig);
	asked = 1;
}

void
stop_catch(void)
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
stop_asked(void)
{
	return asked != 0;
}

const sigset_t *
stop_mask(void)
{
	return &before;
}
