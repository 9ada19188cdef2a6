/* SPDX-License-Identifier: ISC */
/*
 * The confinement of an acceptor and of all that it forks and executes.
 *
 * It happens once, after everything is opened and mapped and before the first
 * accept; what is taken away here comes back for nobody.  What would bind the
 * acceptor itself, soft limits, nice and umask, is left to each session.
 */
#ifndef TINED_ACCEPTOR_CONFINE_H
#define TINED_ACCEPTOR_CONFINE_H

#include <sys/resource.h>

#include "ipc/settings.h"
#include "sandbox/kernel.h"

struct confined {
	/* RLIMIT_NOFILE as it was.  The acceptor's soft limit is the hard one
	 * now; a program is to be given this one, unless the settings says. */
	struct rlimit nofile;
	/* For landlock_session, before a strict program is executed; 0: there
	 * is none. */
	int ruleset;
	char lacks[KERNEL_LACKS_MAX]; /* what was not to be had, "a, b" */
	char error[512];
};

/*
 * Confines this process as the settings says.  NULL, or out->error: the step that
 * failed and why (`setresuid: Operation not permitted`); then the process is
 * confined in part and must exit.
 */
const char *confine(const struct settings *s, struct confined *out);

#endif
