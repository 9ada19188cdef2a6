/* SPDX-License-Identifier: ISC */
/* Slots that were overwritten: no pid in them is trusted. */
#include "config.h"

#include <signal.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "base/clock.h"
#include "ipc/scoreboard_main.h"
#include "main/adoption.h"
#include "runner.h"

START_TEST(takes_nobody_who_is_not_its_child)
{
	static const pid_t foreign[] = { 0, 1, -1, INT32_MIN, INT32_MAX,
		4194304, 4194303, 2 };
	pid_t own = child_apart(); /* as main's own processes are */
	unsigned int i;

	for (i = 0; i < 8; i++)
		slot_of(i, foreign[i], "192.0.2.1")->until_ms = 1;
	slot_of(8, getpid(), "192.0.2.1")->until_ms = 1;
	slot_of(9, getppid(), "192.0.2.1")->until_ms = 1;
	slot_of(10, own, "192.0.2.1")->until_ms = 1;
	adopt();
	ck_assert_uint_eq(list.n, 0);
	ck_assert_int_eq(adopt_expire(&list, clock_ms()), 0);
	ck_assert(is_alive(own));
	kill(own, SIGKILL);
}
END_TEST

/* A foreign process that is main's child, in a session of its own: what another
 * service has left behind, or another acceptor's session.  The slot says that its
 * time is over and that it leads a group. */
START_TEST(takes_nobody_of_another_session)
{
	struct scoreboard_slot *slot;
	pid_t foreign = child_apart();

	slot = slot_of(0, foreign, "192.0.2.1");
	slot->until_ms = 1;
	slot->program = 1;
	adopt();
	ck_assert_uint_eq(list.n, 0);
	ck_assert_int_eq(adopt_expire(&list, clock_ms()), 0);
	ck_assert(is_alive(foreign));
	/* It is counted as lost. */
	ck_assert_uint_eq(served->ndropped, 1);
	kill(foreign, SIGKILL);
}
END_TEST

/* It is in a group, but does not lead it. */
START_TEST(signals_no_group_that_a_session_does_not_lead)
{
	pid_t leader = child(), member = child();
	struct scoreboard_slot *slot;

	ck_assert_int_eq(setpgid(leader, 0), 0);
	ck_assert_int_eq(setpgid(member, leader), 0);
	slot = slot_of(0, member, "192.0.2.1");
	slot->until_ms = 1;
	slot->program = 1;
	adopt();
	adopt_expire(&list, clock_ms());
	ck_assert_int_eq(WTERMSIG(reap(member)), SIGTERM);
	ck_assert(is_alive(leader));
	kill(leader, SIGKILL);
}
END_TEST

/* Many slots that name one process: it is one session, and its pid is not signalled
 * again once it was reaped. */
START_TEST(takes_a_pid_once)
{
	pid_t a = child();
	unsigned int i;

	for (i = 0; i < 50; i++)
		slot_of(i, a, "192.0.2.1")->until_ms = 1;
	adopt();
	ck_assert_uint_eq(list.n, 1);
	kill(a, SIGKILL);
	reap(a);
	ck_assert(TAILQ_EMPTY(&served->adopted));
}
END_TEST

START_TEST(takes_no_pid_that_another_service_has)
{
	struct worker liar = { .served = served_new("other"),
		.pid = getsid(0) };
	struct served *other = liar.served;
	struct scoreboard_slot *slot;
	pid_t a = child();

	slot_of(0, a, "192.0.2.1");
	adopt();
	other->now.conf = &conf;
	ck_assert_int_eq(scoreboard_take(other->board, 100, &liar.place), 0);
	slot = scoreboard_slot(other->board, &liar.place, 0);
	slot->pid = a;
	slot->until_ms = 1;
	atomic_store(&slot->state, SLOT_TAKEN);
	adopt_section(&list, &liar);
	ck_assert_uint_eq(list.n, 1);
	adopt_expire(&list, clock_ms());
	ck_assert(is_alive(a));
	kill(a, SIGKILL);
	reap(a);
	ck_assert_uint_eq(next_end(NULL), 100);
	served_free(other);
}
END_TEST

/* Its copy is private: later writes to the scoreboard have no effect. */
START_TEST(goes_by_what_it_found)
{
	pid_t a = child(), bystander = child();
	struct scoreboard_slot *slot, got;

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
	ck_assert(TAILQ_EMPTY(&served->adopted));
	kill(bystander, SIGKILL);
}
END_TEST

START_TEST(takes_its_source_away_whatever_the_slot_says)
{
	pid_t a = child(), b = child();
	struct scoreboard_slot *slot = slot_of(0, a, "192.0.2.1");

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

/* All of the file. */
static void
scribble(void)
{
	uint32_t npages = served->board->npages, page;

	for (page = 0; page < npages; page++)
		arc4random_buf((char *)served->board->head +
			(size_t)page * SCOREBOARD_PAGE,
		    SCOREBOARD_PAGE);
}

START_TEST(bears_a_board_of_random_bytes)
{
	pid_t a = child();
	char junk[4096];
	int i;

	for (i = 0; i < 5; i++) {
		scribble();
		if (i % 2 == 0)
			slot_of(7, a, "192.0.2.1");
		adopt();
		adopt_expire(&list, 0);
		while (read(served->log[0], junk, sizeof(junk)) > 0)
			continue;
		ck_assert_uint_le(list.n, 1);
		scribble();
		if (i % 2 == 0) {
			kill(a, SIGKILL);
			reap(a);
			a = child();
		}
		ck_assert(TAILQ_EMPTY(&served->adopted));
		start_again();
		ck_assert_uint_eq(atomic_load(&section()->nsessions), 0);
	}
	ck_assert(is_alive(a));
	kill(a, SIGKILL);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, takes_nobody_who_is_not_its_child);
	tcase_add_test(tc, takes_nobody_of_another_session);
	tcase_add_test(tc, signals_no_group_that_a_session_does_not_lead);
	tcase_add_test(tc, takes_a_pid_once);
	tcase_add_test(tc, takes_no_pid_that_another_service_has);
	tcase_add_test(tc, goes_by_what_it_found);
	tcase_add_test(tc, takes_its_source_away_whatever_the_slot_says);
	tcase_add_test(tc, bears_a_board_of_random_bytes);
}

int
main(void)
{
	return runner_main("adopt_scribbled", add);
}
