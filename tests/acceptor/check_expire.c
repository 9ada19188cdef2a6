/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <signal.h>
#include <unistd.h>

#include "acceptor/expire.h"
#include "acceptor/rig.h"
#include "base/clock.h"

static struct scoreboard_slot *slot;

static void
max_time(struct settings_builder *b)
{
	settings_of(b)->max_ms = 60000;
}

START_TEST(ends_a_session_whose_time_is_over)
{
	int64_t due;

	rig_make(max_time, 8);
	rig_start(&slot);
	due = children_due(&rig->children);
	ck_assert_int_eq(due, slot->start_ms + 60000);
	expire_due(rig, due - 1);
	ck_assert_int_eq(rig_child(0)->state, CHILD_RUNNING);
	expire_due(rig, due);
	ck_assert_int_eq(rig_child(0)->state, CHILD_ENDING);
	rig_reap(1);
	ck_assert_int_eq(WTERMSIG(slot->status), SIGTERM);
	ck_assert_int_eq(slot->reason, END_MAX);
}
END_TEST

START_TEST(ends_a_session_that_was_stopped)
{
	siginfo_t si;
	int64_t now;

	rig_make(NULL, 8);
	rig_start(&slot);
	now = clock_ms();
	expire_stopped(rig, now);
	ck_assert(TAILQ_EMPTY(&rig->children.queue[CHILD_ENDING]));
	kill(slot->pid, SIGSTOP);
	ck_assert_int_eq(waitid(P_PID, (id_t)slot->pid, &si,
			     WSTOPPED | WNOWAIT | __WALL),
	    0);
	expire_stopped(rig, now);
	ck_assert_int_eq(children_due(&rig->children), now + 5000);
	expire_due(rig, now + 5000);
	rig_reap(1);
	ck_assert_int_eq(WTERMSIG(slot->status), SIGKILL);
	ck_assert_int_eq(slot->reason, END_STOPPED);
}
END_TEST

START_TEST(kills_one_that_does_not_end)
{
	int64_t due;

	rig_make(max_time, 8);
	rig_start(&slot);
	/* Stopped, it does not even get TERM. */
	kill(slot->pid, SIGSTOP);
	ck_assert_int_eq(waitpid(slot->pid, NULL, WUNTRACED | __WALL),
	    slot->pid);
	due = children_due(&rig->children);
	expire_due(rig, due);
	ck_assert_int_eq(children_due(&rig->children), due + SESSION_KILL_MS);
	expire_due(rig, due + SESSION_KILL_MS - 1);
	ck_assert_int_eq(rig_child(0)->state, CHILD_ENDING);
	expire_due(rig, due + SESSION_KILL_MS);
	ck_assert_int_eq(rig_child(0)->state, CHILD_KILLED);
	ck_assert_int_eq(children_due(&rig->children), 0);
	rig_reap(1);
	ck_assert_int_eq(WTERMSIG(slot->status), SIGKILL);
	ck_assert_int_eq(slot->reason, END_MAX);
}
END_TEST

START_TEST(stops_all_of_them)
{
	unsigned int i;

	rig_make(NULL, 8);
	for (i = 0; i < 4; i++)
		rig_start(NULL);
	expire_all(rig, clock_ms());
	rig_reap(4);
	for (i = 0; i < 4; i++) {
		ck_assert_int_eq(WTERMSIG(rig_slot(i)->status), SIGTERM);
		ck_assert_int_eq(rig_slot(i)->reason, END_DRAIN);
	}
	ck_assert_uint_eq(rig->children.nrunning, 0);
}
END_TEST

/* A leader that ends at TERM with a child that does not. */
static void
stubborn(struct settings_builder *b)
{
	rig_program(b, "/bin/sh", "-c",
	    "exec 2>/dev/null; (trap '' TERM; echo $$; exec sleep 1000) &"
	    "trap 'exit 5' TERM; echo ready; while :; do sleep 0.01; done",
	    NULL);
	settings_of(b)->stderr_to = STDERR_NULL;
	settings_of(b)->max_ms = 60000;
}

/* Reads until the peer has said both lines. */
static void
wait_ready(int fd)
{
	char c;
	int lines;

	for (lines = 0; lines < 2; lines += c == '\n')
		ck_assert_int_eq(read(fd, &c, 1), 1);
}

