/* SPDX-License-Identifier: ISC */
/* Every profile as a filter; what each refuses is in the tests beside it. */
#include "config.h"

#include <linux/filter.h>
#include <stdio.h>
#include <unistd.h>

#include "sandbox/profile.h"
#include "runner.h"

START_TEST(no_profile_is_longer_than_the_kernel_takes)
{
	const struct sock_filter *f;
	size_t n;
	int p;

	for (p = PROFILE_BUILTIN; p < PROFILES; p++) {
		n = 0;
		f = profile_build((enum profile)p, &n);
		ck_assert_ptr_nonnull(f);
		ck_assert_uint_gt(n, 8);
		ck_assert_uint_le(n, BPF_MAXINSNS);
	}
}
END_TEST

/* What another process builds, into b, which has room for *n of them. */
static void
build_elsewhere(enum profile p, struct sock_filter *b, size_t *n)
{
	int pfd[2];
	ssize_t got;
	size_t size = 0;

	ck_assert_int_eq(pipe(pfd), 0);
	if (fork() == 0) {
		const struct sock_filter *f = profile_build(p, n);

		_exit(f == NULL ||
		    write(pfd[1], f, *n * sizeof(*f)) !=
			(ssize_t)(*n * sizeof(*f)));
	}
	close(pfd[1]);
	while ((got = read(pfd[0], (char *)b + size, *n * sizeof(*b) - size)) >
	    0)
		size += (size_t)got;
	close(pfd[0]);
	*n = size / sizeof(*b);
}

/* A service that two mains build must not look changed to a reload. */
START_TEST(a_profile_is_the_same_each_time)
{
	static struct sock_filter theirs[BPF_MAXINSNS];
	size_t n, ntheirs = BPF_MAXINSNS;
	const struct sock_filter *f;

	build_elsewhere(PROFILE_STRICT, theirs, &ntheirs);
	f = profile_build(PROFILE_STRICT, &n);
	ck_assert_uint_eq(ntheirs, n);
	ck_assert_mem_eq(theirs, f, n * sizeof(*f));
	ck_assert_ptr_eq(profile_build(PROFILE_STRICT, &n), f);
	ck_assert_uint_eq(ntheirs, n);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, no_profile_is_longer_than_the_kernel_takes);
	tcase_add_test(tc, a_profile_is_the_same_each_time);
}

int
main(void)
{
	if (!profile_available()) {
		puts("1..0 # SKIP built without libseccomp");
		return 0;
	}
	return runner_main("profile", add);
}
