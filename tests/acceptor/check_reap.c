/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/events.h"
#include "acceptor/loop.h"
#include "acceptor/ends.h"
#include "acceptor/expire.h"
#include "acceptor/reap.h"
#include "acceptor/rig.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/sys.h"
#include "ipc/control.h"
#include "ipc/source.h"

static struct scoreboard_slot *slot;
static struct rig_record r;

static void
max_time(struct settings_builder *b)
{
	settings_of(b)->max_ms = 60000;
}

START_TEST(reports_how_a_session_has_ended)
{
	char text[8];
	int fd;

	rig_make(NULL, 8);
	fd = rig_start(&slot);
	ck_assert_int_eq(send(fd, "hello", 5, 0), 5);
	shutdown(fd, SHUT_WR);
	ck_assert(rig_read_all(fd, text, sizeof(text)));
	rig_reap(1);
	ck_assert_int_eq(atomic_load(&slot->state), SLOT_ENDED);
	ck_assert_int_eq(slot->status, 0);
	ck_assert_int_eq(slot->reason, END_BY_ITSELF);
	ck_assert_uint_eq(atomic_load(&rig->section->n.in), 5);
	ck_assert_uint_eq(atomic_load(&rig->section->n.out), 5);
	ck_assert_uint_eq(rig->children.nrunning, 0);
	event_flush(rig);
	ck_assert(rig_record(&r));
	ck_assert_int_eq(r.kind, RECORD_END);
	ck_assert_uint_eq(atomic_load(&r.slot.in), 5);
	ck_assert_uint_gt(r.slot.maxrss_kib, 0);
}
END_TEST

START_TEST(reports_the_signal_that_ended_it)
{
	rig_make(NULL, 8);
	rig_start(&slot);
	ck_assert_int_eq(kill(slot->pid, SIGKILL), 0);
	rig_reap(1);
	ck_assert(WIFSIGNALED(slot->status));
	ck_assert_int_eq(WTERMSIG(slot->status), SIGKILL);
	ck_assert_int_eq(slot->reason, END_BY_ITSELF);
}
END_TEST

START_TEST(believes_only_what_a_session_knows_of_its_end)
{
	unsigned int reason;

	rig_make(NULL, 8);
	for (reason = 0; reason < 256; reason++) {
		rig_start(&slot);
		slot->reason = (uint8_t)reason;
		kill(slot->pid, SIGKILL);
		rig_reap(1);
		ck_assert_int_eq(slot->reason,
		    reason == END_IDLE || reason == END_PEER ? reason :
							       END_BY_ITSELF);
		event_flush(rig);
		rig_log_empty();
	}
}
END_TEST

START_TEST(reports_the_pid_that_it_has_reaped)
{
	pid_t pid;

	rig_make(NULL, 8);
	rig_start(&slot);
	pid = slot->pid;
	atomic_store(&slot->pid, getpid());
	kill(pid, SIGKILL);
	rig_reap(1);
	event_flush(rig);
	ck_assert(rig_record(&r));
	ck_assert_int_eq(r.slot.pid, pid);
}
END_TEST

/* What an acceptor keeps open for a program's client. */
START_TEST(lingers_when_a_program_has_ended)
{
	char c;
	int fd, conn;

	rig_make(NULL, 8);
	fd = rig_start(&slot);
	conn = dup(fd);
	TAILQ_FIRST(&rig->children.queue[CHILD_RUNNING])->conn = conn;
	ck_assert_uint_eq(rig->linger.n, 0);
	kill(slot->pid, SIGKILL);
	rig_reap(1);
	ck_assert_uint_eq(rig->linger.n, 1);
	ck_assert_int_eq(rig->linger.fd[0], conn);
	ck_assert_int_eq(read(fd, &c, 1), 0);
}
END_TEST

START_TEST(gives_back_what_was_counted)
{
	struct addr source = { .family = AF_INET, .ip = { 127, 0, 0, 1 } };

	rig_make(NULL, 8);
	rig_start(&slot);
	source_add(rig->board, &rig->board->own, &source);
	rig->full = true;
	kill(slot->pid, SIGKILL);
	rig_reap(1);
	ck_assert_uint_eq(source_count(rig->board, &source), 0);
	ck_assert_uint_eq(atomic_load(&rig->section->nsessions), 0);
	ck_assert(!rig->full);
}
END_TEST

