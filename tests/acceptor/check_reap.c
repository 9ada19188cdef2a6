/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "acceptor/events.h"
#include "acceptor/loop.h"
#include "acceptor/ends.h"
#include "acceptor/reap.h"
#include "acceptor/rig.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/sys.h"
#include "ipc/control.h"
#include "ipc/source.h"

static struct scoreboard_slot *slot;
static struct rig_record r;

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
}

int
main(void)
{
	return rig_main("reap", add);
}
