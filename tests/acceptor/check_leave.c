/* SPDX-License-Identifier: ISC */
/* What an acceptor of an old generation leaves to main, and when it may. */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <bsd/stdlib.h>
#include <signal.h>
#include <unistd.h>

#include "acceptor/leave.h"
#include "acceptor/orders.h"
#include "acceptor/rig.h"
#include "base/clock.h"
#include "ipc/control.h"
#include "ipc/source.h"
#include "runner.h"

static struct scoreboard_slot *slot;

/* Also those that were told to end already. */
static void
kill_all(void)
{
	unsigned int i, n = rig->children.nrunning;

	for (i = 0; i < rig->children.n; i++)
		if (rig_child(i)->pid > 0 && rig_child(i)->state != CHILD_ENDED)
			kill(rig_child(i)->pid, SIGKILL);
	rig_reap(n);
}

START_TEST(leaves_sessions_that_run)
{
	rig_make(NULL, 8);
	rig_start(NULL);
	rig_start(NULL);
	ck_assert(leave_possible(rig, clock_ms()));
	rig_stop_all();
}
END_TEST

/* Who ends them has begun already, or will do it for all at one time. */
START_TEST(stays_while_somebody_is_told_to_end)
{
	int64_t now = clock_ms();

	rig_make(NULL, 8);
	rig_start(NULL);
	rig->stop_ms = now + 1;
	ck_assert(!leave_possible(rig, now));
	rig->stop_ms = 0;
	rig->orphan = true;
	ck_assert(!leave_possible(rig, now));
	rig->orphan = false;
	ck_assert(leave_possible(rig, now));
	child_ending(&rig->children, rig_child(0), CHILD_ENDING, now + 5000);
	ck_assert(!leave_possible(rig, now));
	child_ending(&rig->children, rig_child(0), CHILD_KILLED, 0);
	ck_assert(!leave_possible(rig, now));
	ck_assert_int_eq(rig->leave_ms, 0); /* an event will come */
	kill_all();
}
END_TEST

/* The kernel would hang up on it. */
START_TEST(stays_while_a_session_is_stopped)
{
	int64_t now = clock_ms();
	siginfo_t si;

	rig_make(NULL, 8);
	rig_start(NULL);
	rig_start(&slot);
	ck_assert_int_eq(kill(slot->pid, SIGSTOP), 0);
	ck_assert_int_eq(waitid(P_PID, (id_t)slot->pid, &si,
			     WSTOPPED | WNOWAIT | __WALL),
	    0);
	ck_assert(!leave_possible(rig, now));
	ck_assert_int_eq(rig->leave_ms, now + 1000);
	ck_assert_int_eq(kill(slot->pid, SIGCONT), 0);
	ck_assert(!leave_possible(rig, now + 999)); /* it does not look */
	ck_assert(leave_possible(rig, now + 1000));
	rig_stop_all();
}
END_TEST

static void
sleeper(struct settings_builder *b)
{
	rig_program(b, "/bin/sleep", "100", NULL);
	settings_of(b)->stderr_to = STDERR_NULL;
}

static void
with_max_time(struct settings_builder *b)
{
	sleeper(b);
	settings_of(b)->max_ms = 60000;
}

static void
with_linger(struct settings_builder *b)
{
	sleeper(b);
	settings_of(b)->linger = 1;
}

static void
with_end(struct settings_builder *b)
{
	sleeper(b);
	settings_of(b)->leftovers = LEFTOVERS_END;
}

static void
missing(struct settings_builder *b)
{
	rig_program(b, "/nonexistent/program", NULL);
}

static const struct {
	void (*settings)(struct settings_builder *b);
	bool possible;
} programs[] = { { sleeper, true }, { with_max_time, false },
	{ with_linger, false }, { with_end, false }, { missing, false } };

/* What main could not do for them. */
START_TEST(stays_for_what_only_it_can_do_for_programs)
{
	rig_make(programs[_i].settings, 8);
	rig_start(NULL);
	ck_assert_int_eq(leave_possible(rig, clock_ms()),
	    programs[_i].possible);
	kill_all();
}
END_TEST

/* The leader of a group cannot begin a session: it joins another one first. */
#define PERL "/usr/bin/perl"
#define LEAVE_SESSION                                                          \
	"use POSIX;"                                                           \
	"if (($p = fork) == 0) { sleep 100; exit }"                            \
	"setpgid($p, $p); setpgid(0, $p); setsid();"                           \
	"syswrite(STDOUT, \"gone\"); sleep 100"

static void
apart(struct settings_builder *b)
{
	rig_program(b, PERL, "-e", LEAVE_SESSION, NULL);
	settings_of(b)->stderr_to = STDERR_NULL;
}

/* Main would not take it for a session. */
START_TEST(stays_for_a_program_that_has_left_its_session)
{
	int64_t now = clock_ms();
	char text[4];
	int fd;

	rig_make(apart, 8);
	fd = rig_start(&slot);
	ck_assert_int_eq(recv(fd, text, 4, MSG_WAITALL), 4);
	ck_assert(!leave_possible(rig, now));
	ck_assert_int_eq(rig->leave_ms, now + 1000);
	kill_all();
}
END_TEST

