/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <bsd/string.h>

#include "base/io.h"
#include "main/listen/fixture.h"
#include "main/listen/unixpath.h"
#include "runner.h"

#define CONTENDERS 20
#define ROUNDS     50

static struct service_conf *sc;
static struct listener_error err;
static char path[64];
static char lock[80];

static void
set_up(void)
{
	sc = fixture_conf(NULL, NULL);
	snprintf(path, sizeof(path), "%s/s", fixture_dir());
	snprintf(lock, sizeof(lock), "%s.lock", path);
	memset(&err, 0, sizeof(err));
}

static void
tear_down(void)
{
	fixture_conf_free(sc);
	fixture_clean();
}

static struct listener *
named(const char *name)
{
	struct listener *l = listener_new("unix");

	ck_assert_ptr_nonnull(l);
	l->local.family = AF_UNIX;
	strlcpy(l->path, name, sizeof(l->path));
	return l;
}

/* A listener on path, which must be had. */
static struct listener *
taken(void)
{
	struct listener *l = named(path);

	ck_assert_msg(unixpath_open(l, sc, &err) == UNIXPATH_OPEN, "%s",
	    err.text);
	return l;
}

static void
assert_refused(enum unixpath_result result, int exit_code, const char *reason)
{
	struct listener *l = named(path);
	int before = dup(1), after;

	close(before);
	ck_assert_int_eq(unixpath_open(l, sc, &err), result);
	ck_assert_int_eq(err.exit_code, exit_code);
	ck_assert_ptr_nonnull(strstr(err.text, path));
	ck_assert_ptr_nonnull(strstr(err.text, reason));
	ck_assert_int_eq(l->fd, -1);
	ck_assert_int_eq(l->lock_fd, -1);
	listener_close(l);
	after = dup(1);
	ck_assert_int_eq(before, after);
	close(after);
}

/* A socket of that type on path, which somebody else made. */
static int
foreign(int type, int backlog)
{
	struct sockaddr_un sun;
	socklen_t len = addr_to_sockaddr_un(path, &sun);
	int fd;

	fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sun, len), 0);
	if (type != SOCK_DGRAM)
		ck_assert_int_eq(listen(fd, backlog), 0);
	return fd;
}

static void
leave_stale(void)
{
	close(foreign(SOCK_STREAM, 1));
}

static ino_t
inode(const char *name)
{
	struct stat st;

	ck_assert_int_eq(lstat(name, &st), 0);
	return st.st_ino;
}

static void
assert_serves(const char *name)
{
	int fd = fixture_connect_unix(name);

	ck_assert_int_ne(fd, -1);
	close(fd);
}

