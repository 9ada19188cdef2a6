/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/accept.h"
#include "acceptor/reap.h"
#include "acceptor/rig.h"
#include "runner.h"
#include "base/clock.h"
#include "base/control.h"
#include "base/source.h"
#include "base/sys.h"
#include "inject.h"

/* What session_fork calls; a leak checker has a clone of its own. */
#define SESSION_CLONE (SYS_END_SIGNAL | CLONE_PARENT_SETTID)

static struct rig_record r;
static char text[64];

static uint64_t
accepted(void)
{
	return atomic_load(&rig->section->n.accepted);
}

static uint64_t
refused(enum refusal why)
{
	return atomic_load(&rig->section->n.refused[why]);
}

/* n clients in the kernel's queue. */
static void
clients(int *fd, int n)
{
	int i;

	for (i = 0; i < n; i++)
		fd[i] = rig_connect(NULL);
}

static void
kill_one(void)
{
	const struct child *ch = TAILQ_FIRST(&rig->children.running);

	ck_assert_ptr_nonnull(ch);
	kill(ch->pid, SIGKILL);
	rig_reap(1);
}

/* The test is over: no session outlives it. */
static void
reap_stop_all(void)
{
	unsigned int n = rig->children.nrunning;

	reap_stop(rig, clock_ms());
	rig_reap(n);
}

START_TEST(serves_all_that_have_come)
{
	int fd[3], i;

	rig_make(NULL, 8);
	clients(fd, 3);
	accept_some(rig, 0);
	ck_assert_uint_eq(accepted(), 3);
	ck_assert_uint_eq(rig->section->nsessions, 3);
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(send(fd[i], "hello", 5, 0), 5);
		shutdown(fd[i], SHUT_WR);
		ck_assert(rig_read_all(fd[i], text, sizeof(text)));
		ck_assert_str_eq(text, "hello");
	}
	rig_reap(3);
	ck_assert_uint_eq(rig->section->nsessions, 0);
}
END_TEST

START_TEST(leaves_clients_in_the_queue_while_it_is_full)
{
	int fd[6];

	rig_make(NULL, 8);
	clients(fd, 6);
	accept_some(rig, 0);
	ck_assert_uint_eq(accepted(), 4);
	ck_assert(rig->full);
	accept_some(rig, 0);
	ck_assert_uint_eq(accepted(), 4);
	kill_one();
	ck_assert(!rig->full);
	accept_some(rig, 0);
	ck_assert_uint_eq(accepted(), 5);
	ck_assert(rig->full);
	ck_assert_uint_eq(refused(REFUSED_INSTANCES), 0);
	ck_assert(!rig_record(&r));
}
END_TEST

static void
many(struct spec_builder *b)
{
	spec_of(b)->instances = 100;
}

START_TEST(leaves_more_than_its_share_for_the_next_round)
{
	int fd[70];

	rig_make(many, 128);
	clients(fd, 70);
	accept_some(rig, 0);
	ck_assert_uint_eq(accepted(), 64);
	ck_assert_int_eq(rig->door[0].paused, 0);
	accept_some(rig, 0);
	ck_assert_uint_eq(accepted(), 70);
	reap_stop_all();
}
END_TEST

static void
refusing(struct spec_builder *b)
{
	struct spec_ref msg = spec_add_bytes(b, "too many\n", 1, 9);

	spec_of(b)->refuse_message = msg;
	spec_of(b)->when_full = WHEN_FULL_REFUSE;
}

START_TEST(tells_who_is_refused)
{
	int fd[5];

	rig_make(refusing, 8);
	clients(fd, 5);
	accept_some(rig, 0);
	ck_assert_uint_eq(accepted(), 5);
	ck_assert_uint_eq(rig->children.nrunning, 4);
	ck_assert_uint_eq(refused(REFUSED_INSTANCES), 1);
	ck_assert_uint_eq(rig->section->nsessions, 4);
	ck_assert_uint_eq(rig->linger.n, 1);
	ck_assert(rig_read_all(fd[4], text, sizeof(text)));
	ck_assert_str_eq(text, "too many\n");
	ck_assert(rig_record(&r));
	ck_assert_str_eq(r.f.event, "refused");
	ck_assert_str_eq(rig_value(&r, "reason"), "instances");
	reap_stop_all();
}
END_TEST

