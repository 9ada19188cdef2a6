/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/prctl.h>

#include <errno.h>
#include <unistd.h>

#include <bsd/string.h>

#include "sandbox/kernel.h"

/* linux/landlock.h of many a distribution is older than its kernel. */
#define CREATE_RULESET_VERSION 1U

/* What each ABI of Landlock brought that a sandbox here uses. */
static const struct {
	int abi;
	const char *what;
} landlock_parts[] = {
	{ 3, "Landlock for truncation" },
	{ 4, "Landlock for TCP" },
	{ 5, "Landlock for devices" },
	{ 6, "Landlock for signals and abstract sockets" },
};

static void lacks_add(char *buf, size_t size, const char *what);

int
kernel_landlock(void)
{
#ifdef SYS_landlock_create_ruleset
	long abi;

	abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    CREATE_RULESET_VERSION);
	if (abi == -1 && (errno == ENOSYS || errno == EOPNOTSUPP))
		return 0;
	return (int)abi;
#else
	return 0;
#endif
}

int
kernel_seccomp(void)
{
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != -1)
		return 1;
	return errno == EINVAL ? 0 : -1;
}

char *
kernel_lacks(bool builtin, enum sandbox sandbox, char *buf, size_t size)
{
	size_t i;
	int abi;

	buf[0] = '\0';
	if (!builtin && sandbox == SANDBOX_OFF)
		return buf;
	if (kernel_seccomp() == 0)
		lacks_add(buf, size, "seccomp");
	if (!builtin && sandbox == SANDBOX_BASIC)
		return buf;
	if ((abi = kernel_landlock()) < 1) {
		lacks_add(buf, size, "Landlock");
		return buf;
	}
	for (i = 0; i < sizeof(landlock_parts) / sizeof(landlock_parts[0]); i++)
		if (abi < landlock_parts[i].abi)
			lacks_add(buf, size, landlock_parts[i].what);
	return buf;
}

static void
lacks_add(char *buf, size_t size, const char *what)
{
	if (buf[0] != '\0')
		(void)strlcat(buf, ", ", size);
	(void)strlcat(buf, what, size);
}
