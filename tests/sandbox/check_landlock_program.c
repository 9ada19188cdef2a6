/* SPDX-License-Identifier: ISC */
/*
 * What a strict program may read and write, and whom it reaches.
 */
#include "config.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "acceptor/world.h"
#include "sandbox/capability.h"
#include "sandbox/kernel.h"
#include "sandbox/landlock.h"
#include "runner.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

static int abi;       /* of this kernel */
static pid_t sibling; /* another session */

/* ---------------------------------------------------------------- attempts */

static long
make_below_writable(void)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/new", world_extra);
	if (mkdir(path, 0700) == -1)
		return -1;
	return rmdir(path);
}

static long
change_a_listed_file(void)
{
	return world_open(world_listed, O_WRONLY | O_TRUNC);
}

static long
remove_a_listed_file(void)
{
	return unlink(world_listed);
}

static long
open_our_stderr(void)
{
	int fds[2];

	if (pipe(fds) == -1 || dup2(fds[1], 2) == -1)
		return -1;
	return world_open("/dev/stderr", O_WRONLY);
}

static long
open_of(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return world_open(path, O_RDONLY);
}

static long
read_own_memory(void)
{
	return open_of(getpid(), "mem");
}

static long
read_a_childs_memory(void)
{
	long result;
	pid_t pid;
	int error;

	if ((pid = fork()) == 0)
		for (;;)
			pause();
	if (pid == -1)
		return -1;
	result = open_of(pid, "mem");
	error = errno;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	errno = error;
	return result;
}

static long
read_a_siblings_memory(void)
{
	return open_of(sibling, "mem");
}

static long
read_a_siblings_environment(void)
{
	return open_of(sibling, "environ");
}

static long
look_at_a_siblings_root(void)
{
	return open_of(sibling, "root/etc/passwd");
}

static long
signal_a_sibling(void)
{
	return kill(sibling, 0);
}

/* ------------------------------------------------------------------- tests */

static int
lock_program(const void *arg)
{
	const char *noun;
	int ruleset;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	return landlock_program(arg, abi, false, &ruleset, &noun);
}

static struct settings_builder *
program(void)
{
	const char *writable[] = { world_extra, world_listed };
	struct settings_builder *b = settings_new("test");
	struct settings_ref r, d;

	ck_assert_ptr_nonnull(b);
	r = settings_add_list(b, writable, NELEMS(writable));
	d = settings_add_string(b, world_data);
	settings_of(b)->writable = r;
	settings_of(b)->directory = d;
	return b;
}

START_TEST(a_program_reads_everything_and_writes_what_is_listed)
{
	const struct attempt attempts[] = {
		{ "read a file", world_read_a_file, 0 },
		{ "list a directory", world_list_a_directory, 0 },
		{ "execute", world_execute, 0 },
		{ "write to devices", world_write_to_devices, 0 },
		{ "/dev/stderr", open_our_stderr, 0 },
		{ "create elsewhere", world_create_elsewhere, EACCES },
		{ "create in directory", world_create_in_directory, 0 },
		{ "mkdir below writable", make_below_writable, 0 },
		{ "change a listed file", change_a_listed_file, 0 },
		{ "remove a listed file", remove_a_listed_file, EACCES },
		{ "signal a child", world_signal_a_child, 0 },
	};
	struct settings_builder *b;

	world_set_up();
	abi = kernel_landlock();
	b = program();
	world_expect(lock_program, settings_of(b), attempts, NELEMS(attempts));
	settings_free(b);
	world_tear_down();
}
END_TEST

START_TEST(a_program_reaches_no_port_and_no_stranger)
{
	const struct attempt attempts[] = {
		{ "TCP connect", world_connect_tcp,
		    abi >= WORLD_ABI_NET ? EACCES : 0 },
		{ "TCP bind", world_bind_tcp,
		    abi >= WORLD_ABI_NET ? EACCES : 0 },
		{ "abstract connect", world_connect_abstract,
		    abi >= WORLD_ABI_SCOPE ? EPERM : 0 },
		{ "signal", world_signal_outside,
		    abi >= WORLD_ABI_SCOPE ? EPERM : 0 },
	};
	struct settings_builder *b;

	world_set_up();
	b = program();
	world_expect(lock_program, settings_of(b), attempts, NELEMS(attempts));
	settings_free(b);
	world_tear_down();
}
END_TEST

/* Two sessions of one acceptor: this one, and a sibling that lives as long. */
static int
lock_sessions(const void *arg)
{
	int life[2], ready[2], ruleset;
	const char *noun;
	char c;

	/* With CAP_PERFMON the kernel would let it read more. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 || pipe(ready) == -1 ||
	    pipe(life) == -1 || capability_set(0) == -1 ||
	    landlock_program(arg, abi, false, &ruleset, &noun) == -1)
		return -1;
	if ((sibling = fork()) == 0) {
		close(life[1]);
		if (landlock_session(ruleset) == 0)
			(void)!write(ready[1], "x", 1);
		_exit(read(life[0], &c, 1) != 0);
	}
	close(ready[1]);
	if (sibling == -1 || read(ready[0], &c, 1) != 1)
		return -1;
	return landlock_session(ruleset);
}

START_TEST(a_session_reaches_no_other_session)
{
	const struct attempt attempts[] = {
		{ "its own memory", read_own_memory, 0 },
		{ "a child's memory", read_a_childs_memory, 0 },
		{ "signal a child", world_signal_a_child, 0 },
		{ "a sibling's memory", read_a_siblings_memory, EACCES },
		{ "a sibling's environment", read_a_siblings_environment,
		    EACCES },
		{ "a sibling's root", look_at_a_siblings_root, EACCES },
		{ "signal a sibling", signal_a_sibling,
		    abi >= WORLD_ABI_SCOPE ? EPERM : 0 },
		{ "create in directory", world_create_in_directory, 0 },
		{ "create elsewhere", world_create_elsewhere, EACCES },
	};
	struct settings_builder *b;

	world_set_up();
	b = program();
	world_expect(lock_sessions, settings_of(b), attempts, NELEMS(attempts));
	settings_free(b);
	world_tear_down();
}
END_TEST

START_TEST(a_path_that_is_not_there_is_named)
{
	const char *writable[] = { "/nowhere/at/all" };
	struct settings_builder *b = settings_new("test");
	const char *noun = NULL;
	struct settings_ref r;
	int ruleset;

	r = settings_add_list(b, writable, 1);
	settings_of(b)->writable = r;
	ck_assert_int_eq(landlock_program(settings_of(b), kernel_landlock(),
			     false, &ruleset, &noun),
	    -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_str_eq(noun, "/nowhere/at/all");
	settings_free(b);
}
END_TEST

static void
add(TCase *tc)
{
	abi = kernel_landlock();
	tcase_add_test(tc,
	    a_program_reads_everything_and_writes_what_is_listed);
	tcase_add_test(tc, a_program_reaches_no_port_and_no_stranger);
	tcase_add_test(tc, a_session_reaches_no_other_session);
	tcase_add_test(tc, a_path_that_is_not_there_is_named);
}

int
main(void)
{
	return world_main("landlock_program", add);
}
