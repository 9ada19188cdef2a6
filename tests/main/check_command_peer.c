/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <grp.h>
#include <unistd.h>

#include "main/command_peer.h"
#include "runner.h"

/* A user whose groups are 20 and 30, 40. */
static const struct ucred peer = { .uid = 10, .gid = 20, .pid = 1 };
static const gid_t groups[] = { 30, 40 };
static struct command_rights rights;

static bool
holds(void)
{
	return command_peer_holds(&peer, groups, 2, &rights);
}

static void
setup(void)
{
	rights = (struct command_rights) { .own = 10 };
}

START_TEST(root_may)
{
	const struct ucred root = { .uid = 0, .gid = 0 };

	ck_assert(command_peer_holds(&root, NULL, 0, &rights));
	rights.group = "ops";
	rights.gid = 5;
	ck_assert(command_peer_holds(&root, NULL, 0, &rights));
}
END_TEST

START_TEST(nobody_else_may_without_a_group)
{
	ck_assert(!holds());
	rights.gid = 30;
	ck_assert(!holds());
	rights.gid = 0;
	ck_assert(!holds());
}
END_TEST

START_TEST(members_of_the_group_may)
{
	rights.group = "ops";
	rights.gid = 20;
	ck_assert(holds());
	rights.gid = 30;
	ck_assert(holds());
	rights.gid = 40;
	ck_assert(holds());
	rights.gid = 10; /* a uid is not a gid */
	ck_assert(!holds());
	rights.gid = 0;
	ck_assert(!holds());
}
END_TEST

START_TEST(mains_own_user_may_while_it_has_no_program)
{
	rights.own_may = true;
	ck_assert(holds());
	rights.own = 11;
	ck_assert(!holds());
	rights.own = 10;
	rights.own_may = false;
	ck_assert(!holds());
}
END_TEST

START_TEST(is_whom_the_kernel_knows)
{
	struct ucred found;
	gid_t mine[65536];
	int n, sv[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
	ck_assert_int_eq(command_peer_read(sv[0], &found), 0);
	ck_assert_uint_eq(found.uid, geteuid());
	ck_assert_uint_eq(found.gid, getegid());
	ck_assert_int_eq(found.pid, getpid());

	/* The last of the supplementary groups, if there are any. */
	found.uid = 4242;
	found.gid = 4242;
	rights.group = "ops";
	rights.gid = 4243;
	ck_assert(!command_peer_may(sv[0], &found, &rights));
	n = getgroups(65536, mine);
	if (n > 0) {
		rights.gid = mine[n - 1];
		ck_assert(command_peer_may(sv[0], &found, &rights));
	}
	close(sv[0]);
	close(sv[1]);
}
END_TEST

START_TEST(knows_as_many_groups_as_there_may_be)
{
	const gid_t last = 100000 + 1999;
	struct ucred found;
	gid_t many[2000];
	int i, sv[2];

	if (geteuid() != 0)
		return; /* only root can set its groups */
	for (i = 0; i < 2000; i++)
		many[i] = (gid_t)(100000 + i);
	if (setgroups(2000, many) == -1)
		return; /* not in this namespace */
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
	ck_assert_int_eq(command_peer_read(sv[0], &found), 0);
	found.uid = 4242;
	rights.group = "ops";
	rights.gid = last;
	ck_assert(command_peer_may(sv[0], &found, &rights));
	rights.gid = last + 1;
	ck_assert(!command_peer_may(sv[0], &found, &rights));
	close(sv[0]);
	close(sv[1]);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, root_may);
	tcase_add_test(tcase, nobody_else_may_without_a_group);
	tcase_add_test(tcase, members_of_the_group_may);
	tcase_add_test(tcase, mains_own_user_may_while_it_has_no_program);
	tcase_add_test(tcase, is_whom_the_kernel_knows);
	tcase_add_test(tcase, knows_as_many_groups_as_there_may_be);
}

int
main(void)
{
	return runner_main("command_peer", add);
}