static void
closed_to_all(struct spec_builder *b)
{
	refusing(b);
	spec_of(b)->access_default = 0;
}

START_TEST(says_nothing_to_who_has_no_access)
{
	int fd;

	rig_make(closed_to_all, 8);
	clients(&fd, 1);
	accept_some(rig, 0);
	ck_assert_uint_eq(refused(REFUSED_ACCESS), 1);
	ck_assert_uint_eq(rig->linger.n, 0);
	ck_assert_uint_eq(rig->section->nsessions, 0);
	ck_assert(rig_read_all(fd, text, sizeof(text)));
	ck_assert_str_eq(text, "");
	ck_assert(rig_record(&r));
	ck_assert_str_eq(rig_value(&r, "reason"), "no_access");
}
END_TEST

static void
queueing_without_access(struct spec_builder *b)
{
	spec_of(b)->access_default = 0;
}

START_TEST(gives_back_the_place_of_who_has_no_access)
{
	int fd[6];

	rig_make(queueing_without_access, 8);
	clients(fd, 6);
	accept_some(rig, 0);
	ck_assert_uint_eq(refused(REFUSED_ACCESS), 6);
	ck_assert_uint_eq(rig->section->nsessions, 0);
	ck_assert(!rig->full);
}
END_TEST

static void
two_of_a_source(struct spec_builder *b)
{
	spec_of(b)->per_source = 2;
}

START_TEST(refuses_too_many_of_a_source)
{
	struct addr source = { .family = AF_INET, .ip = { 127, 0, 0, 1 } };
	int fd[4];

	rig_make(two_of_a_source, 8);
	clients(fd, 4);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig->children.nrunning, 2);
	ck_assert_uint_eq(refused(REFUSED_PER_SOURCE), 2);
	ck_assert_uint_eq(source_count(rig->board, &source), 2);
	ck_assert_uint_eq(rig->section->nsessions, 2);
	kill_one();
	ck_assert_uint_eq(source_count(rig->board, &source), 1);
	clients(fd, 1);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig->children.nrunning, 2);
	reap_stop_all();
}
END_TEST

static void
two_a_second(struct spec_builder *b)
{
	spec_of(b)->cps = (struct spec_rate) { 1, 2 };
}

START_TEST(waits_for_the_rate)
{
	int fd[4];
	int64_t now;

	rig_make(two_a_second, 8);
	clients(fd, 4);
	accept_some(rig, 0);
	now = clock_ms();
	ck_assert_uint_eq(accepted(), 2);
	ck_assert_int_gt(rig->rate_until, now);
	ck_assert_int_le(rig->rate_until, now + 1000);
	ck_assert_uint_eq(rig->section->nsessions, 2);
	ck_assert_uint_eq(refused(REFUSED_RATE), 0);
	reap_stop_all();
}
END_TEST

static void
two_a_second_or_refused(struct spec_builder *b)
{
	two_a_second(b);
	spec_of(b)->when_full = WHEN_FULL_REFUSE;
}

START_TEST(refuses_who_is_over_the_rate)
{
	int fd[4];

	rig_make(two_a_second_or_refused, 8);
	clients(fd, 4);
	accept_some(rig, 0);
	ck_assert_uint_eq(accepted(), 4);
	ck_assert_uint_eq(refused(REFUSED_RATE), 2);
	ck_assert_uint_eq(rig->section->nsessions, 2);
	ck_assert_int_eq(rig->rate_until, 0);
	reap_stop_all();
}
END_TEST

