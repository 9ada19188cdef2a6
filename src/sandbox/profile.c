/* SPDX-License-Identifier: ISC */
/*
 * The frame of every profile: libseccomp's filter for the native architecture
 * (another one, x32 included, finds no system call at all), preceded by our
 * own answer to numbers that are newer than the rules.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/profile.h"

#ifdef HAVE_SECCOMP

#include <linux/seccomp.h>

#include "sandbox/profile_rules.h"

/*
 * Above the numbers that all architectures share, ARM has some of its own and
 * x86 has x32's; the first are harmless, the second libseccomp refuses.
 */
#define PRIVATE_NUMBERS 0x0f0000

/* The newest system call that the tables know of: Linux 6.18's last. */
#define NEWEST_CALL "file_setattr"

#define PREFIX_SIZE 4

static struct sock_filter *profile_make(enum profile p, size_t *n);
static scmp_filter_ctx profile_context(enum profile p);
static int profile_fill(scmp_filter_ctx ctx, enum profile p);
static struct sock_filter *profile_export(scmp_filter_ctx ctx, size_t *n);
static struct sock_filter *profile_read(int fd, size_t *n);
static void profile_prefix(struct sock_filter *out);

int
profile_available(void)
{
	return 1;
}

struct sock_filter *
profile_build(enum profile p, size_t *n)
{
	/* strict takes 17 ms, and a reload may want it for each service. */
	static struct sock_fprog made[PROFILES];
	struct sock_filter *copy;
	size_t size;

	if (made[p].filter == NULL) {
		if ((made[p].filter = profile_make(p, n)) == NULL)
			return NULL;
		made[p].len = (unsigned short)*n;
	}
	*n = made[p].len;
	size = *n * sizeof(*copy);
	if ((copy = malloc(size)) != NULL)
		memcpy(copy, made[p].filter, size);
	return copy;
}

static struct sock_filter *
profile_make(enum profile p, size_t *n)
{
	scmp_filter_ctx ctx;
	struct sock_filter *prog = NULL;
	int error;

	if ((ctx = profile_context(p)) == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	error = -profile_fill(ctx, p);
	if (error == 0) {
		prog = profile_export(ctx, n);
		error = errno;
	}
	seccomp_release(ctx);
	errno = error;
	return prog;
}

static scmp_filter_ctx
profile_context(enum profile p)
{
	switch (p) {
	case PROFILE_BUILTIN:
	case PROFILE_BUILTIN_WIDE:
		return seccomp_init(SCMP_ACT_ERRNO(EPERM));
	case PROFILE_BASIC:
	case PROFILE_STRICT:
	case PROFILE_STRICT_WRITABLE:
		return seccomp_init(SCMP_ACT_ALLOW);
	}
	return NULL;
}

static int
profile_fill(scmp_filter_ctx ctx, enum profile p)
{
	int error;

	error = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_ERRNO(ENOSYS));
	if (error != 0)
		return error;
	/* A binary search instead of a list; only libseccomp 2.5 has it. */
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	switch (p) {
	case PROFILE_BASIC:
		return profile_basic(ctx);
	case PROFILE_STRICT:
	case PROFILE_STRICT_WRITABLE:
		return profile_strict(ctx, p == PROFILE_STRICT_WRITABLE);
	case PROFILE_BUILTIN:
	case PROFILE_BUILTIN_WIDE:
		break;
	}
	return profile_builtin(ctx, p == PROFILE_BUILTIN_WIDE);
}

int
profile_number(const char *name)
{
	int nr;

	/* What other architectures have is negative here. */
	nr = seccomp_syscall_resolve_name(name);
	return nr < 0 ? -1 : nr;
}

int
profile_last(void)
{
	char *name;
	int first, nr;

	if ((nr = profile_number(NEWEST_CALL)) != -1)
		return nr;
	/* An older libseccomp: the last of the numbers that it knows. */
	first = profile_number("clone3");
	for (nr = first + 256; nr > first; nr--) {
		name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, nr);
		if (name != NULL) {
			free(name);
			break;
		}
	}
	return nr;
}

int
profile_add(scmp_filter_ctx ctx, const struct profile_rule *rules, size_t n)
{
	const struct profile_rule *r;
	uint32_t action;
	int error, nr;

	for (r = rules; r < rules + n; r++) {
		if ((nr = profile_number(r->name)) == -1)
			continue;
		action = SCMP_ACT_ALLOW;
		if (r->error != 0)
			action = SCMP_ACT_ERRNO((uint32_t)r->error);
		error = seccomp_rule_add_array(ctx, action, nr, r->nargs,
		    r->arg);
		if (error != 0)
			return error;
	}
	return 0;
}

int
profile_allow(scmp_filter_ctx ctx, const char *const *names, size_t n)
{
	size_t i;
	int error, nr;

	for (i = 0; i < n; i++) {
		if ((nr = profile_number(names[i])) == -1)
			continue;
		error = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, nr, 0,
		    NULL);
		if (error != 0)
			return error;
	}
	return 0;
}

int
profile_deny(scmp_filter_ctx ctx, const char *const *names, size_t n)
{
	size_t i;
	int error, nr;

	for (i = 0; i < n; i++) {
		if ((nr = profile_number(names[i])) == -1)
			continue;
		error = seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO(EPERM), nr,
		    0, NULL);
		if (error != 0)
			return error;
	}
	return 0;
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
	error = errno;
	close(fd);
	errno = error;
	return prog;
}

static struct sock_filter *
profile_read(int fd, size_t *n)
{
	struct sock_filter *prog;
	struct stat st;
	size_t count, size;

	if (fstat(fd, &st) == -1)
		return NULL;
	size = (size_t)st.st_size;
	count = PREFIX_SIZE + size / sizeof(*prog);
	if (size % sizeof(*prog) != 0 || count > BPF_MAXINSNS) {
		errno = E2BIG;
		return NULL;
	}
	if ((prog = calloc(count, sizeof(*prog))) == NULL)
		return NULL;
	profile_prefix(prog);
	if (pread(fd, prog + PREFIX_SIZE, size, 0) != st.st_size) {
		free(prog);
		errno = EIO;
		return NULL;
	}
	*n = count;
	return prog;
}

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

#else /* !HAVE_SECCOMP */

int
profile_available(void)
{
	return 0;
}

struct sock_filter *
profile_build(enum profile p, size_t *n)
{
	(void)p;
	(void)n;
	errno = ENOSYS;
	return NULL;
}

#endif