/* Rule 7: the leader has died, what is left of its group is still killed. */
START_TEST(kills_the_rest_of_a_group_whose_leader_is_dead)
{
	pid_t leader;
	char c;
	int fd;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	rig_make(stubborn, 8);
	fd = rig_start(&slot);
	wait_ready(fd);
	leader = slot->pid;
	expire_due(rig, slot->until_ms);
	rig_wait_dead(leader);
	ck_assert_int_eq(kill(-leader, 0), 0); /* the rest lives */
	rig_reap(1);
	ck_assert_int_eq(WEXITSTATUS(slot->status), 5);
	ck_assert_int_eq(slot->reason, END_MAX);
	/* All that held the connection are gone. */
	ck_assert_int_le(read(fd, &c, 1), 0);
}
END_TEST

START_TEST(leaves_the_rest_of_a_group_that_ended_by_itself)
{
	pid_t leader;
	int fd;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	rig_make(stubborn, 8);
	fd = rig_start(&slot);
	wait_ready(fd);
	leader = slot->pid;
	kill(leader, SIGTERM);
	rig_reap(1);
	ck_assert_int_eq(slot->reason, END_BY_ITSELF);
	ck_assert_int_eq(kill(-leader, SIGKILL), 0);
}
END_TEST

/* Many at once: each leader dies at a moment of its own while others are being
 * reaped, and no group may be forgotten. */
START_TEST(forgets_no_group_when_many_leaders_die)
{
	enum { N = 12 };
	int fd[N], i;
	char c;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	rig_make(stubborn, 32);
	for (i = 0; i < N; i++)
		fd[i] = rig_start(NULL);
	for (i = 0; i < N; i++)
		wait_ready(fd[i]);
	expire_all(rig, clock_ms());
	rig_reap(N);
	for (i = 0; i < N; i++)
		ck_assert_int_le(read(fd[i], &c, 1), 0);
}
END_TEST

static void
ignores_term(struct settings_builder *b)
{
	rig_program(b, "/bin/sh", "-c",
	    "trap '' TERM; echo; sleep 1000 & echo; wait; sleep 1000", NULL);
	settings_of(b)->stderr_to = STDERR_NULL;
	settings_of(b)->max_ms = 60000;
}

START_TEST(kills_a_whole_group_that_does_not_end)
{
	char c;
	int fd;

	rig_make(ignores_term, 8);
	fd = rig_start(&slot);
	wait_ready(fd);
	expire_due(rig, slot->until_ms);
	expire_due(rig, slot->until_ms + SESSION_KILL_MS);
	ck_assert_int_eq(rig_child(0)->state, CHILD_KILLED);
	rig_reap(1);
	ck_assert_int_eq(WTERMSIG(slot->status), SIGKILL);
	ck_assert_int_le(read(fd, &c, 1), 0);
}
END_TEST

/* A reaped child is in no queue of those that get signals. */
START_TEST(signals_nobody_that_was_reaped)
{
	pid_t bystander, pid;
	siginfo_t si = { .si_pid = 0 };

	rig_make(max_time, 8);
	rig_start(&slot);
	pid = slot->pid;
	kill(pid, SIGKILL);
	rig_reap(1);
	if ((bystander = fork()) == 0)
		for (;;)
			pause();
	/* As if it had got the same number. */
	rig_child(0)->pid = bystander;
	atomic_store(&slot->pid, bystander);
	expire_due(rig, INT64_MAX / 2);
	expire_all(rig, clock_ms());
	expire_due(rig, INT64_MAX / 2);
	ck_assert_int_eq(waitid(P_PID, (id_t)bystander, &si,
			     WEXITED | WNOHANG | WNOWAIT),
	    0);
	ck_assert_int_eq(si.si_pid, 0);
	kill(bystander, SIGKILL);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, ends_a_session_whose_time_is_over);
	tcase_add_test(tc, ends_a_session_that_was_stopped);
	tcase_add_test(tc, kills_one_that_does_not_end);
	tcase_add_test(tc, stops_all_of_them);
	tcase_add_test(tc, kills_the_rest_of_a_group_whose_leader_is_dead);
	tcase_add_test(tc, leaves_the_rest_of_a_group_that_ended_by_itself);
	tcase_add_test(tc, forgets_no_group_when_many_leaders_die);
	tcase_add_test(tc, kills_a_whole_group_that_does_not_end);
	tcase_add_test(tc, signals_nobody_that_was_reaped);
}

int
main(void)
{
	return rig_main("expire", add);
}
