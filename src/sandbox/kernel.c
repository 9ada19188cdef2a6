/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/prctl.h>

#include <errno.h>
#include <unistd.h>

#include <bsd/string.h>

#include "sandbox/kernel.h"

/* Not from linux/landlock.h, which may be older than the kernel. */
#define CREATE_RULESET_VERSION 1U

/* The ABI of Landlock that brought each part that a sandbox uses. */
static const struct {
	int abi;
	const char *what;
} landlock_parts[] = {
	{ 3, "Landlock for truncation" },
	{ 4, "Landlock for TCP" },
	{ 5, "Landlock for devices" },
	{ 6, "Landlock for signals and abstract sockets" },
};

int
kernel_landlock(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    CREATE_RULESET_VERSION);

	if (abi == -1 && (errno == ENOSYS || errno == EOPNOTSUPP))
		return 0;
	return (int)abi;
}

int
kernel_seccomp(void)
{
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != -1)
		return 1;
	return errno == EINVAL ? 0 : -1;
}

void
kernel_lack(char *buf, size_t size, const char *what)
{
	if (buf[0] != '\0')
		(void)strlcat(buf, ", ", size);
	(void)strlcat(buf, what, size);
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
		kernel_lack(buf, size, "seccomp");
	if (!builtin && sandbox == SANDBOX_BASIC)
		return buf;
	if ((abi = kernel_landlock()) < 1) {
		kernel_lack(buf, size, "Landlock");
		return buf;
	}
	for (i = 0; i < sizeof(landlock_parts) / sizeof(landlock_parts[0]); i++)
		if (abi < landlock_parts[i].abi)
			kernel_lack(buf, size, landlock_parts[i].what);
	return buf;
}