START_TEST(pauses_without_descriptors)
{
	struct rlimit rl;
	int64_t before = clock_ms();
	int fd;

	rig_make(NULL, 8);
	clients(&fd, 1);
	getrlimit(RLIMIT_NOFILE, &rl);
	rl.rlim_cur = (rlim_t)fd + 1;
	setrlimit(RLIMIT_NOFILE, &rl);
	accept_some(rig, 0);
	ck_assert_int_ge(rig->door[0].paused, before + PAUSE_MS);
	ck_assert_uint_eq(accepted(), 0);
	ck_assert_uint_eq(rig->section->nsessions, 0);
	ck_assert(rig_record(&r));
	ck_assert_str_eq(r.f.event, "accept");
	ck_assert_str_eq(rig_value(&r, "limit"), "RLIMIT_NOFILE");
	ck_assert(!rig_record(&r));
	rl.rlim_cur = rl.rlim_max;
	setrlimit(RLIMIT_NOFILE, &rl);
	accept_some(rig, 0);
	ck_assert_uint_eq(accepted(), 1);
	ck_assert_int_eq(rig->door[0].paused, 0);
	reap_stop_all();
}
END_TEST

static const int lacking[] = { ENFILE, ENOBUFS, ENOMEM, EIO };

START_TEST(pauses_for_a_lack_of_anything)
{
	int fd;

	rig_make(NULL, 8);
	clients(&fd, 1);
	ck_assert_int_eq(inject(SYS_accept4, INJECT_ANY, lacking[_i]), 0);
	accept_some(rig, 0);
	ck_assert_int_gt(rig->door[0].paused, 0);
	ck_assert_int_eq(rig->door[0].fd, SPEC_FD_LISTENER);
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
	clients(&fd, 1);
	ck_assert_int_eq(inject(SYS_accept4, INJECT_ANY, dead_peer[_i]), 0);
	accept_some(rig, 0);
	ck_assert_int_eq(rig->door[0].fd, SPEC_FD_LISTENER);
	ck_assert_int_gt(rig->door[0].paused, 0);
	ck_assert_uint_eq(rig->section->nsessions, 0);
	ck_assert(!rig_record(&r));
}
END_TEST

static const int broken[] = { EBADF, EINVAL, ENOTSOCK };

START_TEST(gives_a_broken_listener_up)
{
	rig_make(NULL, 8);
	ck_assert_int_eq(inject(SYS_accept4, INJECT_ANY, broken[_i]), 0);
	accept_some(rig, 0);
	ck_assert_int_eq(rig->door[0].fd, -1);
	ck_assert_uint_eq(rig->section->nsessions, 0);
	ck_assert(rig_record(&r));
	ck_assert_str_eq(r.f.event, "error");
	ck_assert_int_eq(r.f.level, LEVEL_ERROR);
	ck_assert(!rig_record(&r));
}
END_TEST

START_TEST(closes_without_a_reset_when_it_cannot_fork)
{
	int fd[2], i;

	rig_make(NULL, 8);
	clients(fd, 2);
	ck_assert_int_eq(send(fd[0], "unread", 6, 0), 6);
	ck_assert_int_eq(inject(SYS_clone, SESSION_CLONE, EAGAIN), 0);
	accept_some(rig, 0);
	ck_assert_uint_eq(accepted(), 1);
	ck_assert_int_gt(rig->door[0].paused, 0);
	ck_assert_uint_eq(refused(REFUSED_FORK), 1);
	ck_assert_uint_eq(rig->section->nsessions, 0);
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

/* What was only reserved for a look into the queue was in another's way. */
START_TEST(wakes_who_waited_for_a_place_that_it_did_not_need)
{
	struct control msg;

	rig_make(NULL, 8);
	atomic_fetch_or(&board_head(rig->board)->used, 2);
	atomic_store(&board_section(rig->board, 1)->waiting, 1);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig->section->nsessions, 0);
	ck_assert_int_eq(control_receive(rig_control, &msg), 1);
	ck_assert_uint_eq(msg.type, CONTROL_FREED);
}
END_TEST

