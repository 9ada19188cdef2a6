/* SPDX-License-Identifier: ISC */
/*
 * without landlock|seccomp command [argument...]
 *	runs the command as on a kernel that was built without the one
 * without landlock|seccomp
 *	tells by its exit status whether it is one: 0, or 1 where the kernel has it
 *
 * without
 *	prints what a strict sandbox lacks here, as tined says it
 *
 * A filter around the command answers as such a kernel does; all that the
 * command starts is below it.
 */
#include "config.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "sandbox/kernel.h"
#include "inject.h"

static bool
landlock_lacks(void)
{
	return kernel_landlock() == 0;
}

static int
landlock_take(void)
{
	if (inject(SYS_landlock_create_ruleset, INJECT_ANY, ENOSYS) == -1 ||
	    inject(SYS_landlock_add_rule, INJECT_ANY, ENOSYS) == -1)
		return -1;
	return inject(SYS_landlock_restrict_self, INJECT_ANY, ENOSYS);
}

static bool
seccomp_lacks(void)
{
	return kernel_seccomp() == 0;
}

/* The last filter also denies further ones. */
static int
seccomp_take(void)
{
	if (inject(SYS_prctl, PR_GET_SECCOMP, EINVAL) == -1 ||
	    inject(SYS_prctl, PR_SET_SECCOMP, EINVAL) == -1)
		return -1;
	return inject(SYS_seccomp, INJECT_ANY, ENOSYS);
}

static const struct {
	const char *name;
	bool (*lacks)(void);
	int (*take)(void);
} features[] = {
	{ "landlock", landlock_lacks, landlock_take },
	{ "seccomp", seccomp_lacks, seccomp_take },
};

int
main(int argc, char *argv[])
{
	char list[KERNEL_LACKS_MAX];
	size_t i;

	if (argc == 1) {
		kernel_lacks(true, SANDBOX_STRICT, list, sizeof(list));
		return puts(list) == EOF ? EX_IOERR : 0;
	}
	for (i = 0; argc > 1 && i < sizeof(features) / sizeof(features[0]); i++)
		if (strcmp(argv[1], features[i].name) == 0)
			break;
	if (argc < 2 || i == sizeof(features) / sizeof(features[0])) {
		fprintf(stderr,
		    "usage: without landlock|seccomp "
		    "[command [argument...]]\n");
		return EX_USAGE;
	}
	if (argc == 2)
		return features[i].lacks() ? 0 : 1;
	if (features[i].take() == -1 || !features[i].lacks())
		err(EX_OSERR, "%s cannot be taken away", features[i].name);
	execvp(argv[2], argv + 2);
	err(EX_UNAVAILABLE, "%s", argv[2]);
}
