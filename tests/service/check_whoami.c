/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/utsname.h>

#include <arpa/inet.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "runner.h"
#include "service/harness.h"

static char got[4096];

static void
ask(struct harness *h)
{
	size_t n;

	harness_start(h, BUILTIN_whoami);
	n = harness_read_all(h, got, sizeof(got) - 1);
	got[n] = '\0';
	close(h->fd);
	harness_end(h);
	ck_assert_uint_eq(h->slot->out, n);
}

START_TEST(tells_a_tcp_peer_who_it_is)
{
	struct harness h;
	struct utsname u;
	struct sockaddr_in6 me = { 0 }, it = { 0 };
	socklen_t len = sizeof(me);
	const char *host = _i == KIND_TCP4 ? "127.0.0.1" : "[::1]";
	char want[1024];

	uname(&u);
	harness_open(&h, _i);
	ck_assert_int_eq(getsockname(h.fd, (struct sockaddr *)&me, &len), 0);
	len = sizeof(it);
	ck_assert_int_eq(getpeername(h.fd, (struct sockaddr *)&it, &len), 0);
	h.slot->id = UINT64_MAX;
	ask(&h);
	snprintf(want, sizeof(want),
	    "service: under-test\nhost: %s\nprotocol: tcp\n"
	    "peer: %s:%u\nlocal: %s:%u\nid: 18446744073709551615\n",
	    u.nodename, host, ntohs(me.sin6_port), host, ntohs(it.sin6_port));
	ck_assert_str_eq(got, want);
}
END_TEST

START_TEST(tells_a_unix_peer_its_credentials)
{
	struct harness h;
	struct utsname u;
	char want[1024];

	uname(&u);
	harness_open(&h, KIND_UNIX);
	strcpy(h.settings->listener[0].path, "/run/who are you");
	h.slot->peer.cred.uid = 4294967294;
	h.slot->peer.cred.gid = 0;
	h.slot->peer.cred.pid = 4242;
	ask(&h);
	snprintf(want, sizeof(want),
	    "service: under-test\nhost: %s\nprotocol: unix\n"
	    "peer: uid:4294967294,gid:0,pid:4242\n"
	    "local: unix:/run/who are you\nid: 0\n"
	    "uid: 4294967294\ngid: 0\npid: 4242\n",
	    u.nodename);
	ck_assert_str_eq(got, want);
}
END_TEST

START_TEST(shows_an_abstract_path_and_the_longest_one_whole)
{
	struct harness h;
	char want[ADDR_PATH_MAX + 16] = "\nlocal: unix:@";

	harness_open(&h, KIND_UNIX);
	memset(h.settings->listener[0].path, 'x', ADDR_PATH_MAX);
	h.settings->listener[0].path[0] = '@';
	memset(want + strlen(want), 'x', ADDR_PATH_MAX - 1);
	strcat(want, "\n");
	ask(&h);
	ck_assert_ptr_nonnull(strstr(got, want));
}
END_TEST

START_TEST(survives_a_listener_that_does_not_exist)
{
	struct harness h;

	harness_open(&h, KIND_UNIX);
	h.slot->listener = UINT16_MAX;
	ask(&h);
	ck_assert_ptr_nonnull(strstr(got, "\nlocal: unix:\n"));
}
END_TEST

START_TEST(is_heard_by_a_client_that_speaks_first)
{
	struct harness h;

	harness_open(&h, _i);
	harness_send(&h, "GET / HTTP/1.0\r\n\r\n", 18);
	ask(&h);
	ck_assert_mem_eq(got, "service: under-test\n", 20);
	ck_assert_int_lt(harness_ms(), 3000);
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_loop_test(t, tells_a_tcp_peer_who_it_is, KIND_TCP4,
	    KIND_UNIX);
	tcase_add_test(t, tells_a_unix_peer_its_credentials);
	tcase_add_test(t, shows_an_abstract_path_and_the_longest_one_whole);
	tcase_add_test(t, survives_a_listener_that_does_not_exist);
	tcase_add_loop_test(t, is_heard_by_a_client_that_speaks_first, 0,
	    KIND_COUNT);
}

int
main(void)
{
	return runner_main("whoami", add);
}
