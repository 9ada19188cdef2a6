/* SPDX-License-Identifier: ISC */
/*
 * The rules that profiles consist of.  Private to profile*.c.
 */
#ifndef TINED_SANDBOX_PROFILE_RULES_H
#define TINED_SANDBOX_PROFILE_RULES_H

#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>

#define PROFILE_ARGS 2

/*
 * What happens to a system call whose arguments all match.  The names are
 * libseccomp's; names that this architecture does not have are skipped.
 */
struct profile_rule {
	const char *name;
	int error; /* the errno it fails with; 0: allowed */
	unsigned int nargs;
	struct scmp_arg_cmp arg[PROFILE_ARGS];
};

/* The kernel uses 32 bits of an int, so a rule must ignore the others. */
#define ARG_MASK(n, mask, value)                                               \
	{                                                                      \
		(n), SCMP_CMP_MASKED_EQ, (mask), value                         \
	}
#define ARG_INT(n, value) ARG_MASK(n, 0xffffffffU, (unsigned int)(value))

/*
 * These two compare 64 bits; libseccomp cannot mask here.  That is safe in rules
 * that refuse: an int whose lower 32 bits differ from a small value, or exceed
 * it, does so whatever the upper ones are.
 */
#define ARG_NOT(n, value)                                                      \
	{                                                                      \
		(n), SCMP_CMP_NE, (value), 0                                   \
	}
#define ARG_ABOVE(n, value)                                                    \
	{                                                                      \
		(n), SCMP_CMP_GT, (value), 0                                   \
	}

/* Rows of a table: refused where the argument, or both, match. */
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

/* s390 has the stack first. */
#ifdef __s390__
#define CLONE_ARG 1
#else
#define CLONE_ARG 0
#endif

/* The number of a system call here; -1 where there is none of that name. */
int profile_number(const char *name);

/* The highest number that the rules were written for. */
int profile_last(void);

/* These return 0, or libseccomp's negative errno. */
int profile_add(scmp_filter_ctx ctx, const struct profile_rule *rules,
    size_t n);

/* Rules for calls whatever their arguments; error as in struct profile_rule. */
int profile_calls(scmp_filter_ctx ctx, int error, const char *const *names,
    size_t n);
int profile_call(scmp_filter_ctx ctx, int error, int nr);

#endif
