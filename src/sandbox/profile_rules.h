/* SPDX-License-Identifier: ISC */
/*
 * The rules that profiles consist of.  Private to profile*.c.
 */
#ifndef TINED_SANDBOX_PROFILE_RULES_H
#define TINED_SANDBOX_PROFILE_RULES_H

#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>

#define PROFILE_ARGS  2
#define PROFILE_CALLS 8192
#define PROFILE_LEAVE (-1) /* no rule: what the filter does otherwise */

/*
 * What happens to a system call whose arguments all match.  The names are
 * libseccomp's; names that this architecture does not have are skipped.
 */
struct profile_rule {
	const char *name; /* NULL ends a table */
	int error;        /* the errno it fails with; 0: allowed */
	struct scmp_arg_cmp arg[PROFILE_ARGS]; /* those with an op */
};

/* A filter that is being made.  After the first error nothing is added. */
struct profile_filter {
	scmp_filter_ctx ctx;
	int error;   /* libseccomp's negative errno, or 0 */
	bool writes; /* the programs may write files */
	/* By number: calls that are decided whatever their arguments. */
	bool decided[PROFILE_CALLS];
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
		.name = call, .error = why, .arg = { __VA_ARGS__ }             \
	}
#define DENY(call, ...)          REFUSE(call, EPERM, __VA_ARGS__)
#define DENY_FLAG(call, n, flag) DENY(call, ARG_MASK(n, flag, flag))

/* s390 has the stack first. */
#ifdef __s390__
#define CLONE_ARG 1
#else
#define CLONE_ARG 0
#endif

/* The highest number that the rules were written for. */
int profile_last(void);

/* Adds each rule of a table. */
void profile_add(struct profile_filter *f, const struct profile_rule *rules);

/* Decides calls whatever their arguments, by name (NULL ends the list) or
 * number; error as in struct profile_rule, or PROFILE_LEAVE. */
void profile_calls(struct profile_filter *f, int error,
    const char *const *names);
void profile_call(struct profile_filter *f, int error, int nr);

/* The parts of profiles, a file each. */
void profile_builtin(struct profile_filter *f);
void profile_basic(struct profile_filter *f);
void profile_strict(struct profile_filter *f);
void profile_sockets(struct profile_filter *f);

#endif
