/* SPDX-License-Identifier: ISC */
/* Mode and owner of a path, as it is made and by a reload. */
#include "config.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "listen/own_path.h"
#include "runner.h"

START_TEST(has_its_mode_whatever_the_umask)
{
	static const mode_t modes[] = { 0666, 0660, 0600, 0777, 0 };
	struct listener *l;
	struct stat st;

	umask(_i % 2 == 0 ? 077 : 0);
	own.sc->socket_mode = modes[_i / 2];
	l = taken();
	ck_assert_int_eq(stat(own.path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, modes[_i / 2]);
	ck_assert_uint_eq(umask(0), _i % 2 == 0 ? 077 : 0);
	listener_close(l);
}
END_TEST

START_TEST(belongs_to_whom_it_should)
{
	struct listener *l;
	struct stat st;

	if (geteuid() != 0)
		return;
	own.sc->socket_user = "daemon";
	own.sc->socket_group = "4242";
	own.sc->socket_mode = 0660;
	fixture_look_up(own.sc);
	l = taken();
	ck_assert_int_eq(stat(own.path, &st), 0);
	ck_assert_uint_eq(st.st_uid, 1);
	ck_assert_uint_eq(st.st_gid, 4242);
	ck_assert_uint_eq(st.st_mode & 07777, 0660);
	assert_serves(own.path);
	listener_close(l);
	ck_assert(!fixture_exists(own.path));
}
END_TEST

START_TEST(refuses_an_unknown_owner)
{
	own.sc->socket_group = "no-such-group";
	fixture_look_up(own.sc);
	assert_refused(false, EX_CONFIG, "does not exist");
	ck_assert(!fixture_exists(own.path));
	ck_assert(!fixture_exists(own.lock));
}
END_TEST

START_TEST(cleans_up_when_the_owner_cannot_be_changed)
{
	const uid_t me = geteuid();

	ck_assert_int_eq(chmod(".", 0777), 0);
	own.sc->socket_user = "0";
	fixture_look_up(own.sc);
	ck_assert_int_eq(seteuid(me == 0 ? 65534 : me), 0);
	assert_refused(false, EX_NOPERM, "Operation not permitted");
	ck_assert(!fixture_exists(own.path));
	ck_assert(!fixture_exists(own.lock));
	ck_assert_int_eq(seteuid(me), 0);
}
END_TEST

START_TEST(changes_mode_and_owner_of_an_open_one)
{
	struct listener *l = taken();
	struct stat st;

	own.sc->socket_mode = 0640;
	if (geteuid() == 0)
		own.sc->socket_user = "1";
	fixture_look_up(own.sc);
	ck_assert_int_eq(unixowner_apply(l, own.sc), 0);
	ck_assert_int_eq(stat(own.path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	ck_assert_uint_eq(st.st_uid, geteuid() == 0 ? 1 : geteuid());

	/* What is no longer configured becomes main's again. */
	own.sc->socket_user = NULL;
	ck_assert_int_eq(unixowner_apply(l, own.sc), 0);
	ck_assert_int_eq(stat(own.path, &st), 0);
	ck_assert_uint_eq(st.st_uid, geteuid());
	listener_close(l);
}
END_TEST

START_TEST(changes_nothing_that_took_its_place)
{
	struct listener *l = taken();
	struct stat st;

	ck_assert_int_eq(unlink(own.path), 0);
	close(open("victim", O_CREAT | O_WRONLY, 0600));
	ck_assert_int_eq(symlink("victim", own.path), 0);
	own.sc->socket_mode = 0777;
	ck_assert_int_eq(unixowner_apply(l, own.sc), -1);
	ck_assert_int_eq(stat("victim", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	listener_close(l);
	ck_assert(fixture_exists(own.path));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, has_its_mode_whatever_the_umask, 0, 10);
	tcase_add_test(tc, belongs_to_whom_it_should);
	tcase_add_test(tc, refuses_an_unknown_owner);
	tcase_add_test(tc, cleans_up_when_the_owner_cannot_be_changed);
	tcase_add_test(tc, changes_mode_and_owner_of_an_open_one);
	tcase_add_test(tc, changes_nothing_that_took_its_place);
}

int
main(void)
{
	return runner_main("unixpath_owner", add);
}
