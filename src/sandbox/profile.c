/* SPDX-License-Identifier: ISC */
/*
 * The frame of every profile: libseccomp's filter for the native architecture
 * (another one, x32 included, has no system calls at all), preceded by a check
 * for numbers that are newer than the rules.
 */
#include "config.h"

#include <sys/mman.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "sandbox/profile.h"

/* WIDE_SANDBOX: the run-time of an instrumented build makes calls of its own,
 * more than a built-in may. */
enum profile
profile_choose(bool builtin, enum sandbox sandbox, bool writes)
{
	if (builtin)
		return WIDE_SANDBOX ? PROFILE_NONE : PROFILE_BUILTIN;
	if (sandbox == SANDBOX_BASIC)
		return PROFILE_BASIC;
	if (sandbox == SANDBOX_STRICT)
		return writes ? PROFILE_STRICT_WRITABLE : PROFILE_STRICT;
	return PROFILE_NONE;
}

#ifdef HAVE_SECCOMP

#include <linux/seccomp.h>

#include "sandbox/profile_rules.h"

/*
 * Above the numbers that all architectures share, ARM has harmless ones of its
 * own and x86 has x32's, which libseccomp refuses.
 */
#define PRIVATE_NUMBERS 0x0f0000

#define PREFIX_SIZE 4

static const struct {
	uint32_t otherwise; /* for calls without a rule */
	void (*fill)(struct profile_filter *f);
} profiles[PROFILES] = {
	[PROFILE_BUILTIN] = { SCMP_ACT_ERRNO(EPERM), profile_builtin },
	[PROFILE_BASIC] = { SCMP_ACT_ALLOW, profile_basic },
	[PROFILE_STRICT] = { SCMP_ACT_ALLOW, profile_strict },
	[PROFILE_STRICT_WRITABLE] = { SCMP_ACT_ALLOW, profile_strict },
};

/* Their arguments are in memory, where a filter cannot see them.  libcs have a
 * fallback. */
static const char *const hidden_calls[] = { "clone3", "fchmodat2", "openat2",
	NULL };

/* Numbers above the last known one: ENOSYS, so that libcs fall back. */
static void
profile_prefix(struct sock_filter *out)
{
	const struct sock_filter prefix[PREFIX_SIZE] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (uint32_t)profile_last(), 0,
		    2),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, PRIVATE_NUMBERS, 1, 0),
		BPF_STMT(BPF_RET | BPF_K,
		    SECCOMP_RET_ERRNO | (ENOSYS & SECCOMP_RET_DATA)),
	};

	memcpy(out, prefix, sizeof(prefix));
}

static struct sock_filter *
profile_read(int fd, size_t *n)
{
	struct sock_filter *prog;
	off_t size;

	if ((size = lseek(fd, 0, SEEK_END)) == -1)
		return NULL;
	*n = PREFIX_SIZE + (size_t)size / sizeof(*prog);
	if ((size_t)size % sizeof(*prog) != 0 || *n > BPF_MAXINSNS) {
		errno = E2BIG;
		return NULL;
	}
	if ((prog = calloc(*n, sizeof(*prog))) == NULL)
		return NULL;
	profile_prefix(prog);
	if (pread(fd, prog + PREFIX_SIZE, (size_t)size, 0) == size)
		return prog;
	free(prog);
	errno = EIO;
	return NULL;
}

static struct sock_filter *
profile_export(scmp_filter_ctx ctx, size_t *n)
{
	struct sock_filter *prog = NULL;
	int error, fd;

	if ((fd = memfd_create("seccomp", MFD_CLOEXEC)) == -1)
		return NULL;
	if ((error = seccomp_export_bpf(ctx, fd)) != 0)
		errno = -error;
	else
		prog = profile_read(fd, n);
	io_close(fd);
	return prog;
}

int
profile_available(void)
{
	return 1;
}

static struct sock_filter *
profile_make(enum profile p, size_t *n)
{
	struct profile_filter f = {
		.ctx = seccomp_init(profiles[p].otherwise),
		.writes = p == PROFILE_STRICT_WRITABLE,
	};
	struct sock_filter *prog = NULL;
	int error;

	if (f.ctx == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	f.error = seccomp_attr_set(f.ctx, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_ERRNO(ENOSYS));
	/* A binary search instead of a list; since libseccomp 2.5. */
	(void)seccomp_attr_set(f.ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	profile_calls(&f, ENOSYS, hidden_calls);
	profiles[p].fill(&f);
	errno = -f.error;
	if (f.error == 0)
		prog = profile_export(f.ctx, n);
	error = errno;
	seccomp_release(f.ctx);
	errno = error;
	return prog;
}

const struct sock_filter *
profile_build(enum profile p, size_t *n)
{
	/* strict takes 17 ms, and a reload may need it for each service. */
	static struct {
		struct sock_filter *filter;
		size_t n;
	} made[PROFILES];

	if (made[p].filter == NULL)
		made[p].filter = profile_make(p, &made[p].n);
	*n = made[p].n;
	return made[p].filter;
}

#else /* !HAVE_SECCOMP */

int
profile_available(void)
{
	return 0;
}

const struct sock_filter *
profile_build(enum profile p, size_t *n)
{
	(void)p;
	(void)n;
	errno = ENOSYS;
	return NULL;
}

#endif
