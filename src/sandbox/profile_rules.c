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

static void
add(struct profile_filter *f, int nr, const struct profile_rule *r)
{
	uint32_t action = r->error == 0 ? SCMP_ACT_ALLOW :
					  SCMP_ACT_ERRNO((uint32_t)r->error);
	unsigned int n = 0;

	while (n < PROFILE_ARGS && r->arg[n].op != 0)
		n++;
	if (f->error == 0 && nr != -1)
		f->error = seccomp_rule_add_array(f->ctx, action, nr, n,
		    r->arg);
}

void
profile_add(struct profile_filter *f, const struct profile_rule *rules)
{
	for (; rules->name != NULL; rules++)
		add(f, profile_number(rules->name), rules);
}

void
profile_call(struct profile_filter *f, int error, int nr)
{
	add(f, nr, &(struct profile_rule) { .error = error });
	if (nr >= 0 && nr < PROFILE_CALLS)
		f->decided[nr] = true;
}

void
profile_calls(struct profile_filter *f, int error, const char *const *names)
{
	for (; *names != NULL; names++)
		profile_call(f, error, profile_number(*names));
}

#endif
