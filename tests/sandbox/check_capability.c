/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/capability.h"
#include "inject.h"
#include "runner.h"

#define BIT(cap) ((uint64_t)1 << (cap))

/* A set as /proc shows it: "CapEff", ... */
static uint64_t
shown(const char *name)
{
	char line[256];
	uint64_t value = UINT64_MAX;
	FILE *f = fopen("/proc/self/status", "r");

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			value = strtoull(line + strlen(name) + 1, NULL, 16);
	fclose(f);
	return value;
}

static void
expect_everywhere(uint64_t want)
{
	ck_assert_uint_eq(shown("CapEff"), want);
	ck_assert_uint_eq(shown("CapPrm"), want);
	ck_assert_uint_eq(shown("CapInh"), want);
	ck_assert_uint_eq(shown("CapAmb"), want);
	ck_assert_uint_eq(shown("CapBnd"), want);
}

/* Whether a set of a program that this process executes has that value. */
static int
program_has(const char *name, const char *mask)
{
	char pattern[64];
	int status;
	pid_t pid;

	snprintf(pattern, sizeof(pattern), "^%s:.*%s$", name, mask);
	if ((pid = fork()) == 0) {
		execl("/bin/grep", "grep", "-q", pattern, "/proc/self/status",
		    (char *)NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status == 0;
}

START_TEST(all_five_sets_are_empty)
{
	ck_assert_int_eq(capability_bound(0), 0);
	ck_assert_int_eq(capability_set(0), 0);
	expect_everywhere(0);
	ck_assert(program_has("CapEff", "0000000000000000"));
}
END_TEST

START_TEST(root_that_executes_stays_without)
{
	ck_assert_int_eq(capability_bound(0), 0);
	ck_assert_int_eq(capability_set(0), 0);
	ck_assert_int_eq(getuid(), 0);
	ck_assert(program_has("CapPrm", "0000000000000000"));
	ck_assert_int_eq(prctl(PR_SET_SECUREBITS, 0, 0, 0, 0), -1);
	ck_assert_int_eq(capability_has(CAP_SETPCAP), 0);
}
END_TEST

START_TEST(what_is_kept_survives_the_user_and_exec)
{
	ck_assert_int_eq(capability_bound(BIT(CAP_NET_BIND_SERVICE)), 0);
	ck_assert_int_eq(capability_hold(), 0);
	ck_assert_int_eq(setresuid(65534, 65534, 65534), 0);
	ck_assert_int_eq(capability_set(BIT(CAP_NET_BIND_SERVICE)), 0);
	expect_everywhere(BIT(CAP_NET_BIND_SERVICE));
	ck_assert(program_has("CapEff", "0000000000000400"));
}
END_TEST

START_TEST(root_keeps_what_is_listed_only)
{
	ck_assert_int_eq(capability_bound(BIT(CAP_NET_BIND_SERVICE)), 0);
	ck_assert_int_eq(capability_set(BIT(CAP_NET_BIND_SERVICE)), 0);
	expect_everywhere(BIT(CAP_NET_BIND_SERVICE));
	ck_assert(program_has("CapEff", "0000000000000400"));
}
END_TEST

START_TEST(the_highest_one_can_be_kept)
{
	ck_assert_int_eq(capability_bound(BIT(CAP_CHECKPOINT_RESTORE)), 0);
	ck_assert_int_eq(capability_set(BIT(CAP_CHECKPOINT_RESTORE)), 0);
	expect_everywhere(BIT(CAP_CHECKPOINT_RESTORE));
}
END_TEST

START_TEST(refuses_one_that_does_not_exist)
{
	ck_assert_int_eq(capability_bound(BIT(62)), -1);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

START_TEST(refuses_to_keep_what_is_not_there)
{
	ck_assert_int_eq(setresuid(65534, 65534, 65534), 0);
	ck_assert_int_eq(capability_bound(0), 0); /* nothing to do */
	ck_assert_int_eq(capability_set(BIT(CAP_CHOWN)), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(capability_set(0), 0);
}
END_TEST

/* It seemed to work, and nothing has happened. */
START_TEST(an_effect_is_looked_for)
{
	ck_assert_int_eq(inject(SYS_capset, INJECT_ANY, 0), 0);
	ck_assert_int_eq(capability_set(0), -1);
	ck_assert_int_eq(errno, EPERM);
}
END_TEST

START_TEST(each_call_is_checked)
{
	static const long options[] = { PR_CAPBSET_READ, PR_CAPBSET_DROP,
		PR_GET_SECUREBITS, PR_SET_SECUREBITS };

	ck_assert_int_eq(inject(SYS_prctl, options[_i], EACCES), 0);
	ck_assert_int_eq(capability_bound(0), -1);
	ck_assert_int_eq(errno, EACCES);
}
END_TEST

START_TEST(each_call_of_the_second_half_is_checked)
{
	static const struct {
		long nr, arg0;
	} calls[] = { { SYS_prctl, PR_CAP_AMBIENT },
		{ SYS_prctl, PR_SET_KEEPCAPS }, { SYS_capset, INJECT_ANY },
		{ SYS_capget, INJECT_ANY } };

	ck_assert_int_eq(inject(calls[_i].nr, calls[_i].arg0, EACCES), 0);
	ck_assert_int_eq(capability_set(0), -1);
	ck_assert_int_eq(errno, EACCES);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	tcase_add_test(tc, all_five_sets_are_empty);
	tcase_add_test(tc, root_that_executes_stays_without);
	tcase_add_test(tc, what_is_kept_survives_the_user_and_exec);
	tcase_add_test(tc, root_keeps_what_is_listed_only);
	tcase_add_test(tc, the_highest_one_can_be_kept);
	tcase_add_test(tc, refuses_one_that_does_not_exist);
	tcase_add_test(tc, refuses_to_keep_what_is_not_there);
	runner_add(tc, lack, an_effect_is_looked_for);
	runner_add_loop(tc, lack, each_call_is_checked, 0, 4);
	runner_add_loop(tc, lack, each_call_of_the_second_half_is_checked, 0,
	    4);
}

int
main(void)
{
	if (geteuid() != 0) {
		puts("1..0 # SKIP not root: there is nothing to take away");
		return 0;
	}
	return runner_main("capability", add);
}
