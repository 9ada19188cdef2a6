/* SPDX-License-Identifier: ISC */
/* Every profile as a filter; what each refuses is in the tests beside it. */
#include "config.h"

#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>

#include "main/profile.h"
#include "runner.h"

START_TEST(no_profile_is_longer_than_the_kernel_takes)
{
	struct sock_filter *f;
	size_t n;
	int p;

	for (p = PROFILE_BUILTIN; p <= PROFILE_STRICT; p++) {
		n = 0;
		f = profile_build((enum profile)p, &n);
		ck_assert_ptr_nonnull(f);
		ck_assert_uint_gt(n, 8);
		ck_assert_uint_le(n, BPF_MAXINSNS);
		free(f);
	}
}
END_TEST

/* A service that two mains build must not look changed to a reload. */
START_TEST(a_profile_is_the_same_each_time)
{
	struct sock_filter *a, *b;
	size_t na, nb;

	a = profile_build(PROFILE_STRICT, &na);
	b = profile_build(PROFILE_STRICT, &nb);
	ck_assert_uint_eq(na, nb);
	ck_assert_mem_eq(a, b, na * sizeof(*a));
	free(a);
	free(b);
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
