/* SPDX-License-Identifier: ISC */
/*
 * The confinement of an acceptor and of all that it forks and executes.
 *
 * It happens once, after everything is opened and mapped and before the first
 * accept, and is final.  What would restrict the acceptor itself, soft limits,
 * nice and umask, each session sets for itself.
 */
#ifndef TINED_SANDBOX_CONFINE_H
#define TINED_SANDBOX_CONFINE_H

#include <sys/resource.h>

#include "ipc/settings.h"
#include "sandbox/kernel.h"

struct confined {
	/* RLIMIT_NOFILE as it was.  The acceptor's soft limit is the hard one
	 * now; a program gets this one, unless one is configured. */
	struct rlimit nofile;
	/* For landlock_session, before a strict program is executed; 0:
	 * none. */
	int ruleset;
	char lacks[KERNEL_LACKS_MAX]; /* missing parts, "a, b" */
	char error[512];
};

/*
 * Confines this process as the settings say.  NULL, or out->error: the step that
 * failed and why (`setresuid: Operation not permitted`); then the process is
 * confined in part and must exit.
 */
const char *confine(const struct settings *s, struct confined *out);

#endif
