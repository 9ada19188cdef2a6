/* SPDX-License-Identifier: ISC */
/* Sessions whose acceptor died go on, and end as others do. */
#include "config.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "ipc/scoreboard_main.h"
#include "ipc/control.h"
#include "main/adoption.h"
#include "main/worker_control.h"
#include "runner.h"

START_TEST(releases_a_section_without_sessions)
{
	uint32_t npages = served->board->npages, at = 0;
	struct scoreboard_counters t;
	struct scoreboard_parts d;

	atomic_store(&section()->nsessions, 5);
	section()->n.accepted = 7;
	adopt();
	ck_assert(TAILQ_EMPTY(&served->adopted));
	ck_assert_uint_eq(scoreboard_sessions(served->board), 0);
	ck_assert(scoreboard_next(served->board, &at, &d)); /* the ledger */
	ck_assert(!scoreboard_next(served->board, &at, &d));
	scoreboard_sum(served->board, &t);
	ck_assert_uint_eq(t.accepted, 7);
	start_again();
	ck_assert_uint_eq(served->board->npages, npages);
}
END_TEST

START_TEST(takes_over_what_lives)
{
	pid_t a = child(), b = child();
	struct scoreboard_slot got;

	slot_of(0, a, "192.0.2.1");
	slot_of(9, b, "192.0.2.2");
	atomic_store(&section()->nsessions, 77);
	adopt();
	ck_assert_uint_eq(list.n, 2);
	ck_assert_uint_eq(scoreboard_sessions(served->board), 2);
	ck_assert_uint_eq(count_of("192.0.2.0"), 2);
	kill(b, SIGKILL);
	reap(b);
	ck_assert_uint_eq(list.n, 1);
	ck_assert_uint_eq(scoreboard_sessions(served->board), 1);
	ck_assert_uint_eq(count_of("192.0.2.0"), 1);
	ck_assert_uint_eq(next_end(&got), 109);
	ck_assert_int_eq(got.pid, b);
	ck_assert_int_eq(WTERMSIG(got.status), SIGKILL);
	kill(a, SIGTERM);
	reap(a);
	ck_assert_uint_eq(next_end(NULL), 100);
	ck_assert(TAILQ_EMPTY(&served->adopted));
}
END_TEST

START_TEST(writes_the_records_that_were_kept)
{
	slot_of(3, 999, "192.0.2.1")->state = SLOT_ENDED;
	slot_of(4, 999, "192.0.2.1")->state = SLOT_ENDED;
	adopt();
	ck_assert_uint_eq(next_end(NULL), 103);
	ck_assert_uint_eq(next_end(NULL), 104);
	ck_assert_uint_eq(next_end(NULL), 0);
	ck_assert(TAILQ_EMPTY(&served->adopted));
}
END_TEST

/* One that ignores TERM. */
static pid_t
deaf_child(void)
{
	pid_t pid;

	signal(SIGTERM, SIG_IGN);
	pid = child();
	signal(SIGTERM, SIG_DFL);
	return pid;
}

START_TEST(ends_who_is_over_its_time)
{
	pid_t a = deaf_child(), b = child(), c = child();
	int64_t now = clock_ms(), due;
	struct scoreboard_slot got;

	slot_of(0, a, "192.0.2.1")->until_ms = now - 1;
	slot_of(1, b, "192.0.2.1")->until_ms = now + 50000;
	slot_of(2, c, "192.0.2.1")->until_ms = 0;
	adopt();
	due = adopt_expire(&list, now);
	ck_assert_int_eq(due, now + 5000);
	ck_assert_int_eq(adopt_expire(&list, due), now + 50000);
	ck_assert_int_eq(WTERMSIG(reap(a)), SIGKILL);
	ck_assert_uint_ne(next_end(&got), 0);
	ck_assert_int_eq(got.reason, END_MAX);
	adopt_stop(&list, now + 60000);
	ck_assert_int_eq(adopt_expire(&list, now), now + 50000);
	adopt_expire(&list, now + 60000);
	ck_assert_int_eq(WTERMSIG(reap(b)), SIGTERM);
	ck_assert_int_eq(WTERMSIG(reap(c)), SIGTERM);
	ck_assert_uint_ne(next_end(&got), 0);
	ck_assert_int_eq(got.reason, END_DRAIN);
	ck_assert(TAILQ_EMPTY(&served->adopted));
}
END_TEST

START_TEST(ends_who_is_stopped)
{
	pid_t a = child();
	int64_t now = clock_ms();

	slot_of(0, a, "192.0.2.1")->until_ms = now - 1;
	adopt();
	kill(a, SIGSTOP);
	ck_assert_int_eq(waitpid(a, NULL, WUNTRACED), a);
	adopt_expire(&list, now);
	ck_assert_int_eq(WTERMSIG(reap(a)), SIGTERM);
}
END_TEST

