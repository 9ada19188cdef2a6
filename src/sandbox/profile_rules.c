/* SPDX-License-Identifier: ISC */
#include "config.h"

#ifdef HAVE_SECCOMP

#include <stdlib.h>

#include "sandbox/profile_rules.h"

/* The newest system call that the tables know of: Linux 6.18's last. */
#define NEWEST_CALL "file_setattr"

int
profile_last(void)
{
	char *name;
	int first, nr;

	if ((nr = seccomp_syscall_resolve_name(NEWEST_CALL)) >= 0)
		return nr;
	/* An older libseccomp: the last of the numbers that it knows. */
	first = seccomp_syscall_resolve_name("clone3");
	for (nr = first + 256; nr > first; nr--) {
		name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, nr);
		if (name != NULL) {
			free(name);
			break;
		}
	}
	return nr;
}

/* What other architectures have has a negative number here. */
static void
add(struct profile_filter *f, int nr, const struct profile_rule *r)
{
	uint32_t action = r->error == 0 ? SCMP_ACT_ALLOW :
					  SCMP_ACT_ERRNO((uint32_t)r->error);
	unsigned int n = 0;

	while (n < PROFILE_ARGS && r->arg[n].op != 0)
		n++;
	if (f->error == 0 && nr >= 0)
		f->error = seccomp_rule_add_array(f->ctx, action, nr, n,
		    r->arg);
}

void
profile_add(struct profile_filter *f, const struct profile_rule *rules)
{
	for (; rules->name != NULL; rules++)
		add(f, seccomp_syscall_resolve_name(rules->name), rules);
}

void
profile_call(struct profile_filter *f, int error, int nr)
{
	if (error != PROFILE_LEAVE)
		add(f, nr, &(struct profile_rule) { .error = error });
	if (nr >= 0 && nr < PROFILE_CALLS)
		f->decided[nr] = true;
}

void
profile_calls(struct profile_filter *f, int error, const char *const *names)
{
	for (; *names != NULL; names++)
		profile_call(f, error, seccomp_syscall_resolve_name(*names));
}

#endif
