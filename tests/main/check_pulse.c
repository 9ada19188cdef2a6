/* SPDX-License-Identifier: ISC */
/* Whether acceptors answer; the test sets the time. */
#include "config.h"

#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <signal.h>
#include <unistd.h>

#include "ipc/control.h"
#include "main/pulse.h"
#include "runner.h"

#define START INT64_C(100000)

static struct served served = { .name = "echo" };
static struct worker a;
static int acceptors_end;

static void
set_up(void)
{
	int fd[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			     fd),
	    0);
	a = (struct worker) {
		.served = &served, .control.fd = fd[0], .state = WORKER_READY
	};
	acceptors_end = fd[1];
	ck_assert_int_ne(a.pid = fork(), -1);
	if (a.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
}

/* How many pings have arrived since the last call. */
static int
pings(void)
{
	struct control msg;
	int n = 0;

	while (control_receive(acceptors_end, &msg) == 1)
		n += msg.type == CONTROL_PING;
	return n;
}

/* Waits for its end. */
static bool
is_killed(void)
{
	siginfo_t si = { .si_pid = 0 };

	ck_assert_int_eq(waitid(P_PID, (id_t)a.pid, &si, WEXITED | WNOWAIT), 0);
	return si.si_status == SIGKILL;
}

static bool
lives(void)
{
	siginfo_t si = { .si_pid = 0 };

	ck_assert_int_eq(waitid(P_PID, (id_t)a.pid, &si,
			     WEXITED | WNOWAIT | WNOHANG),
	    0);
	return si.si_pid == 0;
}

START_TEST(pings_all_at_one_time)
{
	ck_assert_int_eq(pulse_step(&a, START + 1234), START + PULSE_MS);
	ck_assert_int_eq(pings(), 0);
	ck_assert_int_eq(pulse_step(&a, START + PULSE_MS - 1),
	    START + PULSE_MS);
	ck_assert_int_eq(pings(), 0);
	pulse_step(&a, START + PULSE_MS);
	ck_assert_int_eq(pings(), 1);
	pulse_answer(&a, START + PULSE_MS + 3);
	ck_assert_int_eq(pulse_step(&a, START + PULSE_MS + 4),
	    START + 2 * PULSE_MS);
	ck_assert_int_eq(pings(), 0);
}
END_TEST

START_TEST(kills_one_that_leaves_two_pings_unanswered)
{
	int64_t now = START;

	pulse_soon(&a, now);
	ck_assert_int_eq(now = pulse_step(&a, now), START + PULSE_MS);
	ck_assert_int_eq(pings(), 1);
	ck_assert_int_eq(now = pulse_step(&a, now),
	    START + PULSE_MS + PULSE_WAIT_MS);
	ck_assert_int_eq(pings(), 1);
	ck_assert(lives());
	pulse_step(&a, now);
	ck_assert(is_killed());
}
END_TEST

START_TEST(forgives_an_answer_that_comes_late)
{
	int64_t now = START;
	int i;

	for (i = 0; i < 10; i++) {
		pulse_soon(&a, now);
		now = pulse_step(&a, now);
		now = pulse_step(&a, now);
		pulse_answer(&a, now);
	}
	ck_assert(lives());
}
END_TEST

/* A frozen unit, or a paused machine. */
START_TEST(kills_none_when_main_was_away)
{
	int64_t now = START, due;
	int i;

	pulse_soon(&a, now);
	now = pulse_step(&a, now);
	for (i = 0; i < 10; i++) {
		now += 3600000;
		due = pulse_step(&a, now);
		ck_assert_int_eq(due, now + PULSE_WAIT_MS);
		ck_assert(lives());
		now = due;
	}
	/* Nor for a ping sent before. */
	ck_assert_int_eq(pulse_step(&a, now), now + PULSE_WAIT_MS);
	ck_assert(lives());
}
END_TEST

START_TEST(kills_none_before_it_has_read_its_messages)
{
	int64_t now = START;

	pulse_soon(&a, now);
	now = pulse_step(&a, now);
	now = pulse_step(&a, now);
	ck_assert_int_eq(control_send(acceptors_end, CONTROL_PONG, 0, NULL), 0);
	ck_assert_int_eq(pulse_step(&a, now), now + PULSE_WAIT_MS);
	ck_assert(lives());
}
END_TEST

START_TEST(kills_none_that_is_traced)
{
	int64_t now = START;

	if (ptrace(PTRACE_SEIZE, a.pid, NULL, NULL) == -1)
		return; /* not permitted here */
	pulse_soon(&a, now);
	now = pulse_step(&a, now);
	now = pulse_step(&a, now);
	pulse_step(&a, now);
	ck_assert(lives());
}
END_TEST

START_TEST(pings_only_those_that_can_answer)
{
	a.state = WORKER_STARTING;
	ck_assert_int_eq(pulse_step(&a, START), 0);
	a.state = WORKER_DRAINING;
	ck_assert_int_ne(pulse_step(&a, START), 0);
	a.control.fd = -1;
	ck_assert_int_eq(pulse_step(&a, START), 0);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, pings_all_at_one_time);
	tcase_add_test(tc, kills_one_that_leaves_two_pings_unanswered);
	tcase_add_test(tc, forgives_an_answer_that_comes_late);
	tcase_add_test(tc, kills_none_when_main_was_away);
	tcase_add_test(tc, kills_none_before_it_has_read_its_messages);
	tcase_add_test(tc, kills_none_that_is_traced);
	tcase_add_test(tc, pings_only_those_that_can_answer);
}

int
main(void)
{
	return runner_main("pulse", add);
}
