/* SPDX-License-Identifier: ISC */
/*
 * The errors of accept4 and clone: a pause, nothing at all, or a listener that
 * is given up; no connection is lost that can be kept.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

#include "acceptor/accept.h"
#include "acceptor/rig.h"
#include "base/clock.h"
#include "base/sys.h"
#include "ipc/control.h"
#include "ipc/source.h"
#include "inject.h"
#include "runner.h"

/* What session_fork calls; a leak checker has a clone of its own. */
#define SESSION_CLONE (SYS_END_SIGNAL | CLONE_PARENT_SETTID)

static struct rig_record r;
static char text[64];

START_TEST(pauses_without_descriptors)
{
	struct rlimit rl;
	int64_t before = clock_ms();
	int fd;

	rig_make(NULL, 8);
	rig_clients(&fd, 1);
	getrlimit(RLIMIT_NOFILE, &rl);
	rl.rlim_cur = (rlim_t)fd + 1;
	setrlimit(RLIMIT_NOFILE, &rl);
	accept_some(rig, 0);
	ck_assert_int_ge(rig->listener[0].paused, before + PAUSE_MS);
	ck_assert_uint_eq(rig_accepted(), 0);
	ck_assert_uint_eq(rig->section->nsessions, 0);
	ck_assert(rig_record(&r));
	ck_assert_str_eq(r.f.event, "accept");
	ck_assert_str_eq(rig_value(&r, "limit"), "RLIMIT_NOFILE");
	ck_assert(!rig_record(&r));
	rl.rlim_cur = rl.rlim_max;
	setrlimit(RLIMIT_NOFILE, &rl);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig_accepted(), 1);
	ck_assert_int_eq(rig->listener[0].paused, 0);
	rig_stop_all();
}
END_TEST

static const int lacking[] = { ENFILE, ENOBUFS, ENOMEM, EIO };

START_TEST(pauses_for_a_lack_of_anything)
{
	int fd;

	rig_make(NULL, 8);
	rig_clients(&fd, 1);
	ck_assert_int_eq(inject(SYS_accept4, INJECT_ANY, lacking[_i]), 0);
	accept_some(rig, 0);
	ck_assert_int_gt(rig->listener[0].paused, 0);
	ck_assert_int_eq(rig->listener[0].fd, SETTINGS_FD_LISTENER);
	ck_assert_uint_eq(rig->section->nsessions, 0);
	ck_assert(rig_record(&r));
	ck_assert_str_eq(r.f.event, "accept");
	/* Nobody knows what else there may be too little of. */
	ck_assert_int_eq(rig_value(&r, "limit") == NULL, lacking[_i] == EIO);
}
END_TEST

static const int dead_peer[] = { ECONNABORTED, EPROTO, ENETDOWN, ENONET,
	EHOSTDOWN, EHOSTUNREACH, ENETUNREACH, ENOPROTOOPT, EOPNOTSUPP, EPERM,
	ETIMEDOUT, EINTR };

/* Not said, and should they never end not at full speed either. */
START_TEST(makes_nothing_of_the_errors_of_dead_peers)
{
	int fd;

	rig_make(NULL, 8);
	rig_clients(&fd, 1);
	ck_assert_int_eq(inject(SYS_accept4, INJECT_ANY, dead_peer[_i]), 0);
	accept_some(rig, 0);
	ck_assert_int_eq(rig->listener[0].fd, SETTINGS_FD_LISTENER);
	ck_assert_int_gt(rig->listener[0].paused, 0);
	ck_assert_uint_eq(rig->section->nsessions, 0);
	ck_assert(!rig_record(&r));
}
END_TEST

static const int broken[] = { EBADF, EINVAL, ENOTSOCK };

