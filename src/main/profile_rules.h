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
int profile_programs(scmp_filter_ctx ctx, bool strict);

#endif
