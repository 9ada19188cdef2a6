/* SPDX-License-Identifier: ISC */
/*
 * What the confinement does to hard limits and the nice value, so that sessions
 * can have theirs.
 */
#include "config.h"

#include <sys/resource.h>

#include <errno.h>
#include <linux/capability.h>

#include "ipc/builtin.h"
#include "sandbox/capability.h"
#include "sandbox/cell.h"
#include "runner.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

static long
nice_down(void)
{
	return setpriority(PRIO_PROCESS, 0, -5);
}

static long
nice_further_down(void)
{
	return setpriority(PRIO_PROCESS, 0, -6);
}

START_TEST(a_session_can_take_its_nice_value)
{
	const struct attempt attempts[] = {
		{ "nice -5", nice_down, 0 },
		{ "nice -6", nice_further_down, EACCES },
	};
	struct settings_builder *b;

	cell_set_up();
	b = cell_service(BUILTIN_NONE, SANDBOX_BASIC);
	settings_of(b)->nice = -5;
	cell_expect(b, attempts, NELEMS(attempts));
	cell_tear_down();
}
END_TEST

static const struct rlimit few = { 100, 200 };

static int
have_few(const void *arg)
{
	return setrlimit(RLIMIT_NOFILE, arg);
}

static long
can_have_300(void)
{
	struct rlimit rl = { 300, 300 };

	return setrlimit(RLIMIT_NOFILE, &rl);
}

static int
lock_with_few(const void *arg)
{
	return have_few(&few) == -1 ? -1 : cell_lock(arg);
}

START_TEST(an_inherited_limit_is_remembered)
{
	const char *report;
	struct settings_builder *b;

	cell_set_up();
	b = cell_service(BUILTIN_NONE, SANDBOX_BASIC);
	report = cage_try(lock_with_few, settings_of(b), NULL, 0);
	ck_assert_msg(report == NULL, "%s (%s)", report, cell_result->error);
	ck_assert_uint_eq(cell_result->nofile.rlim_cur, 100);
	ck_assert_uint_eq(cell_result->nofile.rlim_max, 200);
	settings_free(b);
	cell_tear_down();
}
END_TEST

START_TEST(a_hard_limit_is_raised_to_what_the_service_wants)
{
	const struct attempt attempts[] = { { "300", can_have_300, 0 } };
	struct settings_builder *b;
	const char *report;

	cell_set_up();
	b = cell_service(BUILTIN_NONE, SANDBOX_BASIC);
	settings_of(b)->limit[LIMIT_NOFILE] = (struct settings_limit) { 300, 1,
		0 };
	report = cage_try(lock_with_few, settings_of(b), attempts, 1);
	if (capability_has(CAP_SYS_RESOURCE) == 1) {
		ck_assert_msg(report == NULL, "%s (%s)", report,
		    cell_result->error);
		ck_assert_uint_eq(cell_result->nofile.rlim_cur, 100);
	} else
		ck_assert_str_eq(cell_result->error,
		    "rlimit_nofile: Operation not permitted");
	settings_free(b);
	cell_tear_down();
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, a_session_can_take_its_nice_value);
	tcase_add_test(tc, an_inherited_limit_is_remembered);
	tcase_add_test(tc, a_hard_limit_is_raised_to_what_the_service_wants);
}

int
main(void)
{
	return cell_main("confine_limits", add);
}
