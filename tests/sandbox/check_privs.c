/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/privs.h"
#include "inject.h"
#include "runner.h"

#define SOMEBODY 65534
#define BIT(cap) ((uint64_t)1 << (cap))

static const char *noun;

static const gid_t groups[] = { 77, 12345 };

/* A user who is in two more groups, and keeps those capabilities. */
static struct privs
somebody(uint64_t keep)
{
	return (struct privs) { SOMEBODY, SOMEBODY, groups, 2, keep };
}

START_TEST(are_taken_for_good)
{
	const struct privs p = somebody(0);

	ck_assert_int_eq(privs_take(&p, &noun), 0);
	ck_assert_int_eq(privs_prove(&p, &noun), 0);
	ck_assert_int_eq(setresuid(0, 0, 0), -1);
	ck_assert_uint_eq(getuid(), SOMEBODY);
	ck_assert_uint_eq(getegid(), SOMEBODY);
}
END_TEST

/* Where nothing could be changed: what is as wanted is not touched. */
START_TEST(are_left_alone_where_they_are_as_wanted)
{
	const struct privs p = somebody(0);

	ck_assert_int_eq(privs_take(&p, &noun), 0);
	ck_assert_int_eq(inject(SYS_setgroups, INJECT_ANY, EPERM), 0);
	ck_assert_int_eq(inject(SYS_setresgid, INJECT_ANY, EPERM), 0);
	ck_assert_int_eq(privs_take(&p, &noun), 0);
}
END_TEST

START_TEST(say_which_could_not_be_taken)
{
	const struct privs p = somebody(0);

	ck_assert_int_eq(inject(SYS_setgroups, INJECT_ANY, EPERM), 0);
	ck_assert_int_eq(privs_take(&p, &noun), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_str_eq(noun, "setgroups");
}
END_TEST

/* Who never gave it up becomes root when the proof tries it. */
START_TEST(are_found_out_where_root_can_be_regained)
{
	const struct privs p = somebody(0);

	ck_assert_int_eq(privs_prove(&p, &noun), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_str_eq(noun, "root could be regained");
}
END_TEST

START_TEST(are_found_out_where_its_group_can_be_regained)
{
	const struct privs p = somebody(BIT(CAP_SETUID));

	ck_assert_int_eq(privs_prove(&p, &noun), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_str_eq(noun, "root's group could be regained");
}
END_TEST

START_TEST(may_be_changed_by_who_keeps_the_capabilities)
{
	const struct privs p = somebody(BIT(CAP_SETUID) | BIT(CAP_SETGID));

	ck_assert_int_eq(privs_take(&p, &noun), 0);
	ck_assert_int_eq(privs_prove(&p, &noun), 0);
}
END_TEST

START_TEST(are_not_asked_of_root)
{
	const struct privs root = { .uid = 0, .gid = 0 };

	ck_assert_int_eq(privs_prove(&root, &noun), 0);
}
END_TEST

/* Read back after a call that only seems to have worked. */
START_TEST(are_refused_with_groups_that_are_others)
{
	const struct privs p = somebody(0);
	const gid_t other[] = { 77, 12346 };

	ck_assert_int_eq(setgroups(2, other), 0);
	ck_assert_int_eq(inject(SYS_setgroups, INJECT_ANY, 0), 0);
	ck_assert_int_eq(privs_take(&p, &noun), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_str_eq(noun, "groups");
}
END_TEST

/* As many as there are, of which one is there twice: another one is too many. */
START_TEST(are_not_found_in_a_list_with_one_twice)
{
	const gid_t own[] = { 77, 12346 }, twice[] = { 77, 77 };
	const struct privs p = { 0, 0, twice, 2, 0 };
	gid_t got[2] = { 0, 0 };

	ck_assert_int_eq(setgroups(2, own), 0);
	ck_assert(!privs_has_groups(&p, false));
	ck_assert(!privs_has_groups(&p, true));
	ck_assert_int_eq(privs_take(&p, &noun), 0);
	ck_assert_int_ge(getgroups(2, got), 1);
	ck_assert_uint_eq(got[0], 77);
	ck_assert_uint_ne(got[1], 12346);
	ck_assert(privs_has_groups(&p, false));
}
END_TEST

/* In a user namespace: its groups 0 and 1 are 1000 and 100 outside of it, which
 * is the order that getgroups(2) returns them in. */
static int
take_in_namespace(int ready, int mapped)
{
	const gid_t both[] = { 0, 1 };
	const struct privs p = { 0, 0, both, 2, 0 };
	char c = 0;

	if (unshare(CLONE_NEWUSER) == -1 || write(ready, &c, 1) != 1 ||
	    read(mapped, &c, 1) != 1)
		return 2;
	return privs_take(&p, &noun) == 0 ? 0 : 1;
}

static void
write_map(pid_t pid, const char *name, const char *map)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	ck_assert_int_ne(fd = open(path, O_WRONLY), -1);
	ck_assert_int_eq(write(fd, map, strlen(map)), (ssize_t)strlen(map));
	close(fd);
}

START_TEST(are_found_in_any_order)
{
	int ready[2], mapped[2], status;
	pid_t pid;
	char c;

	ck_assert_int_eq(pipe(ready), 0);
	ck_assert_int_eq(pipe(mapped), 0);
	if ((pid = fork()) == 0)
		_exit(take_in_namespace(ready[1], mapped[0]));
	close(ready[1]);
	if (read(ready[0], &c, 1) == 1) { /* else there are no namespaces */
		write_map(pid, "uid_map", "0 0 1\n");
		write_map(pid, "gid_map", "0 1000 1\n1 100 1\n");
		ck_assert_int_eq(write(mapped[1], &c, 1), 1);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert_int_eq(status, 0);
	}
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	if (getuid() != 0)
		return; /* without root there is nothing to give up */
	tcase_add_test(tc, are_taken_for_good);
	tcase_add_test(tc, are_found_out_where_root_can_be_regained);
	tcase_add_test(tc, are_found_out_where_its_group_can_be_regained);
	tcase_add_test(tc, may_be_changed_by_who_keeps_the_capabilities);
	tcase_add_test(tc, are_not_asked_of_root);
	tcase_add_test(tc, are_found_in_any_order);
	tcase_add_test(tc, are_not_found_in_a_list_with_one_twice);
	runner_add(tc, lack, are_left_alone_where_they_are_as_wanted);
	runner_add(tc, lack, say_which_could_not_be_taken);
	runner_add(tc, lack, are_refused_with_groups_that_are_others);
}

int
main(void)
{
	return runner_main("privs", add);
}