/* Its acceptor was stopped until it was killed. */
START_TEST(has_no_time_for_those_that_it_adopts_when_a_stop_is_over)
{
	pid_t a = deaf_child();
	int64_t now = clock_ms();

	slot_of(0, a, "192.0.2.1");
	adopt();
	adopt_stop(&list, now - 6000);
	ck_assert_int_eq(adopt_expire(&list, now), now + 100);
	ck_assert_int_eq(adopt_expire(&list, now + 100), 0);
	ck_assert_int_eq(WTERMSIG(reap(a)), SIGKILL);
}
END_TEST

/* An acceptor of a service that a reload brings, before it is in force. */
START_TEST(needs_no_configuration)
{
	pid_t a = child();

	served->now.conf = NULL;
	slot_of(0, a, "192.0.2.1");
	adopt();
	ck_assert_uint_eq(list.n, 1);
	kill(a, SIGKILL);
	reap(a);
	ck_assert_uint_eq(next_end(NULL), 100);
}
END_TEST

START_TEST(wakes_the_acceptors_that_wait)
{
	struct worker waits = { .npages = UINT32_MAX };
	struct control msg;
	pid_t a = child();
	int sv[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
	waits.control.fd = sv[0];
	ck_assert_int_eq(scoreboard_take(served->board, 100, &waits.place), 0);
	TAILQ_INSERT_TAIL(&served->workers, &waits, entry);
	slot_of(0, a, "192.0.2.1");
	adopt();
	atomic_store(&scoreboard_parts(served->board, &waits.place)
			  .section->waiting,
	    1);
	kill(a, SIGKILL);
	reap(a);
	ck_assert(served->wake);
	worker_control_wake(served);
	ck_assert(!served->wake);
	ck_assert_int_eq(control_receive(sv[1], &msg), 1);
	ck_assert_uint_eq(msg.type, CONTROL_WAKE);
	scoreboard_release(served->board, &waits.place);
}
END_TEST

/* The leader of a group, which ends by TERM, and its child, which does not.  *held
 * is the end of a pipe that both hold open. */
static pid_t
stubborn(int *held)
{
	int fds[2];
	pid_t leader;
	char c;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	ck_assert_int_eq(pipe(fds), 0);
	if ((leader = fork()) == 0) {
		setpgid(0, 0);
		die_with_the_test();
		dup2(fds[1], 1); /* not Check's */
		if (fork() == 0) {
			signal(SIGTERM, SIG_IGN);
			signal(SIGALRM, SIG_DFL);
			alarm(60);
		}
		if (write(fds[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(fds[1]);
	ck_assert_int_eq(read(fds[0], &c, 1), 1);
	ck_assert_int_eq(read(fds[0], &c, 1), 1);
	*held = fds[0];
	return leader;
}

/* The leader is dead, but not reaped, while the rest is killed. */
START_TEST(kills_the_rest_of_a_group_whose_leader_is_dead)
{
	int held, status = 0;
	pid_t leader = stubborn(&held);
	char c;

	slot_of(0, leader, "192.0.2.1")->until_ms = 1;
	adopt();
	adopt_expire(&list, 1);
	status = reap(leader);
	ck_assert_int_eq(WTERMSIG(status), SIGTERM);
	ck_assert_int_eq(read(held, &c, 1), 0);
	/* What is left behind is not a session. */
	ck_assert_int_gt(waitpid(-1, &status, 0), 0);
	ck_assert_uint_eq(list.n, 0);
	adopt_peek(&list, leader);
	adopt_exit(&list, leader, 0, &(struct rusage) { .ru_maxrss = 0 });
}
END_TEST

START_TEST(ends_what_a_session_leaves_where_that_is_configured)
{
	int held;
	pid_t leader = stubborn(&held);
	char c;

	ends_leftovers = true;
	slot_of(0, leader, "192.0.2.1");
	adopt();
	kill(leader, SIGTERM);
	reap(leader);
	ck_assert_int_eq(read(held, &c, 1), 0);
}
END_TEST

START_TEST(leaves_the_rest_of_a_group_that_ended_by_itself)
{
	int held;
	pid_t leader = stubborn(&held);

	slot_of(0, leader, "192.0.2.1");
	adopt();
	kill(leader, SIGTERM);
	reap(leader);
	ck_assert_int_eq(kill(-leader, SIGKILL), 0);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, releases_a_section_without_sessions);
	tcase_add_test(tc, takes_over_what_lives);
	tcase_add_test(tc, writes_the_records_that_were_kept);
	tcase_add_test(tc, ends_who_is_over_its_time);
	tcase_add_test(tc, ends_who_is_stopped);
	tcase_add_test(tc,
	    has_no_time_for_those_that_it_adopts_when_a_stop_is_over);
	tcase_add_test(tc, needs_no_configuration);
	tcase_add_test(tc, wakes_the_acceptors_that_wait);
	tcase_add_test(tc, kills_the_rest_of_a_group_whose_leader_is_dead);
	tcase_add_test(tc, ends_what_a_session_leaves_where_that_is_configured);
	tcase_add_test(tc, leaves_the_rest_of_a_group_that_ended_by_itself);
}

int
main(void)
{
	return runner_main("adopt", add);
}
