/* SPDX-License-Identifier: ISC */
/*
 * The chroot, the directory and the private /tmp of a confined service.
 */
#include "config.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ipc/builtin.h"
#include "sandbox/cell.h"
#include "runner.h"

#define NELEMS(a) (sizeof(a) / sizeof((a)[0]))

/* ---------------------------------------------------------------- attempts */

static long
read_far_outside(void)
{
	return open("../../../../../../etc/passwd", O_RDONLY);
}

static long
read_inside(void)
{
	return open("/file", O_RDONLY);
}

static long
be_in_the_directory(void)
{
	char cwd[256];

	if (getcwd(cwd, sizeof(cwd)) == NULL)
		return -1;
	errno = EINVAL;
	return strcmp(cwd, "/data") == 0 ? 0 : -1;
}

static long
write_in_the_directory(void)
{
	return open("here", O_CREAT | O_WRONLY, 0600);
}

static long
write_beside_it(void)
{
	return open("/data2", O_CREAT | O_WRONLY, 0600);
}

static long
write_in_tmp(void)
{
	return open("/tmp/mark", O_CREAT | O_WRONLY, 0600);
}

static long
map_from_tmp(void)
{
	int fd = open("/tmp/mark", O_RDONLY);

	if (fd == -1)
		return -1;
	return mmap(NULL, 1, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0) ==
		MAP_FAILED ?
	    -1 :
	    0;
}

static long
execute_from_tmp(void)
{
	char *argv[] = { NULL };
	int fd = open("/tmp/program", O_CREAT | O_WRONLY, 0700);

	if (fd == -1)
		return -1;
	close(fd);
	return execve("/tmp/program", argv, argv);
}

/* ------------------------------------------------------------------- tests */

START_TEST(nothing_outside_the_chroot_is_found)
{
	const struct attempt attempts[] = {
		{ "read inside", read_inside, 0 },
		{ "read outside", cell_read_outside, ENOENT },
		{ "read by ..", read_far_outside, ENOENT },
		{ "where we are", be_in_the_directory, 0 },
		{ "setresuid", cell_become_root, EPERM },
	};
	struct settings_builder *b;

	cell_set_up();
	b = cell_service(BUILTIN_NONE, SANDBOX_BASIC);
	cell_chroot(b, cell_root);
	cell_directory(b, "/data");
	cell_expect(b, attempts, NELEMS(attempts));
	cell_tear_down();
}
END_TEST

START_TEST(a_strict_program_writes_where_it_may)
{
	const struct attempt attempts[] = {
		{ "where we are", be_in_the_directory, 0 },
		{ "in the directory", write_in_the_directory, 0 },
		{ "beside it", write_beside_it, EACCES },
		{ "in /tmp", write_in_tmp, 0 },
		{ "code in /tmp", map_from_tmp, EPERM },
		{ "a program in /tmp", execute_from_tmp, EACCES },
	};
	struct settings_builder *b;
	char path[128];

	cell_set_up();
	b = cell_service(BUILTIN_NONE, SANDBOX_STRICT);
	cell_chroot(b, cell_root);
	cell_directory(b, "/data");
	cell_expect(b, attempts, NELEMS(attempts));
	snprintf(path, sizeof(path), "%s/tmp/mark", cell_root);
	ck_assert_int_eq(access(path, F_OK), -1);
	cell_tear_down();
}
END_TEST

START_TEST(a_chroot_needs_no_tmp_but_not_another_thing_there)
{
	struct settings_builder *b;
	char path[96];

	cell_set_up();
	snprintf(path, sizeof(path), "%s/tmp", cell_root);
	ck_assert_int_eq(rmdir(path), 0);
	b = cell_service(BUILTIN_NONE, SANDBOX_STRICT);
	cell_chroot(b, cell_root);
	ck_assert_str_eq(cell_error_of(b, NULL, NULL), "");
	close(open(path, O_CREAT | O_WRONLY, 0644));
	b = cell_service(BUILTIN_NONE, SANDBOX_STRICT);
	cell_chroot(b, cell_root);
	ck_assert_str_eq(cell_error_of(b, NULL, NULL),
	    "private /tmp: Not a directory");
	cell_tear_down();
}
END_TEST

START_TEST(paths_that_are_not_there_are_named)
{
	struct settings_builder *b;

	cell_set_up();
	b = cell_echo();
	cell_chroot(b, "/nowhere");
	ck_assert_str_eq(cell_error_of(b, NULL, NULL),
	    "chroot: No such file or directory");
	b = cell_service(BUILTIN_NONE, SANDBOX_BASIC);
	cell_directory(b, "/nowhere");
	ck_assert_str_eq(cell_error_of(b, NULL, NULL),
	    "/nowhere: No such file or directory");
	/* What the service's user may not enter is not entered for it. */
	b = cell_service(BUILTIN_NONE, SANDBOX_BASIC);
	cell_chroot(b, cell_root);
	cell_directory(b, "/closed");
	ck_assert_str_eq(cell_error_of(b, NULL, NULL),
	    "/closed: Permission denied");
	cell_tear_down();
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, nothing_outside_the_chroot_is_found);
	tcase_add_test(tc, a_strict_program_writes_where_it_may);
	tcase_add_test(tc, a_chroot_needs_no_tmp_but_not_another_thing_there);
	tcase_add_test(tc, paths_that_are_not_there_are_named);
}

int
main(void)
{
	return cell_main("confine_paths", add);
}