START_TEST(writes_what_main_goes_by)
{
	struct scoreboard_slot was;

	rig_make(NULL, 8);
	rig_start(NULL);
	rig_start(&slot);
	was = *slot;
	arc4random_buf(slot, sizeof(*slot));
	leave_slots(rig);
	ck_assert_int_eq(atomic_load(&slot->pid), was.pid);
	ck_assert_int_eq(slot->until_ms, was.until_ms);
	ck_assert(addr_equal(&slot->peer, &was.peer));
	ck_assert_int_eq(atomic_load(&slot->state), SLOT_TAKEN);
	/* Those that are not its own are as they were. */
	ck_assert_int_eq(rig_slot(2)->state, SLOT_FREE);
	rig_stop_all();
}
END_TEST

static uint32_t
count_of(const char *ip)
{
	struct addr a;

	ck_assert_int_eq(addr_from_ip(ip, &a), 0);
	return source_count(rig->board, &a);
}

/* A session whose peer is said to be another. */
static void
come_from(const char *ip)
{
	struct child *ch;
	struct addr a;

	rig_start(NULL);
	ch = TAILQ_LAST(&rig->children.queue[CHILD_RUNNING], child_queue);
	ck_assert_int_eq(addr_from_ip(ip, &ch->peer), 0);
	ch->peer.port = 4711;
	a = ch->peer;
	addr_mask(&a, rig->prefix_v4, rig->prefix_v6);
	source_add(rig->board, &rig->board->own, &a);
}

START_TEST(counts_its_sources_as_the_next_generation_does)
{
	struct control msg;
	int32_t arg = control_prefixes(24, 48);

	rig_make(NULL, 8);
	come_from("192.0.2.1");
	come_from("192.0.2.1");
	come_from("192.0.2.77");
	come_from("2001:db8:0:1::5");
	ck_assert_uint_eq(count_of("192.0.2.1"), 2);
	ck_assert_uint_eq(count_of("192.0.2.0"), 0);
	child_ending(&rig->children, rig_child(2), CHILD_ENDING,
	    clock_ms() + 5000);
	ck_assert_int_eq(control_send(rig_control, CONTROL_DRAIN, arg, NULL),
	    0);
	orders_take(rig, clock_ms());
	ck_assert(rig->draining);
	ck_assert_uint_eq(count_of("192.0.2.1"), 0);
	ck_assert_uint_eq(count_of("192.0.2.0"), 3);
	ck_assert_uint_eq(count_of("2001:db8::"), 1);
	ck_assert_int_eq(control_receive(rig_control, &msg), 1);
	ck_assert_uint_eq(msg.type, CONTROL_CLOSED);
	/* And takes them away as it counts them. */
	kill_all();
	ck_assert_uint_eq(count_of("192.0.2.0"), 0);
	ck_assert_uint_eq(count_of("2001:db8::"), 0);
}
END_TEST

START_TEST(keeps_its_prefixes_where_main_names_none)
{
	static const int32_t none[] = { 0, -1, 1, 24, 0x10021, 0x18100,
		0x20018 };
	unsigned int i;

	rig_make(NULL, 8);
	come_from("192.0.2.1");
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		control_send(rig_control, CONTROL_DRAIN, none[i], NULL);
		orders_take(rig, clock_ms());
		ck_assert_uint_eq(count_of("192.0.2.1"), 1);
	}
	control_send(rig_control, CONTROL_DRAIN, control_prefixes(0, 0), NULL);
	orders_take(rig, clock_ms());
	ck_assert_uint_eq(count_of("0.0.0.0"), 1);
	kill_all();
}
END_TEST

START_TEST(reads_as_far_as_main_says)
{
	rig_make(NULL, 8);
	ck_assert_int_eq(control_send(rig_control, CONTROL_GREW, INT32_MAX,
			     NULL),
	    0);
	atomic_store(&rig->board->head->npages, UINT32_MAX);
	ck_assert(scoreboard_outgrown(rig->board));
	orders_take(rig, clock_ms());
	ck_assert(!scoreboard_outgrown(rig->board));
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = access(PERL, X_OK) == 0 ? NULL : "there is no perl";

	tcase_add_test(tc, leaves_sessions_that_run);
	tcase_add_test(tc, stays_while_somebody_is_told_to_end);
	tcase_add_test(tc, stays_while_a_session_is_stopped);
	tcase_add_loop_test(tc, stays_for_what_only_it_can_do_for_programs, 0,
	    (int)(sizeof(programs) / sizeof(programs[0])));
	runner_add(tc, lack, stays_for_a_program_that_has_left_its_session);
	tcase_add_test(tc, writes_what_main_goes_by);
	tcase_add_test(tc, counts_its_sources_as_the_next_generation_does);
	tcase_add_test(tc, keeps_its_prefixes_where_main_names_none);
	tcase_add_test(tc, reads_as_far_as_main_says);
}

int
main(void)
{
	return rig_main("leave", add);
}
