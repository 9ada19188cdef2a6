/* SPDX-License-Identifier: ISC */
/*
 * A new address that overlaps what the running configuration alone has.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "inject.h"
#include "listen/beside.h"
#include "listen/tcpsock.h"
#include "runner.h"

static struct listener *
new_one(void)
{
	return TAILQ_FIRST(&beside_next);
}

static void
assert_shares(const struct listener *l, bool yes)
{
	ck_assert_int_eq(tcpsock_option(l->fd, SOL_SOCKET, SO_REUSEPORT, -1),
	    yes);
}

/* A connection that only l has in its backlog. */
static int
connect_through(const char *ip, const struct listener *l)
{
	struct pollfd pfd = { .fd = l->fd, .events = POLLIN };
	unsigned int before = tcpsock_queue(l->fd, NULL);
	int fd = fixture_connect_ip(ip, l->local.port);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(poll(&pfd, 1, 5000), 1);
	ck_assert_uint_eq(tcpsock_queue(l->fd, NULL), before + 1);
	return fd;
}

static const struct {
	const char *wide, *narrow, *ip;
} pairs[] = {
	{ "*", "127.0.0.1", "127.0.0.1" },
	{ "*", "[::1]", "::1" },
	{ "0.0.0.0", "127.0.0.1", "127.0.0.1" },
	{ "*", "0.0.0.0", "127.0.0.1" },
};
#define PAIRS (int)(sizeof(pairs) / sizeof(pairs[0]))

START_TEST(lets_a_narrower_one_follow)
{
	int before, after;

	ck_assert_msg(follow(pairs[_i].wide, pairs[_i].narrow) == 0, "%s",
	    beside_err.text);
	ck_assert(new_one()->waits);
	ck_assert(old->shared);
	ck_assert_ptr_eq(TAILQ_FIRST(&old_now), old);
	before = connect_through(pairs[_i].ip, old);

	ck_assert_int_eq(listeners_listen(&beside_next, beside_conf,
			     &beside_err),
	    0);
	listeners_unshare(&beside_next);
	listeners_unshare(&old_now);
	ck_assert(!new_one()->waits);
	assert_shares(new_one(), false);
	assert_shares(old, false);
	after = connect_through(pairs[_i].ip, new_one());
	ck_assert(listeners_queued(&old_now));
	close(before);
	close(after);
}
END_TEST

START_TEST(keeps_the_narrower_one_where_a_wider_one_follows)
{
	int fd;

	ck_assert_msg(follow(pairs[_i].narrow, pairs[_i].wide) == 0, "%s",
	    beside_err.text);
	ck_assert(new_one()->waits);
	ck_assert(old->covered);
	ck_assert_ptr_eq(TAILQ_NEXT(new_one(), entry), old);
	ck_assert(TAILQ_EMPTY(&old_now));
	ck_assert_int_eq(listeners_listen(&beside_next, beside_conf,
			     &beside_err),
	    0);
	listeners_unshare(&beside_next);
	assert_shares(new_one(), false);
	assert_shares(old, false);
	fd = connect_through(pairs[_i].ip, old);
	close(fd);
}
END_TEST

START_TEST(leaves_no_trace_when_it_is_undone)
{
	int fd;

	ck_assert_int_eq(_i < PAIRS ?
		follow(pairs[_i].wide, pairs[_i].narrow) :
		follow(pairs[_i - PAIRS].narrow, pairs[_i - PAIRS].wide),
	    0);
	listeners_undo(&beside_next);
	listeners_unshare(&old_now);
	ck_assert(TAILQ_EMPTY(&beside_next));
	ck_assert_ptr_eq(TAILQ_FIRST(&old_now), old);
	ck_assert(!old->covered);
	assert_shares(old, false);
	fd = connect_through(pairs[_i % PAIRS].ip, old);
	close(fd);
}
END_TEST

/* A covered one belongs to its service until another one configures it. */
START_TEST(stays_covered_until_it_is_asked_for)
{
	struct listener *wide;

	ck_assert_int_eq(follow("127.0.0.1", "*"), 0);
	wide = new_one();
	take_over();
	ck_assert_int_eq(ask("*"), 0);
	ck_assert_ptr_eq(new_one(), wide);
	ck_assert_ptr_eq(TAILQ_NEXT(wide, entry), old);
	ck_assert(old->covered);
	take_over();

	ck_assert_msg(ask("127.0.0.1") == 0, "%s", beside_err.text);
	ck_assert_ptr_eq(new_one(), old);
	ck_assert(!old->covered);
	ck_assert_ptr_null(TAILQ_NEXT(old, entry));
	ck_assert_ptr_eq(TAILQ_FIRST(&new_now), wide);
}
END_TEST

START_TEST(shares_with_as_many_as_there_are)
{
	struct service_conf *sc;
	char text[64];

	beside_hold("127.0.0.1");
	snprintf(text, sizeof(text), "127.0.0.2:%u", old->local.port);
	sc = fixture_conf(text, NULL);
	ck_assert_int_eq(fixture_open(sc, NULL, &old_now, &beside_err), 0);
	fixture_conf_free(sc);
	ck_assert_msg(ask("*") == 0, "%s", beside_err.text);
	ck_assert(TAILQ_EMPTY(&old_now));
	ck_assert_uint_eq(fixture_count(&beside_next), 3);
}
END_TEST

