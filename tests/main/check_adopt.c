/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <bsd/stdlib.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/control.h"
#include "base/record.h"
#include "base/source.h"
#include "main/adopt.h"
#include "runner.h"

static uint32_t nslots; /* of the dead acceptor */
static struct adopted_list list;
static struct served *served;
static struct service_conf conf = { .prefix_v4 = 24, .prefix_v6 = 64 };
static pid_t own_pid;

static bool
is_own(pid_t pid)
{
	return pid == own_pid;
}

static void
setup(void)
{
	signal(SIGTERM, SIG_DFL);
	TAILQ_INIT(&list);
	ck_assert_ptr_nonnull(served = served_new("test"));
	served->now.conf = &conf;
	ck_assert_int_eq(board_take(served->board), 0);
	ck_assert_int_eq(board_take(served->board), 1);
	nslots = 100;
}

/* Nothing that a failed test leaves behind holds up the others. */
static void
die_with_the_test(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* A child that waits for a signal. */
static pid_t
child(void)
{
	pid_t pid = fork();

	ck_assert_int_ne(pid, -1);
	if (pid == 0)
		die_with_the_test();
	while (pid == 0)
		pause();
	return pid;
}

static struct board_slot *
slot_of(unsigned int i, pid_t pid, const char *ip)
{
	struct board_slot *slot = board_slot(served->board, 0, i);

	*slot = (struct board_slot) { .id = 100 + i, .pid = pid };
	ck_assert_int_eq(addr_from_ip(ip, &slot->peer), 0);
	atomic_store(&slot->state, SLOT_TAKEN);
	return slot;
}

static void
adopt(void)
{
	adopt_section(&list,
	    &(struct acceptor) { .served = served, .nslots = nslots }, is_own);
}

/* As main reaps. */
static int
reap(pid_t pid)
{
	struct rusage ru;
	siginfo_t si;
	int status;

	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT), 0);
	adopt_peek(&list, pid);
	ck_assert_int_eq(wait4(pid, &status, 0, &ru), pid);
	adopt_exit(&list, pid, status, &ru);
	return status;
}

/* The next end in the log; 0 when there is none. */
static uint64_t
next_end(struct board_slot *slot)
{
	char buf[256];
	struct board_slot any;
	size_t size = record_end(&(struct board_slot) { .id = 1 }, buf,
	    sizeof(buf));

	if (slot == NULL)
		slot = &any;
	if (read(served->log[0], buf, size) != (ssize_t)size)
		return 0;
	ck_assert_int_eq(record_slot(buf, size, slot), 0);
	return slot->id;
}

static bool
is_alive(pid_t pid)
{
	siginfo_t si = { .si_pid = 0 };

	return waitid(P_PID, (id_t)pid, &si, WEXITED | WNOHANG | WNOWAIT) ==
	    0 &&
	    si.si_pid == 0;
}

static uint32_t
count_of(const char *ip)
{
	struct addr a;

	ck_assert_int_eq(addr_from_ip(ip, &a), 0);
	return source_count(served->board, &a);
}

START_TEST(releases_a_section_without_sessions)
{
	atomic_store(&board_section(served->board, 0)->nsessions, 5);
	board_section(served->board, 0)->n.accepted = 7;
	adopt();
	ck_assert(TAILQ_EMPTY(&list));
	ck_assert_uint_eq(board_sessions(served->board), 0);
	ck_assert_int_eq(board_take(served->board), 0);
}
END_TEST

START_TEST(takes_over_what_lives)
{
	pid_t a = child(), b = child();
	struct board_slot got;

	slot_of(0, a, "192.0.2.1");
	slot_of(9, b, "192.0.2.2");
	atomic_store(&board_section(served->board, 0)->nsessions, 77);
	adopt();
	ck_assert_uint_eq(adopt_count(&list), 2);
	ck_assert_uint_eq(board_sessions(served->board), 2);
	ck_assert_uint_eq(count_of("192.0.2.0"), 2);
	kill(b, SIGKILL);
	reap(b);
	ck_assert_uint_eq(adopt_count(&list), 1);
	ck_assert_uint_eq(board_sessions(served->board), 1);
	ck_assert_uint_eq(count_of("192.0.2.0"), 1);
	ck_assert_uint_eq(next_end(&got), 109);
	ck_assert_int_eq(got.pid, b);
	ck_assert_int_eq(WTERMSIG(got.status), SIGKILL);
	kill(a, SIGTERM);
	reap(a);
	ck_assert_uint_eq(next_end(NULL), 100);
	ck_assert(TAILQ_EMPTY(&list));
	ck_assert_int_eq(board_take(served->board), 0);
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
	ck_assert(TAILQ_EMPTY(&list));
}
END_TEST