START_TEST(knows_who_a_unix_peer_is)
{
	struct sockaddr_un sun;
	socklen_t len = addr_to_sockaddr_un("@tined check accept", &sun);
	int lfd, fd;

	rig_make(NULL, 8);
	lfd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	sun.sun_path[len - offsetof(struct sockaddr_un, sun_path) - 1] = (char)
	    getpid(); /* one's own */
	ck_assert_int_eq(bind(lfd, (struct sockaddr *)&sun, len), 0);
	ck_assert_int_eq(listen(lfd, 5), 0);
	ck_assert_int_eq(dup2(lfd, SPEC_FD_LISTENER), SPEC_FD_LISTENER);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&sun, len), 0);
	accept_some(rig, 0);
	ck_assert_int_eq(rig_slot(0)->peer.family, AF_UNIX);
	ck_assert_uint_eq(rig_slot(0)->peer.cred.uid, getuid());
	ck_assert_uint_eq(rig_slot(0)->peer.cred.gid, getgid());
	ck_assert_int_eq(rig_slot(0)->peer.cred.pid, getpid());
	ck_assert_uint_eq(rig_child(0)->source.cred.uid, getuid());
	ck_assert_int_eq(rig_child(0)->source.cred.pid, 0);
	reap_stop_all();
}
END_TEST

START_TEST(serves_a_unix_peer_that_cannot_be_told)
{
	struct sockaddr_un sun;
	socklen_t len = addr_to_sockaddr_un("@tined check accept, too", &sun);
	int lfd, fd;

	rig_make(NULL, 8);
	lfd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	sun.sun_path[len - offsetof(struct sockaddr_un, sun_path) - 1] = (char)
	    getpid(); /* one's own */
	ck_assert_int_eq(bind(lfd, (struct sockaddr *)&sun, len), 0);
	ck_assert_int_eq(listen(lfd, 5), 0);
	ck_assert_int_eq(dup2(lfd, SPEC_FD_LISTENER), SPEC_FD_LISTENER);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&sun, len), 0);
	ck_assert_int_eq(inject(SYS_getsockopt, INJECT_ANY, ENOBUFS), 0);
	accept_some(rig, 0);
	ck_assert_uint_eq(accepted(), 1);
	ck_assert_int_eq(rig_slot(0)->peer.family, AF_UNIX);
	reap_stop_all();
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	tcase_add_test(tc, serves_all_that_have_come);
	tcase_add_test(tc, leaves_clients_in_the_queue_while_it_is_full);
	tcase_add_test(tc, leaves_more_than_its_share_for_the_next_round);
	tcase_add_test(tc, tells_who_is_refused);
	tcase_add_test(tc, says_nothing_to_who_has_no_access);
	tcase_add_test(tc, gives_back_the_place_of_who_has_no_access);
	tcase_add_test(tc, refuses_too_many_of_a_source);
	tcase_add_test(tc, waits_for_the_rate);
	tcase_add_test(tc, refuses_who_is_over_the_rate);
	tcase_add_test(tc, pauses_without_descriptors);
	runner_add_loop(tc, lack, pauses_for_a_lack_of_anything, 0, 4);
	runner_add_loop(tc, lack, makes_nothing_of_the_errors_of_dead_peers, 0,
	    12);
	runner_add_loop(tc, lack, gives_a_broken_listener_up, 0, 3);
	runner_add(tc, lack, closes_without_a_reset_when_it_cannot_fork);
	tcase_add_test(tc, wakes_who_waited_for_a_place_that_it_did_not_need);
	tcase_add_test(tc, knows_who_a_unix_peer_is);
	runner_add(tc, lack, serves_a_unix_peer_that_cannot_be_told);
}

int
main(void)
{
	return rig_main("accept", add);
}