START_TEST(tells_main_when_another_acceptor_waits)
{
	struct control msg;

	rig_make(NULL, 8);
	rig_start(&slot);
	kill(slot->pid, SIGKILL);
	rig_reap(1);
	ck_assert_int_eq(control_receive(rig_control, &msg), -1);
	atomic_store(&rig_other()->waiting, 1);
	rig_start(&slot);
	kill(slot->pid, SIGKILL);
	rig_reap(1);
	ck_assert_int_eq(control_receive(rig_control, &msg), 1);
	ck_assert_uint_eq(msg.type, CONTROL_FREED);
}
END_TEST

START_TEST(reaps_all_at_once)
{
	pid_t pid[50];
	int i;

	rig_make(NULL, 64);
	for (i = 0; i < 50; i++) {
		rig_start(&slot);
		pid[i] = slot->pid;
	}
	for (i = 0; i < 50; i++)
		kill(pid[i], SIGKILL);
	for (i = 0; i < 50; i++)
		rig_wait_dead(pid[i]);
	ends_sweep(rig, clock_ms());
	ck_assert_uint_eq(rig->children.nrunning, 0);
	ck_assert_uint_eq(atomic_load(&rig->section->n.ended), 50);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

/* Without a list of children they are found one by one, not for ever at once. */
START_TEST(reaps_all_without_a_list_too)
{
	pid_t pid[50];
	int i, turns = 0;

	rig_make(NULL, 64);
	rig->left.list.fd = -1;
	for (i = 0; i < 50; i++)
		if ((pid[i] = fork()) == 0)
			_exit(3);
	for (i = 0; i < 50; i++)
		rig_wait_dead(pid[i]);
	do {
		ends_sweep(rig, clock_ms());
		ck_assert_int_lt(turns++, 50);
	} while (ends_due(rig) != 0);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

/* Not a session: what a program has left behind, or anything else. */
START_TEST(reaps_strangers_without_counting_them)
{
	pid_t pid;

	rig_make(NULL, 8);
	if ((pid = fork()) == 0)
		_exit(3);
	rig_wait_dead(pid);
	ends_sweep(rig, clock_ms());
	ck_assert_int_eq(waitpid(pid, NULL, WNOHANG | __WALL), -1);
	ck_assert_uint_eq(atomic_load(&rig->section->n.ended), 0);
}
END_TEST

/* A signal of another process's may tell of 0, or of any number. */
static void
send_false(int sig, pid_t pid)
{
	siginfo_t si = { .si_signo = sig, .si_code = SI_QUEUE };

	si.si_pid = pid;
	ck_assert_int_eq(syscall(SYS_rt_sigqueueinfo, getpid(), sig, &si), 0);
}

START_TEST(loses_no_session_to_a_false_signal)
{
	const struct {
		int sig;
		pid_t pid;
	} sent[] = { { SYS_END_SIGNAL, 0 }, { SIGCHLD, 0 }, { SIGCHLD, -1 },
		{ SIGCHLD, -getpgrp() } };
	unsigned int i;

	rig_make(NULL, 8);
	ck_assert_int_eq(loop_signals(rig), 0);
	for (i = 0; i < 4; i++) {
		rig_start(&slot);
		send_false(sent[i].sig, sent[i].pid);
		kill(slot->pid, SIGKILL);
		rig_wait_dead(slot->pid);
		ends_read(rig, clock_ms());
		ck_assert_int_eq(atomic_load(&slot->state), SLOT_ENDED);
		ck_assert_uint_eq(rig->children.nrunning, 0);
		event_flush(rig);
		rig_log_empty();
	}
}
END_TEST

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
	tcase_add_test(tc, reports_how_a_session_has_ended);
	tcase_add_test(tc, reports_the_signal_that_ended_it);
	tcase_add_test(tc, believes_only_what_a_session_knows_of_its_end);
	tcase_add_test(tc, reports_the_pid_that_it_has_reaped);
	tcase_add_test(tc, lingers_when_a_program_has_ended);
	tcase_add_test(tc, gives_back_what_was_counted);
	tcase_add_test(tc, tells_main_when_another_acceptor_waits);
	tcase_add_test(tc, reaps_all_at_once);
	tcase_add_test(tc, reaps_all_without_a_list_too);
	tcase_add_test(tc, reaps_strangers_without_counting_them);
	tcase_add_test(tc, loses_no_session_to_a_false_signal);
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
	return rig_main("reap", add);
}
