/* SPDX-License-Identifier: ISC */
#include "config.h"

#ifdef HAVE_SECCOMP

#include <stdlib.h>

#include "sandbox/profile_rules.h"

/* The newest system call that the tables know of: Linux 6.18's last. */
#define NEWEST_CALL "file_setattr"

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

static int
add(scmp_filter_ctx ctx, int nr, const struct profile_rule *r)
{
	uint32_t action = r->error == 0 ? SCMP_ACT_ALLOW :
					  SCMP_ACT_ERRNO((uint32_t)r->error);

	return nr == -1 ?
	    0 :
	    seccomp_rule_add_array(ctx, action, nr, r->nargs, r->arg);
}

int
profile_add(scmp_filter_ctx ctx, const struct profile_rule *rules, size_t n)
{
	size_t i;
	int error = 0;

	for (i = 0; i < n && error == 0; i++)
		error = add(ctx, profile_number(rules[i].name), &rules[i]);
	return error;
}

int
profile_call(scmp_filter_ctx ctx, int error, int nr)
{
	return add(ctx, nr, &(struct profile_rule) { .error = error });
}

int
profile_calls(scmp_filter_ctx ctx, int error, const char *const *names,
    size_t n)
{
	size_t i;
	int failed = 0;

	for (i = 0; i < n && failed == 0; i++)
		failed = profile_call(ctx, error, profile_number(names[i]));
	return failed;
}

#endif