START_TEST(takes_nobody_who_is_not_its_child)
{
	static const pid_t foreign[] = { 0, 1, -1, INT32_MIN, INT32_MAX,
		4194304, 4194303, 2 };
	unsigned int i;

	own_pid = child();
	for (i = 0; i < 8; i++)
		slot_of(i, foreign[i], "192.0.2.1")->until_ms = 1;
	slot_of(8, getpid(), "192.0.2.1")->until_ms = 1;
	slot_of(9, getppid(), "192.0.2.1")->until_ms = 1;
	slot_of(10, own_pid, "192.0.2.1")->until_ms = 1;
	adopt();
	ck_assert_uint_eq(adopt_count(&list), 0);
	ck_assert_int_eq(adopt_expire(&list, clock_ms()), 0);
	ck_assert(is_alive(own_pid));
	kill(own_pid, SIGKILL);
}
END_TEST

/* Many slots that name one process: it is one session, and once it was reaped
 * nobody signals its number again. */
START_TEST(takes_a_pid_once)
{
	pid_t a = child();
	unsigned int i;

	for (i = 0; i < 50; i++)
		slot_of(i, a, "192.0.2.1")->until_ms = 1;
	adopt();
	ck_assert_uint_eq(adopt_count(&list), 1);
	ck_assert_uint_eq(TAILQ_FIRST(&list)->n, 1);
	kill(a, SIGKILL);
	reap(a);
	ck_assert(TAILQ_EMPTY(&list));
}
END_TEST

START_TEST(takes_no_pid_that_another_service_has)
{
	struct served *other = served_new("other");
	struct board_slot *slot;
	pid_t a = child();

	slot_of(0, a, "192.0.2.1");
	adopt();
	other->now.conf = &conf;
	ck_assert_int_eq(board_take(other->board), 0);
	slot = board_slot(other->board, 0, 0);
	slot->pid = a;
	slot->until_ms = 1;
	atomic_store(&slot->state, SLOT_TAKEN);
	adopt_section(&list,
	    &(struct acceptor) { .served = other, .nslots = 1 }, is_own);
	ck_assert_uint_eq(adopt_count(&list), 1);
	adopt_expire(&list, clock_ms());
	ck_assert(is_alive(a));
	kill(a, SIGKILL);
	reap(a);
	ck_assert_uint_eq(next_end(NULL), 100);
	served_free(other);
}
END_TEST

START_TEST(ends_who_is_over_its_time)
{
	pid_t a = child(), b = child(), c = child();
	int64_t now = clock_ms(), due;
	struct board_slot got;

	slot_of(0, a, "192.0.2.1")->until_ms = now - 1;
	slot_of(1, b, "192.0.2.1")->until_ms = now + 50000;
	slot_of(2, c, "192.0.2.1")->until_ms = 0;
	adopt();
	kill(a, SIGSTOP);
	ck_assert_int_eq(waitpid(a, NULL, WUNTRACED), a);
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
	ck_assert(TAILQ_EMPTY(&list));
}
END_TEST

/* Its copy is private: what stands on the board later counts for nothing. */
START_TEST(goes_by_what_it_found)
{
	pid_t a = child(), bystander = child();
	struct board_slot *slot, got;

	slot = slot_of(0, a, "192.0.2.1");
	slot->until_ms = 1000;
	adopt();
	arc4random_buf(slot, sizeof(*slot));
	slot->pid = bystander;
	slot->reason = 77;
	adopt_expire(&list, 1000);
	ck_assert_int_eq(WTERMSIG(reap(a)), SIGTERM);
	ck_assert(is_alive(bystander));
	ck_assert_uint_ne(next_end(&got), 0);
	ck_assert_int_eq(got.pid, a);
	ck_assert_int_eq(got.reason, END_MAX);
	ck_assert_uint_eq(count_of("192.0.2.0"), 0);
	ck_assert(TAILQ_EMPTY(&list));
	kill(bystander, SIGKILL);
}
END_TEST

START_TEST(takes_its_source_away_whatever_the_slot_says)
{
	pid_t a = child(), b = child();
	struct board_slot *slot = slot_of(0, a, "192.0.2.1");

	slot_of(1, b, "198.51.100.1");
	adopt();
	ck_assert_int_eq(addr_from_ip("198.51.100.1", &slot->peer), 0);
	kill(a, SIGKILL);
	reap(a);
	ck_assert_uint_eq(count_of("192.0.2.0"), 0);
	ck_assert_uint_eq(count_of("198.51.100.0"), 1);
	kill(b, SIGKILL);
}
END_TEST

static void
counted(uint64_t started, uint64_t ended)
{
	struct board_counters *n = &board_section(served->board, 0)->n;

	atomic_store(&n->started, started);
	atomic_store(&n->ended, ended);
}

static void
totals_are(uint64_t started, uint64_t ended)
{
	struct board_totals t;

	board_sum(served->board, &t);
	ck_assert_uint_eq(t.started, started);
	ck_assert_uint_eq(t.ended, ended);
}

/* It was killed between the fork and the counting of it. */
START_TEST(counts_a_start_that_was_not_counted)
{
	pid_t a = child();

	counted(7, 7);
	slot_of(0, a, "192.0.2.1");
	adopt();
	totals_are(8, 7);
	kill(a, SIGKILL);
	reap(a);
	totals_are(8, 8);
}
END_TEST

