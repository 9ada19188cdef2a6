/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/capability.h"

#define CAP_BITS 64
#define BIT(cap) ((uint64_t)1 << (cap))
#define NO_ROOT  (SECBIT_NOROOT | SECBIT_NOROOT_LOCKED)

/* Effective, permitted and inheritable set, by 32 capabilities. */
struct sets {
	struct __user_cap_data_struct word[2];
};

static int
sets_call(long number, struct sets *sets)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};

	return (int)syscall(number, &head, sets->word);
}

int
capability_has(unsigned int cap)
{
	struct sets sets;

	if (sets_call(SYS_capget, &sets) == -1)
		return -1;
	return (sets.word[cap / 32].effective >> cap % 32 & 1) != 0;
}

static int
bounding_drop(uint64_t keep)
{
	unsigned int cap;
	int has;

	for (cap = 0; cap < CAP_BITS; cap++) {
		has = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);
		/* EINVAL: one that the kernel does not know. */
		if (has == -1 && (errno != EINVAL || (keep & BIT(cap)) != 0))
			return -1;
		if (has == 0 || (keep & BIT(cap)) != 0)
			continue;
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == -1 &&
		    (has == 1 || errno != EINVAL))
			return -1;
	}
	return 0;
}

int
capability_bound(uint64_t keep)
{
	int bits, has;

	if ((has = capability_has(CAP_SETPCAP)) != 1)
		return has;
	if (bounding_drop(keep) == -1)
		return -1;
	if ((bits = prctl(PR_GET_SECUREBITS, 0, 0, 0, 0)) == -1)
		return -1;
	return prctl(PR_SET_SECUREBITS, bits | NO_ROOT, 0, 0, 0);
}

int
capability_hold(void)
{
	return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
}

/* Raises keep, and checks that it has exactly that. */
static int
ambient_raise(uint64_t keep)
{
	unsigned int cap;
	bool kept;
	int has;

	for (cap = 0; cap < CAP_BITS; cap++) {
		kept = (keep & BIT(cap)) != 0;
		if (kept &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) ==
			-1)
			return -1;
		has = prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0);
		if (has == -1)
			/* EINVAL: one that the kernel does not know. */
			return errno == EINVAL ? 0 : -1;
		if ((has == 1) != kept) {
			errno = EPERM;
			return -1;
		}
	}
	return 0;
}

int
capability_set(uint64_t keep)
{
	struct sets want, got;
	unsigned int i;

	for (i = 0; i < 2; i++)
		want.word[i].effective = want.word[i].permitted =
		    want.word[i].inheritable = (uint32_t)(keep >> 32 * i);
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == -1)
		return -1;
	if (sets_call(SYS_capset, &want) == -1 || ambient_raise(keep) == -1)
		return -1;
	if (prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) == -1)
		return -1;
	if (sets_call(SYS_capget, &got) == -1)
		return -1;
	if (memcmp(&got, &want, sizeof(got)) != 0) {
		errno = EPERM;
		return -1;
	}
	return 0;
}