START_TEST(gives_a_broken_listener_up)
{
	struct control msg;

	rig_make(NULL, 8);
	ck_assert_int_eq(inject(SYS_accept4, INJECT_ANY, broken[_i]), 0);
	accept_some(rig, 0);
	ck_assert_int_eq(rig->listener[0].fd, -1);
	ck_assert_uint_eq(rig->section->nsessions, 0);
	ck_assert(!rig_record(&r));
	ck_assert_int_eq(control_receive(rig_control, &msg), 1);
	ck_assert_uint_eq(msg.type, CONTROL_GIVEN_UP);
	ck_assert_int_eq(msg.arg, 0);
	ck_assert_ptr_nonnull(strstr(msg.text,
	    "listener 0 is given up: 127.0.0.1:"));
	ck_assert_ptr_nonnull(strstr(msg.text, strerror(broken[_i])));
}
END_TEST

/* Nobody else can say so. */
START_TEST(says_itself_what_it_gives_up_without_a_main)
{
	rig_make(NULL, 8);
	close(rig_control);
	ck_assert_int_eq(inject(SYS_accept4, INJECT_ANY, EINVAL), 0);
	accept_some(rig, 0);
	ck_assert(rig_record(&r));
	ck_assert_str_eq(r.f.event, "error");
	ck_assert_int_eq(r.f.level, LEVEL_ERROR);
	ck_assert(!rig_record(&r));
}
END_TEST

START_TEST(closes_without_a_reset_when_it_cannot_fork)
{
	struct addr source;
	int fd[2], i;

	rig_make(NULL, 8);
	rig_clients(fd, 2);
	ck_assert_int_eq(addr_from_ip("127.0.0.1", &source), 0);
	ck_assert_int_eq(send(fd[0], "unread", 6, 0), 6);
	ck_assert_int_eq(inject(SYS_clone, SESSION_CLONE, EAGAIN), 0);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig_accepted(), 1);
	ck_assert_int_gt(rig->listener[0].paused, 0);
	ck_assert_uint_eq(rig_refused(REFUSED_FORK), 1);
	ck_assert_uint_eq(rig->section->nsessions, 0);
	ck_assert_uint_eq(source_count(rig->board, &source), 0);
	ck_assert_uint_eq(rig->children.nrunning, 0);
	ck_assert(rig_read_all(fd[0], text, sizeof(text)));
	ck_assert_str_eq(text, "");
	for (i = 0; i < 2; i++)
		ck_assert(rig_record(&r));
	ck_assert_str_eq(r.f.event, "fork");
	ck_assert_ptr_nonnull(strstr(rig_value(&r, "limit"), "RLIMIT_NPROC"));
	ck_assert_ptr_nonnull(strstr(rig_value(&r, "limit"), "pids.max"));
}
END_TEST

START_TEST(gives_everything_back_without_a_free_slot)
{
	struct scoreboard_slot *slot;
	uint32_t before;
	int fd[1];

	rig_make(NULL, 1);
	rig_start(&slot);
	before = rig->section->nsessions;
	rig_clients(fd, 1);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig_accepted(), 1);
	ck_assert_uint_eq(rig_refused(REFUSED_FORK), 1);
	ck_assert_uint_eq(rig->section->nsessions, before);
	kill(slot->pid, SIGKILL);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	/* It has its own limit, and looks at what the kernel has accepted. */
	runner_add(tc,
	    runner_in_valgrind("valgrind closes what it has no room for"),
	    pauses_without_descriptors);
	runner_add_loop(tc, lack, pauses_for_a_lack_of_anything, 0, 4);
	runner_add_loop(tc, lack, makes_nothing_of_the_errors_of_dead_peers, 0,
	    12);
	runner_add_loop(tc, lack, gives_a_broken_listener_up, 0, 3);
	runner_add(tc, lack, says_itself_what_it_gives_up_without_a_main);
	runner_add(tc, lack, closes_without_a_reset_when_it_cannot_fork);
	tcase_add_test(tc, gives_everything_back_without_a_free_slot);
}

int
main(void)
{
	return rig_main("accept_errors", add);
}
