/* SPDX-License-Identifier: ISC */
/* Many that want one path at once: never do two have it. */
#include "config.h"

#include <sys/wait.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"
#include "listen/own_path.h"
#include "runner.h"

#define CONTENDERS 20
#define ROUNDS     50

/* Takes the path when go is at its end, says so on result, and holds it until
 * stop is at its end. */
static void
contend(int go, int result, int stop)
{
	struct listener *l = named(own.path);
	bool won;
	char c;

	(void)io_read(go, &c, 1);
	won = unixpath_open(l, own.sc, &own.err) == 0;
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
	assert_serves(own.path);
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
		ck_assert(!fixture_exists(own.path));
		ck_assert(!fixture_exists(own.lock));
	}
}
END_TEST

/* Many that take and leave the path as fast as they can: never two at once. */
static void
churn(void)
{
	int i, fd, held = 0;

	for (i = 0; i < 200; i++) {
		struct listener *l = named(own.path);

		if (unixpath_open(l, own.sc, &own.err) == 0) {
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
	ck_assert(!fixture_exists(own.path));
	ck_assert(!fixture_exists(own.lock));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, is_won_by_exactly_one_of_many);
	tcase_add_test(tc,
	    is_held_by_one_at_a_time_however_often_it_changes_hands);
}

int
main(void)
{
	return runner_main("unixpath_race", add);
}