/* It was killed between the wait and the counting of it. */
START_TEST(counts_an_end_that_was_not_counted)
{
	pid_t a = child();

	counted(9, 7);
	slot_of(0, a, "192.0.2.1");
	slot_of(1, 4194303, "192.0.2.1");
	adopt();
	totals_are(9, 8);
	kill(a, SIGKILL);
	reap(a);
	totals_are(9, 9);
	ck_assert_uint_eq(next_end(NULL), 100);
	ck_assert_uint_eq(next_end(NULL), 0);
}
END_TEST

START_TEST(believes_a_count_that_is_right)
{
	pid_t a = child();

	counted(9, 8);
	slot_of(0, a, "192.0.2.1");
	slot_of(1, 999, "192.0.2.1")->state = SLOT_ENDED;
	adopt();
	totals_are(9, 8);
	kill(a, SIGKILL);
	reap(a);
	totals_are(9, 9);
}
END_TEST

/* An acceptor of a service that a reload brings, before it is in force. */
START_TEST(needs_no_configuration)
{
	pid_t a = child();

	served->now.conf = NULL;
	slot_of(0, a, "192.0.2.1");
	adopt();
	ck_assert_uint_eq(adopt_count(&list), 1);
	kill(a, SIGKILL);
	reap(a);
	ck_assert_uint_eq(next_end(NULL), 100);
}
END_TEST

START_TEST(wakes_the_acceptors_that_wait)
{
	struct acceptor waits = { .section = 1 };
	struct control msg;
	pid_t a = child();
	int sv[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
	waits.control = sv[0];
	TAILQ_INSERT_TAIL(&served->acceptors, &waits, entry);
	slot_of(0, a, "192.0.2.1");
	adopt();
	atomic_store(&board_section(served->board, 1)->waiting, 1);
	kill(a, SIGKILL);
	reap(a);
	ck_assert_int_eq(control_receive(sv[1], &msg), 1);
	ck_assert_uint_eq(msg.type, CONTROL_WAKE);
}
END_TEST

/* Rule 7 in main: the leader is dead, not reaped; the rest is killed. */
START_TEST(kills_the_rest_of_a_group_whose_leader_is_dead)
{
	int fds[2], status = 0;
	pid_t leader;
	char c;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	ck_assert_int_eq(pipe(fds), 0);
	if ((leader = fork()) == 0) {
		setpgid(0, 0);
		die_with_the_test();
		dup2(fds[1], 1); /* not the report's */
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
	slot_of(0, leader, "192.0.2.1")->program = 1;
	board_slot(served->board, 0, 0)->until_ms = 1;
	adopt();
	adopt_expire(&list, 1);
	status = reap(leader);
	ck_assert_int_eq(WTERMSIG(status), SIGTERM);
	ck_assert_int_eq(read(fds[0], &c, 1), 0);
	/* What is left behind is nobody's session. */
	ck_assert_int_gt(waitpid(-1, &status, 0), 0);
	ck_assert(!adopt_peek(&list, leader));
	adopt_exit(&list, leader, 0, &(struct rusage) { .ru_maxrss = 0 });
}
END_TEST

START_TEST(bears_a_section_of_random_bytes)
{
	pid_t a = child();
	char junk[4096];
	int i;

	for (i = 0; i < 5; i++) {
		arc4random_buf(board_section(served->board, 0),
		    (size_t)((char *)board_slot(served->board, 1, 0) -
			(char *)board_section(served->board, 0)) -
			4096);
		if (i > 0)
			nslots = BOARD_SLOTS;
		if (i % 2 == 0)
			slot_of(7, a, "192.0.2.1");
		adopt();
		adopt_expire(&list, 0);
		while (read(served->log[0], junk, sizeof(junk)) > 0)
			continue;
		ck_assert_uint_le(adopt_count(&list), 1);
		if (i % 2 == 0) {
			kill(a, SIGKILL);
			reap(a);
			a = child();
		}
		ck_assert(TAILQ_EMPTY(&list));
		ck_assert_int_eq(board_take(served->board), 0);
	}
	ck_assert(is_alive(a));
	kill(a, SIGKILL);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, releases_a_section_without_sessions);
	tcase_add_test(tc, takes_over_what_lives);
	tcase_add_test(tc, writes_the_records_that_were_kept);
	tcase_add_test(tc, takes_nobody_who_is_not_its_child);
	tcase_add_test(tc, takes_a_pid_once);
	tcase_add_test(tc, takes_no_pid_that_another_service_has);
	tcase_add_test(tc, ends_who_is_over_its_time);
	tcase_add_test(tc, goes_by_what_it_found);
	tcase_add_test(tc, takes_its_source_away_whatever_the_slot_says);
	tcase_add_test(tc, counts_a_start_that_was_not_counted);
	tcase_add_test(tc, counts_an_end_that_was_not_counted);
	tcase_add_test(tc, believes_a_count_that_is_right);
	tcase_add_test(tc, needs_no_configuration);
	tcase_add_test(tc, wakes_the_acceptors_that_wait);
	tcase_add_test(tc, kills_the_rest_of_a_group_whose_leader_is_dead);
	tcase_add_test(tc, bears_a_section_of_random_bytes);
}

int
main(void)
{
	return runner_main("adopt", add);
}
