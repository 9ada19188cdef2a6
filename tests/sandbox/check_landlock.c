/* SPDX-License-Identifier: ISC */
/*
 * What a built-in service is locked away from, also by kernels that know less,
 * and the failure of each call.
 */
#include "config.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>

#include "acceptor/world.h"
#include "sandbox/kernel.h"
#include "sandbox/landlock.h"
#include "inject.h"
#include "runner.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

static int abi; /* that the test pretends to have */

static long
talk_on_what_is_open(void)
{
	return accept(world_listener, NULL, NULL) == -1 && errno == EAGAIN ? 0 :
									     -1;
}

static int
lock_nothing(const void *arg)
{
	(void)fcntl(world_listener, F_SETFL, O_NONBLOCK);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	(void)arg;
	return landlock_nothing(abi);
}

START_TEST(nothing_can_be_opened_or_executed)
{
	const struct attempt attempts[] = {
		{ "read a file", world_read_a_file, EACCES },
		{ "list a directory", world_list_a_directory, EACCES },
		{ "write to devices", world_write_to_devices, EACCES },
		{ "create", world_create_elsewhere, EACCES },
		{ "create", world_create_in_directory, EACCES },
		{ "execute", world_execute, EACCES },
		{ "signal a child", world_signal_a_child, 0 },
		{ "what is open", talk_on_what_is_open, 0 },
	};

	world_set_up();
	abi = kernel_landlock();
	world_expect(lock_nothing, NULL, attempts, NELEMS(attempts));
	world_tear_down();
}
END_TEST

START_TEST(no_other_process_can_be_reached)
{
	const struct attempt attempts[] = {
		{ "TCP connect", world_connect_tcp, EACCES },
		{ "TCP bind", world_bind_tcp, EACCES },
		{ "abstract connect", world_connect_abstract,
		    abi >= WORLD_ABI_SCOPE ? EPERM : 0 },
		{ "signal", world_signal_outside,
		    abi >= WORLD_ABI_SCOPE ? EPERM : 0 },
	};

	world_set_up();
	world_expect(lock_nothing, NULL, attempts, NELEMS(attempts));
	world_tear_down();
}
END_TEST

/* Older kernels: what is asked for must be what they know. */
START_TEST(every_older_abi_still_closes_the_files)
{
	const struct attempt attempts[] = {
		{ "read a file", world_read_a_file, EACCES },
		{ "execute", world_execute, EACCES },
		{ "TCP connect", world_connect_tcp,
		    _i >= WORLD_ABI_NET ? EACCES : 0 },
		{ "signal", world_signal_outside,
		    _i >= WORLD_ABI_SCOPE ? EPERM : 0 },
	};

	world_set_up();
	abi = _i;
	world_expect(lock_nothing, NULL, attempts, NELEMS(attempts));
	world_tear_down();
}
END_TEST

START_TEST(without_landlock_nothing_happens)
{
	const struct attempt attempts[] = {
		{ "read a file", world_read_a_file, 0 },
		{ "TCP connect", world_connect_tcp, 0 },
	};

	world_set_up();
	abi = 0;
	world_expect(lock_nothing, NULL, attempts, NELEMS(attempts));
	world_tear_down();
}
END_TEST

START_TEST(each_call_is_checked)
{
	static const long calls[] = { SYS_landlock_create_ruleset,
		SYS_landlock_add_rule, SYS_landlock_restrict_self };
	struct settings_builder *b = settings_new("test");
	const char *noun;
	int ruleset = -1;

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	abi = kernel_landlock();
	ck_assert_int_eq(inject(calls[_i], INJECT_ANY, ENOMEM), 0);
	ck_assert_int_eq(landlock_program(settings_of(b), abi, false, &ruleset,
			     &noun),
	    -1);
	ck_assert_int_eq(errno, ENOMEM);
	ck_assert_int_eq(ruleset, 0);
	if (calls[_i] != SYS_landlock_add_rule) {
		ck_assert_int_eq(landlock_nothing(abi), -1);
		ck_assert_int_eq(errno, ENOMEM);
	}
	settings_free(b);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	abi = kernel_landlock();
	if (!WIDE_SANDBOX)
		tcase_add_test(tc, nothing_can_be_opened_or_executed);
	if (abi >= WORLD_ABI_NET)
		tcase_add_test(tc, no_other_process_can_be_reached);
	tcase_add_loop_test(tc, every_older_abi_still_closes_the_files, 1,
	    abi + 1);
	tcase_add_test(tc, without_landlock_nothing_happens);
	runner_add_loop(tc, lack, each_call_is_checked, 0, 3);
}

int
main(void)
{
	return world_main("landlock", add);
}