START_TEST(serves_a_path_and_removes_it)
{
	struct listener *l = taken();

	assert_serves(path);
	ck_assert_int_ne(fcntl(l->fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_ne(fcntl(l->fd, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert(fixture_exists(lock));
	listener_close(l);
	ck_assert(!fixture_exists(path));
	ck_assert(!fixture_exists(lock));
}
END_TEST

START_TEST(takes_what_a_dead_server_left)
{
	struct listener *l;

	leave_stale();
	ck_assert(fixture_exists(path));
	l = taken();
	assert_serves(path);
	listener_close(l);
	ck_assert(!fixture_exists(path));
}
END_TEST

START_TEST(takes_what_was_killed_with_its_lock)
{
	struct listener *l;
	int status;
	pid_t pid;

	pid = fork();
	if (pid == 0) {
		(void)taken();
		raise(SIGKILL);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(fixture_exists(path));
	ck_assert(fixture_exists(lock));
	l = taken();
	assert_serves(path);
	listener_close(l);
	ck_assert(!fixture_exists(lock));
}
END_TEST

START_TEST(leaves_a_served_path_alone)
{
	struct listener *l = taken();
	ino_t ino = inode(path);

	assert_refused(UNIXPATH_BUSY, EX_UNAVAILABLE,
	    "it is served by another process");
	ck_assert_uint_eq(inode(path), ino);
	ck_assert(fixture_exists(lock));
	assert_serves(path);
	listener_close(l);
}
END_TEST

static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };

START_TEST(leaves_the_live_socket_of_another_program_alone)
{
	int fd = foreign(types[_i], 5);
	ino_t ino = inode(path);

	assert_refused(UNIXPATH_BUSY, EX_UNAVAILABLE, "it is in use");
	ck_assert_uint_eq(inode(path), ino);
	ck_assert(!fixture_exists(lock));
	close(fd);
}
END_TEST

START_TEST(leaves_a_live_server_alone_whose_queue_is_full)
{
	int fd = foreign(SOCK_STREAM, 0), client;
	ino_t ino = inode(path);

	client = fixture_connect_unix(path);
	ck_assert_int_ne(client, -1);
	assert_refused(UNIXPATH_BUSY, EX_UNAVAILABLE, "it is in use");
	ck_assert_uint_eq(inode(path), ino);
	close(client);
	close(fd);
}
END_TEST

START_TEST(never_touches_a_regular_file)
{
	int fd = open(path, O_CREAT | O_WRONLY, 0644);
	struct stat st;

	ck_assert_int_eq(write(fd, "data", 4), 4);
	close(fd);
	assert_refused(UNIXPATH_FAILED, EX_UNAVAILABLE, "is not a socket");
	ck_assert_int_eq(lstat(path, &st), 0);
	ck_assert_int_eq(st.st_size, 4);
	ck_assert_int_eq(st.st_mode & 07777, 0644);
}
END_TEST

START_TEST(never_follows_a_symbolic_link)
{
	char real[80];

	/* To a stale socket, then to nothing. */
	leave_stale();
	snprintf(real, sizeof(real), "%s.real", path);
	ck_assert_int_eq(rename(path, real), 0);
	ck_assert_int_eq(symlink(real, path), 0);
	assert_refused(UNIXPATH_FAILED, EX_UNAVAILABLE, "is not a socket");
	ck_assert(fixture_exists(real));
	ck_assert_int_eq(unlink(real), 0);
	assert_refused(UNIXPATH_FAILED, EX_UNAVAILABLE, "is not a socket");
	ck_assert(fixture_exists(path));
	ck_assert(!fixture_exists(real));
}
END_TEST

START_TEST(never_touches_a_directory_or_a_fifo)
{
	ck_assert_int_eq(mkdir(path, 0700), 0);
	assert_refused(UNIXPATH_FAILED, EX_UNAVAILABLE, "is not a socket");
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	assert_refused(UNIXPATH_FAILED, EX_UNAVAILABLE, "is not a socket");
	ck_assert(fixture_exists(path));
}
END_TEST

START_TEST(refuses_a_strange_lock_file)
{
	ck_assert_int_eq(symlink("target", lock), 0);
	assert_refused(UNIXPATH_FAILED, EX_UNAVAILABLE, "no regular file");
	ck_assert(fixture_exists(lock));
	ck_assert(!fixture_exists(path));
}
END_TEST

START_TEST(says_that_the_directory_is_missing)
{
	strlcat(path, "/x/y", sizeof(path));
	assert_refused(UNIXPATH_FAILED, EX_UNAVAILABLE,
	    "its directory does not exist");
}
END_TEST

START_TEST(says_that_a_permission_is_missing)
{
	const uid_t me = geteuid();

	ck_assert_int_eq(chmod(".", 0555), 0);
	ck_assert_int_eq(seteuid(me == 0 ? 65534 : me), 0);
	assert_refused(UNIXPATH_FAILED, EX_NOPERM, "Permission denied");
	ck_assert_int_eq(seteuid(me), 0);
	ck_assert_int_eq(chmod(".", 0700), 0);
}
END_TEST

START_TEST(leaves_what_took_its_place)
{
	struct listener *l = taken();
	int fd;

	ck_assert_int_eq(unlink(path), 0);
	fd = foreign(SOCK_STREAM, 5);
	listener_close(l);
	ck_assert(fixture_exists(path));
	assert_serves(path);
	ck_assert(!fixture_exists(lock));
	close(fd);

	ck_assert_int_eq(unlink(path), 0);
	l = taken();
	ck_assert_int_eq(unlink(path), 0);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	listener_close(l);
	ck_assert(fixture_exists(path));
}
END_TEST

START_TEST(has_its_mode_whatever_the_umask)
{
	static const mode_t modes[] = { 0666, 0660, 0600, 0777, 0 };
	struct listener *l;
	struct stat st;

	umask(_i % 2 == 0 ? 077 : 0);
	sc->socket_mode = modes[_i / 2];
	l = taken();
	ck_assert_int_eq(stat(path, &st), 0);
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
	sc->socket_user = strdup("daemon");
	sc->socket_group = strdup("4242");
	sc->socket_mode = 0660;
	l = taken();
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_uid, 1);
	ck_assert_uint_eq(st.st_gid, 4242);
	ck_assert_uint_eq(st.st_mode & 07777, 0660);
	assert_serves(path);
	listener_close(l);
	ck_assert(!fixture_exists(path));
}
END_TEST

START_TEST(refuses_an_unknown_owner)
{
	sc->socket_group = strdup("no-such-group");
	assert_refused(UNIXPATH_FAILED, EX_CONFIG, "does not exist");
	ck_assert(!fixture_exists(path));
	ck_assert(!fixture_exists(lock));
}
END_TEST

START_TEST(cleans_up_when_the_owner_cannot_be_changed)
{
	const uid_t me = geteuid();

	ck_assert_int_eq(chmod(".", 0777), 0);
	sc->socket_user = strdup("0");
	ck_assert_int_eq(seteuid(me == 0 ? 65534 : me), 0);
	assert_refused(UNIXPATH_FAILED, EX_NOPERM, "Operation not permitted");
	ck_assert(!fixture_exists(path));
	ck_assert(!fixture_exists(lock));
	ck_assert_int_eq(seteuid(me), 0);
}
END_TEST

START_TEST(changes_mode_and_owner_of_an_open_one)
{
	struct listener *l = taken();
	struct stat st;

	sc->socket_mode = 0640;
	if (geteuid() == 0)
		sc->socket_user = strdup("1");
	ck_assert_int_eq(unixpath_apply(l, sc), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	ck_assert_uint_eq(st.st_uid, geteuid() == 0 ? 1 : geteuid());

	/* What is no longer configured goes back to main's. */
	free(sc->socket_user);
	sc->socket_user = NULL;
	ck_assert_int_eq(unixpath_apply(l, sc), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_uid, geteuid());
	listener_close(l);
}
END_TEST

START_TEST(changes_nothing_that_took_its_place)
{
	struct listener *l = taken();
	struct stat st;

	ck_assert_int_eq(unlink(path), 0);
	close(open("victim", O_CREAT | O_WRONLY, 0600));
	ck_assert_int_eq(symlink("victim", path), 0);
	sc->socket_mode = 0777;
	ck_assert_int_eq(unixpath_apply(l, sc), -1);
	ck_assert_int_eq(stat("victim", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	listener_close(l);
	ck_assert(fixture_exists(path));
}
END_TEST

START_TEST(serves_an_abstract_name)
{
	struct listener *l, *again;
	char name[64];

	snprintf(name, sizeof(name), "@tined-test-%d", (int)getpid());
	l = named(name);
	ck_assert_int_eq(unixpath_open(l, sc, &err), UNIXPATH_OPEN);
	assert_serves(name);
	again = named(name);
	ck_assert_int_eq(unixpath_open(again, sc, &err), UNIXPATH_BUSY);
	ck_assert_int_eq(err.exit_code, EX_UNAVAILABLE);
	ck_assert_ptr_nonnull(strstr(err.text, "it is in use"));
	ck_assert_int_eq(unixpath_apply(l, sc), 0);
	listener_close(again);
	assert_serves(name);
	listener_close(l);
	ck_assert_int_eq(fixture_connect_unix(name), -1);
}
END_TEST

/* Takes the path when go is at its end, says so on result, and holds it until
 * stop is at its end. */
static void
contend(int go, int result, int stop)
{
	struct listener *l = named(path);
	bool won;
	char c;

	(void)io_read(go, &c, 1);
	won = unixpath_open(l, sc, &err) == UNIXPATH_OPEN;
	(void)io_write_all(result, &won, 1);
	(void)io_read(stop, &c, 1);
	listener_close(l);
	_exit(won ? 1 : 0);
}

/* How many of the contenders had the path at once. */
static int
race(void)
{
	int go[2], result[2], stop[2], i, winners = 0;
	pid_t pid[CONTENDERS];
	char won;

	ck_assert_int_eq(pipe(go) | pipe(result) | pipe(stop), 0);
	for (i = 0; i < CONTENDERS; i++) {
		pid[i] = fork();
		ck_assert_int_ne(pid[i], -1);
		if (pid[i] != 0)
			continue;
		close(go[1]);
		close(stop[1]);
		contend(go[0], result[1], stop[0]);
	}
	close(go[1]);
	for (i = 0; i < CONTENDERS; i++) {
		ck_assert_int_eq(io_read(result[0], &won, 1), 1);
		winners += won;
	}
	assert_serves(path);
	close(stop[1]);
	for (i = 0; i < CONTENDERS; i++)
		ck_assert_int_eq(waitpid(pid[i], NULL, 0), pid[i]);
	close(go[0]);
	close(result[0]);
	close(result[1]);
	close(stop[0]);
	return winners;
}

START_TEST(is_won_by_exactly_one_of_many)
{
	int round;

	for (round = 0; round < ROUNDS; round++) {
		leave_stale();
		ck_assert_int_eq(race(), 1);
		ck_assert(!fixture_exists(path));
		ck_assert(!fixture_exists(lock));
	}
}
END_TEST

/* Many that take and leave the path as fast as they can: never two at once. */
static void
churn(void)
{
	int i, fd, held = 0;

	for (i = 0; i < 200; i++) {
		struct listener *l = named(path);

		if (unixpath_open(l, sc, &err) == UNIXPATH_OPEN) {
			fd = open("inside", O_CREAT | O_EXCL | O_CLOEXEC, 0600);
			if (fd == -1)
				_exit(1);
			close(fd);
			held++;
			(void)unlink("inside");
		}
		listener_close(l);
	}
	_exit(held > 0 ? 0 : 2);
}

START_TEST(is_held_by_one_at_a_time_however_often_it_changes_hands)
{
	int i, status, served = 0;
	pid_t pid[CONTENDERS];

	for (i = 0; i < CONTENDERS; i++) {
		pid[i] = fork();
		ck_assert_int_ne(pid[i], -1);
		if (pid[i] == 0)
			churn();
	}
	for (i = 0; i < CONTENDERS; i++) {
		ck_assert_int_eq(waitpid(pid[i], &status, 0), pid[i]);
		ck_assert(WIFEXITED(status));
		ck_assert_int_ne(WEXITSTATUS(status), 1);
		served += WEXITSTATUS(status) == 0;
	}
	ck_assert_int_gt(served, 0);
	ck_assert(!fixture_exists(path));
	ck_assert(!fixture_exists(lock));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, serves_a_path_and_removes_it);
	tcase_add_test(tc, takes_what_a_dead_server_left);
	tcase_add_test(tc, takes_what_was_killed_with_its_lock);
	tcase_add_test(tc, leaves_a_served_path_alone);
	tcase_add_loop_test(tc, leaves_the_live_socket_of_another_program_alone,
	    0, 3);
	tcase_add_test(tc, leaves_a_live_server_alone_whose_queue_is_full);
	tcase_add_test(tc, never_touches_a_regular_file);
	tcase_add_test(tc, never_follows_a_symbolic_link);
	tcase_add_test(tc, never_touches_a_directory_or_a_fifo);
	tcase_add_test(tc, refuses_a_strange_lock_file);
	tcase_add_test(tc, says_that_the_directory_is_missing);
	tcase_add_test(tc, says_that_a_permission_is_missing);
	tcase_add_test(tc, leaves_what_took_its_place);
	tcase_add_loop_test(tc, has_its_mode_whatever_the_umask, 0, 10);
	tcase_add_test(tc, belongs_to_whom_it_should);
	tcase_add_test(tc, refuses_an_unknown_owner);
	tcase_add_test(tc, cleans_up_when_the_owner_cannot_be_changed);
	tcase_add_test(tc, changes_mode_and_owner_of_an_open_one);
	tcase_add_test(tc, changes_nothing_that_took_its_place);
	tcase_add_test(tc, serves_an_abstract_name);
	tcase_add_test(tc, is_won_by_exactly_one_of_many);
	tcase_add_test(tc,
	    is_held_by_one_at_a_time_however_often_it_changes_hands);
}

int
main(void)
{
	return runner_main("unixpath", add);
}
