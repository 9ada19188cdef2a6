/* SPDX-License-Identifier: ISC */
/* What the basic sandbox leaves to programs and what it takes from them. */
#include "config.h"

#include <sys/syscall.h>

#include <errno.h>
#include <stdio.h>

#include "sandbox/attempts.h"
#include "inject.h"
#include "runner.h"

START_TEST(basic_leaves_programs_what_they_need)
{
	static const struct attempt attempts[] = {
		{ "mmap, writable and executable", mmap_wx, 0 },
		{ "chroot", chroot_, ENOENT },
		{ "chmod", change_a_mode, 0 },
		{ .what = NULL },
	};

	expect(PROFILE_BASIC, works_always, attempts, programs_can, NULL);
}
END_TEST

START_TEST(basic_refuses_what_no_service_needs)
{
	expect(PROFILE_BASIC, foreign_calls, unknown_calls, programs_cannot,
	    NULL);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	runner_add(tc, lack, basic_leaves_programs_what_they_need);
	runner_add(tc, lack, basic_refuses_what_no_service_needs);
}

int
main(void)
{
	if (!profile_available()) {
		puts("1..0 # SKIP built without libseccomp");
		return 0;
	}
	return runner_main("profile_basic", add);
}
