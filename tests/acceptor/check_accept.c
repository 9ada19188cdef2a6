/* SPDX-License-Identifier: ISC */
/*
 * Which connections are accepted, and which stay in the backlog.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <errno.h>
#include <unistd.h>

#include "acceptor/accept.h"
#include "acceptor/limits.h"
#include "acceptor/rig.h"
#include "base/clock.h"
#include "ipc/control.h"
#include "inject.h"
#include "runner.h"

static struct rig_record r;
static char text[64];

START_TEST(serves_all_that_have_come)
{
	int fd[3], i;

	rig_make(NULL, 8);
	rig_clients(fd, 3);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig_accepted(), 3);
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
	rig_clients(fd, 6);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig_accepted(), 4);
	ck_assert(rig->full);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig_accepted(), 4);
	rig_kill_one();
	ck_assert(!rig->full);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig_accepted(), 5);
	ck_assert(rig->full);
	ck_assert_uint_eq(rig_refused(REFUSED_INSTANCES), 0);
	ck_assert(!rig_record(&r));
}
END_TEST

static void
many(struct settings_builder *b)
{
	settings_of(b)->instances = 100;
}

START_TEST(leaves_more_than_its_share_for_the_next_round)
{
	int fd[70];

	rig_make(many, 128);
	rig_clients(fd, 70);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig_accepted(), 64);
	ck_assert_int_eq(rig->listener[0].paused, 0);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig_accepted(), 70);
	rig_stop_all();
}
END_TEST

static void
paced(struct settings_builder *b)
{
	settings_of(b)->cps = (struct rate) { 1, 3 };
}

START_TEST(leaves_clients_in_the_queue_until_there_is_a_token)
{
	int fd[4];

	rig_make(paced, 8);
	rig_clients(fd, 4);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig_accepted(), 3);
	ck_assert_int_gt(rig->rate_until, clock_ms());
	ck_assert_uint_eq(rig->section->nsessions, 3);
	rig_stop_all();
}
END_TEST

/* The look into the empty queue cost none, nor did a full service. */
START_TEST(gives_a_token_back_that_it_did_not_need)
{
	int fd[2];

	rig_make(paced, 8);
	rig_clients(fd, 2);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig_accepted(), 2);
	atomic_fetch_add(&rig->section->nsessions, 100);
	accept_some(rig, 0);
	ck_assert(rig->full);
	ck_assert_int_eq(limits_start(rig->board, rig->settings, clock_us()),
	    0);
	ck_assert_int_gt(limits_start(rig->board, rig->settings, clock_us()),
	    0);
	atomic_fetch_sub(&rig->section->nsessions, 100);
	rig_stop_all();
}
END_TEST

/* What was only reserved for a look into the queue was in another's way. */
START_TEST(wakes_who_waited_for_a_place_that_it_did_not_need)
{
	struct control msg;

	rig_make(NULL, 8);
	atomic_store(&rig_other()->waiting, 1);
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
	ck_assert_int_eq(dup2(lfd, SETTINGS_FD_LISTENER), SETTINGS_FD_LISTENER);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&sun, len), 0);
	accept_some(rig, 0);
	ck_assert_int_eq(rig_slot(0)->peer.family, AF_UNIX);
	ck_assert_uint_eq(rig_slot(0)->peer.cred.uid, getuid());
	ck_assert_uint_eq(rig_slot(0)->peer.cred.gid, getgid());
	ck_assert_int_eq(rig_slot(0)->peer.cred.pid, getpid());
	ck_assert_uint_eq(rig_child(0)->peer.cred.uid, getuid());
	rig_stop_all();
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
	ck_assert_int_eq(dup2(lfd, SETTINGS_FD_LISTENER), SETTINGS_FD_LISTENER);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&sun, len), 0);
	ck_assert_int_eq(inject(SYS_getsockopt, INJECT_ANY, ENOBUFS), 0);
	accept_some(rig, 0);
	ck_assert_uint_eq(rig_accepted(), 1);
	ck_assert_int_eq(rig_slot(0)->peer.family, AF_UNIX);
	rig_stop_all();
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	tcase_add_test(tc, serves_all_that_have_come);
	tcase_add_test(tc, leaves_clients_in_the_queue_while_it_is_full);
	tcase_add_test(tc, leaves_clients_in_the_queue_until_there_is_a_token);
	tcase_add_test(tc, gives_a_token_back_that_it_did_not_need);
	tcase_add_test(tc, leaves_more_than_its_share_for_the_next_round);
	tcase_add_test(tc, wakes_who_waited_for_a_place_that_it_did_not_need);
	tcase_add_test(tc, knows_who_a_unix_peer_is);
	runner_add(tc, lack, serves_a_unix_peer_that_cannot_be_told);
}

int
main(void)
{
	return rig_main("accept", add);
}