START_TEST(says_that_the_running_configuration_has_it)
{
	beside_hold("*");
	if (inject(SYS_setsockopt, old->fd, EPERM) == -1)
		return;
	ck_assert_int_eq(ask("127.0.0.1"), -1);
	ck_assert_ptr_nonnull(strstr(beside_err.text,
	    "the running configuration"));
	ck_assert(TAILQ_EMPTY(&beside_next));
	ck_assert_ptr_eq(TAILQ_FIRST(&old_now), old);
}
END_TEST

/* Where the kernel does not let it be bound beside the other one. */
START_TEST(says_so_when_it_cannot_be_bound)
{
	beside_hold("*");
	if (inject(SYS_bind, INJECT_ANY, EADDRINUSE) == -1)
		return;
	ck_assert_int_eq(ask("127.0.0.1"), -1);
	ck_assert_int_eq(beside_err.exit_code, EX_UNAVAILABLE);
	ck_assert_ptr_nonnull(strstr(beside_err.text,
	    "the running configuration"));
	assert_shares(old, false);
}
END_TEST

START_TEST(says_so_when_it_cannot_listen)
{
	ck_assert_int_eq(follow("*", "127.0.0.1"), 0);
	if (inject(SYS_listen, INJECT_ANY, EADDRINUSE) == -1)
		return;
	ck_assert_int_eq(listeners_listen(&beside_next, beside_conf,
			     &beside_err),
	    -1);
	ck_assert_ptr_nonnull(strstr(beside_err.text, "listen 127.0.0.1:"));
	ck_assert(new_one()->waits);
}
END_TEST

/* A socket that is v6only stays so; another one takes IPv4 as well. */
START_TEST(takes_ipv4_where_it_was_not_taken)
{
	struct service_conf *sc = fixture_conf("*:0", NULL);
	int fd;

	sc->v6only = true;
	ck_assert_int_eq(fixture_open(sc, NULL, &new_now, &beside_err), 0);
	fixture_conf_free(sc);
	old = TAILQ_FIRST(&new_now);
	ck_assert_msg(ask("*") == 0, "%s", beside_err.text);
	ck_assert_ptr_ne(new_one(), old);
	ck_assert(old->covered);
	ck_assert(TAILQ_EMPTY(&new_now));
	take_over();
	fd = connect_through("127.0.0.1", TAILQ_FIRST(&new_now));
	close(fd);
	fd = connect_through("::1", old);
	close(fd);
}
END_TEST

/* One that takes IPv4 is kept although it is to be v6only, and who has IPv4 now
 * is bound beside it. */
START_TEST(gives_ipv4_to_another_service)
{
	struct listener_list six;
	struct service_conf *sc;
	char text[64];
	int fd;

	beside_hold("*");
	TAILQ_INIT(&six);
	snprintf(text, sizeof(text), "*:%u", old->local.port);
	beside_request[0].sc = sc = fixture_conf(text, NULL);
	beside_request[0].out = &six;
	sc->v6only = true;
	ck_assert_msg(ask("0.0.0.0") == 0, "%s", beside_err.text);
	ck_assert_ptr_eq(TAILQ_FIRST(&six), old);
	ck_assert(old->shared);
	ck_assert(new_one()->waits);
	take_over();
	listeners_unshare(&six);
	fd = connect_through("127.0.0.1", TAILQ_FIRST(&new_now));
	close(fd);
	fd = connect_through("::1", old);
	close(fd);
	fixture_close(&six);
	fixture_conf_free(sc);
}
END_TEST

/* Two of the new configuration, in two services. */
START_TEST(refuses_two_of_the_new_configuration)
{
	struct listener_list other;
	struct service_conf *sc;

	TAILQ_INIT(&other);
	beside_hold("127.0.0.1");
	beside_request[0].sc = sc = fixture_conf("127.0.0.1:0", NULL);
	beside_request[0].out = &other;
	ck_assert_int_eq(ask("*"), -1);
	ck_assert_int_eq(beside_err.exit_code, EX_CONFIG);
	ck_assert_ptr_nonnull(strstr(beside_err.text,
	    "which service test has"));
	ck_assert_ptr_eq(TAILQ_FIRST(&old_now), old);
	fixture_conf_free(sc);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, beside_set_up, beside_tear_down);
	tcase_add_loop_test(tc, lets_a_narrower_one_follow, 0, PAIRS);
	tcase_add_loop_test(tc,
	    keeps_the_narrower_one_where_a_wider_one_follows, 0, PAIRS);
	tcase_add_loop_test(tc, leaves_no_trace_when_it_is_undone, 0,
	    2 * PAIRS);
	tcase_add_test(tc, stays_covered_until_it_is_asked_for);
	tcase_add_test(tc, shares_with_as_many_as_there_are);
	tcase_add_test(tc, says_that_the_running_configuration_has_it);
	tcase_add_test(tc, says_so_when_it_cannot_be_bound);
	tcase_add_test(tc, says_so_when_it_cannot_listen);
	tcase_add_test(tc, takes_ipv4_where_it_was_not_taken);
	tcase_add_test(tc, gives_ipv4_to_another_service);
	tcase_add_test(tc, refuses_two_of_the_new_configuration);
}

int
main(void)
{
	return runner_main("sharing", add);
}
