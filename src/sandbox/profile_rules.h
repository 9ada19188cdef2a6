/* SPDX-License-Identifier: ISC */
/*
 * What the tables of the profiles are made of.  Private to profile*.c.
 */
#ifndef TINED_MAIN_PROFILE_RULES_H
#define TINED_MAIN_PROFILE_RULES_H

#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>

#define PROFILE_ARGS 2

/*
 * What happens to a system call whose arguments all match.  The names are
 * libseccomp's; one that this machine does not have is passed over.
 */
struct profile_rule {
	const char *name;
	int error; /* the errno it fails with; 0: allowed */
	unsigned int nargs;
	struct scmp_arg_cmp arg[PROFILE_ARGS];
};

/* The kernel sees 32 bits of an int; so must a rule, or the others hide it. */
#define ARG_MASK(n, mask, value)                                               \
	{                                                                      \
		(n), SCMP_CMP_MASKED_EQ, (mask), value                         \
	}
#define ARG_INT(n, value) ARG_MASK(n, 0xffffffffU, (unsigned int)(value))

/*
 * These two compare 64 bits, which libseccomp cannot mask here.  To refuse by
 * them is safe: an int whose 32 bits differ from a small value, or exceed it,
 * does so with whatever is above them.
 */
#define ARG_NOT(n, value)                                                      \
	{                                                                      \
		(n), SCMP_CMP_NE, (value), 0                                   \
	}
#define ARG_ABOVE(n, value)                                                    \
	{                                                                      \
		(n), SCMP_CMP_GT, (value), 0                                   \
	}

/* Rows of a table: refused where the argument, or both arguments, are so. */
#define REFUSE(call, why, ...)                                                 \
	{                                                                      \
		.name = call, .error = why, .nargs = 1, .arg = { __VA_ARGS__ } \
	}
#define REFUSE2(call, why, ...)                                                \
	{                                                                      \
		.name = call, .error = why, .nargs = 2, .arg = { __VA_ARGS__ } \
	}
#define DENY(call, ...)          REFUSE(call, EPERM, __VA_ARGS__)
#define DENY2(call, ...)         REFUSE2(call, EPERM, __VA_ARGS__)
#define DENY_FLAG(call, n, flag) DENY(call, ARG_MASK(n, flag, flag))

#define NELEMS(array) (sizeof(array) / sizeof((array)[0]))

/* The number of a system call here; -1 where there is none of that name. */
int profile_number(const char *name);

/* The highest number that the rules were written for. */
int profile_last(void);

/* These return 0, or libseccomp's negative errno. */
int profile_add(scmp_filter_ctx ctx, const struct profile_rule *rules,
    size_t n);
int profile_allow(scmp_filter_ctx ctx, const char *const *names, size_t n);
int profile_builtin(scmp_filter_ctx ctx, bool wide);
int profile_basic(scmp_filter_ctx ctx);
int profile_strict(scmp_filter_ctx ctx, bool writable);
int profile_sockets(scmp_filter_ctx ctx);

/* Refuses the calls of that name with EPERM, whatever their arguments. */
int profile_deny(scmp_filter_ctx ctx, const char *const *names, size_t n);

/* Whether basic refuses each call of that number. */
bool profile_basic_denies(int nr);

#endif
