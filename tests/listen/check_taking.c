/* SPDX-License-Identifier: ISC */
/*
 * Listeners that a reload moves from one service to another.
 */
#include "config.h"

#include <sys/socket.h>

#include <bsd/string.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "listen/several.h"
#include "runner.h"

static char *
numbered(const struct listener *l, char *buf, size_t size)
{
	return listener_format(l, buf, size);
}

#define NUMBERED(l) numbered(l, (char[ADDR_TEXT_MAX]) { "" }, ADDR_TEXT_MAX)

static int
connect_to(const struct listener *l)
{
	int fd = l->local.family == AF_UNIX ? fixture_connect_unix(l->path) :
					      fixture_connect(&l->local);

	ck_assert_int_ne(fd, -1);
	return fd;
}

static void
assert_queued(const struct listener *l)
{
	struct pollfd pfd = { .fd = l->fd, .events = POLLIN };

	ck_assert_int_eq(poll(&pfd, 1, 5000), 1);
}

/* a and b exchange what they have, of whatever kind. */
static void
exchange(const char *one, const char *two)
{
	struct listener *a = has(0, one), *b = has(1, two);
	int to_a = connect_to(a), to_b = connect_to(b);

	wants(0, NUMBERED(b), NULL);
	wants(1, NUMBERED(a), NULL);
	ck_assert_msg(reload() == 0, "%s", several_err.text);
	ck_assert_ptr_eq(several_first(0), b);
	ck_assert_ptr_eq(several_first(1), a);
	ck_assert_ptr_eq(a->home, &several_now[0]);
	ck_assert_ptr_eq(b->home, &several_now[1]);
	assert_queued(a);
	assert_queued(b);
	close(to_a);
	close(to_b);
}

static const char *const hosts[][2] = {
	{ "127.0.0.1:0", "127.0.0.1:0" },
	{ "[::1]:0", "127.0.0.1:0" },
	{ "*:0", "[::1]:0" },
};

START_TEST(exchanges_addresses)
{
	exchange(hosts[_i][0], hosts[_i][1]);
}
END_TEST

START_TEST(exchanges_paths)
{
	exchange(several_unix_text[0], several_unix_text[1]);
	ck_assert_str_eq(several_first(1)->text, several_unix_text[0]);
}
END_TEST

START_TEST(passes_addresses_on_in_a_chain)
{
	struct listener *a = has(0, "127.0.0.1:0"), *b = has(1, "127.0.0.2:0"),
			*c = has(2, "127.0.0.3:0");

	wants(0, NUMBERED(b), NULL);
	wants(1, NUMBERED(c), NULL);
	wants(2, NUMBERED(a), NULL);
	ck_assert_msg(reload() == 0, "%s", several_err.text);
	ck_assert_ptr_eq(several_first(0), b);
	ck_assert_ptr_eq(several_first(1), c);
	ck_assert_ptr_eq(several_first(2), a);
}
END_TEST

START_TEST(splits_one_service_and_joins_two)
{
	struct listener *a = has(0, "127.0.0.1:0"), *b = has(0, "127.0.0.2:0");

	wants(0, NUMBERED(b), NULL);
	wants(1, NUMBERED(a), NULL);
	ck_assert_msg(reload() == 0, "%s", several_err.text);
	ck_assert_ptr_eq(several_first(0), b);
	ck_assert_ptr_eq(several_first(1), a);
	listeners_undo(&several_next[1]);
	listeners_undo(&several_next[0]);
	ck_assert_uint_eq(fixture_count(&several_now[0]), 2);

	listener_leave(a, &several_now[0]);
	TAILQ_INSERT_TAIL(&several_now[2], a, entry);
	listeners_settle(&several_now[2]);
	wants(0, NUMBERED(a), NUMBERED(b));
	several_request[1].sc = NULL;
	ck_assert_msg(reload() == 0, "%s", several_err.text);
	ck_assert_ptr_eq(several_first(0), a);
	ck_assert_ptr_eq(TAILQ_NEXT(a, entry), b);
}
END_TEST

START_TEST(gives_the_address_of_one_that_goes)
{
	struct listener *a = has(0, "127.0.0.1:0");

	wants(1, NUMBERED(a), several_unix_text[1]);
	ck_assert_msg(reload() == 0, "%s", several_err.text);
	ck_assert_ptr_eq(several_first(1), a);
	ck_assert(TAILQ_EMPTY(&several_now[0]));
}
END_TEST

/* Each service's own port 0 is its own, though another one could have it. */
START_TEST(keeps_a_port_0_in_its_service)
{
	struct listener *a = has(0, "127.0.0.1:0"), *b = has(1, "127.0.0.1:0");

	wants(0, "127.0.0.1:0", "127.0.0.1:0");
	wants(1, "127.0.0.1:0", NULL);
	wants(2, "127.0.0.1:0", NULL);
	ck_assert_msg(reload() == 0, "%s", several_err.text);
	ck_assert_ptr_eq(several_first(0), a);
	ck_assert_ptr_eq(several_first(1), b);
	ck_assert_ptr_null(several_first(2)->home);
}
END_TEST

START_TEST(gives_a_port_0_to_a_service_by_another_name)
{
	struct listener *a = has(0, "127.0.0.1:0");

	wants(1, "127.0.0.1:0", NULL);
	ck_assert_msg(reload() == 0, "%s", several_err.text);
	ck_assert_ptr_eq(several_first(1), a);
	ck_assert_str_eq(a->text, "127.0.0.1:0");
}
END_TEST

/* What was any port is asked for by its number from now on. */
START_TEST(knows_a_port_0_by_its_number)
{
	struct listener *a = has(0, "127.0.0.1:0");

	wants(0, NUMBERED(a), NULL);
	ck_assert_msg(reload() == 0, "%s", several_err.text);
	ck_assert_ptr_eq(several_first(0), a);
	ck_assert_uint_eq(a->asked.port, a->local.port);
	listeners_undo(&several_next[0]);
	ck_assert_uint_eq(a->asked.port, 0);
	ck_assert_str_eq(a->text, "127.0.0.1:0");
}
END_TEST

START_TEST(divides_the_addresses_of_a_name)
{
	struct listener *four, *six;

	if (fixture_hosts("127.0.0.1 both\n::1 both\n") == -1)
		return;
	four = has(0, "both:0");
	ck_assert_uint_eq(fixture_count(&several_now[0]), 2);
	six = TAILQ_FIRST(&several_now[0]);
	if (six->local.family != AF_INET6) {
		four = six;
		six = TAILQ_NEXT(six, entry);
	}
	wants(0, NUMBERED(six), NULL);
	wants(1, NUMBERED(four), NULL);
	ck_assert_msg(reload() == 0, "%s", several_err.text);
	ck_assert_ptr_eq(several_first(0), six);
	ck_assert_ptr_eq(several_first(1), four);
}
END_TEST

/* A Unix listener's number is its service's own, see served.c. */
START_TEST(loses_its_number_and_has_it_again)
{
	struct listener *a = has(0, several_unix_text[0]);

	a->local.port = 7;
	wants(0, several_unix_text[0], NULL);
	ck_assert_int_eq(reload(), 0);
	ck_assert_uint_eq(a->local.port, 7);
	listeners_undo(&several_next[0]);
	several_request[0].sc = NULL;
	wants(1, several_unix_text[0], NULL);
	ck_assert_int_eq(reload(), 0);
	ck_assert_ptr_eq(several_first(1), a);
	ck_assert_uint_eq(a->local.port, 0);
	listeners_undo(&several_next[1]);
	ck_assert_uint_eq(a->local.port, 7);
}
END_TEST

START_TEST(takes_nothing_from_one_that_stays)
{
	struct listener *a = has(0, "127.0.0.1:0");

	wants(0, "127.0.0.1:0", NULL);
	several_request[0].stays = true;
	wants(1, NUMBERED(a), NULL);
	ck_assert_int_eq(reload(), -1);
	ck_assert_int_eq(several_err.exit_code, EX_CONFIG);
	ck_assert_ptr_eq(TAILQ_FIRST(&several_now[0]), a);
	ck_assert_ptr_null(a->home);
}
END_TEST

START_TEST(puts_everything_back_where_it_was_when_it_fails)
{
	struct listener *a = has(0, "127.0.0.1:0"),
			*b = has(1, several_unix_text[1]),
			*c = has(2, "127.0.0.3:0");

	wants(0, several_unix_text[1], NUMBERED(c));
	wants(1, NUMBERED(a), several_unix_text[0]);
	wants(2, "192.0.2.1:0", NULL);
	ck_assert_int_eq(reload(), -1);
	ck_assert_int_eq(several_err.exit_code, EX_UNAVAILABLE);
	ck_assert_ptr_eq(TAILQ_FIRST(&several_now[0]), a);
	ck_assert_ptr_eq(TAILQ_FIRST(&several_now[1]), b);
	ck_assert_ptr_eq(TAILQ_FIRST(&several_now[2]), c);
	ck_assert_uint_eq(fixture_count(&several_now[0]), 1);
	ck_assert_str_eq(a->text, "127.0.0.1:0");
	ck_assert(!fixture_exists(several_unix_text[0] + strlen("unix:")));
	ck_assert(fixture_exists(b->path));
	close(connect_to(a));
	close(connect_to(b));
	close(connect_to(c));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, several_set_up, several_tear_down);
	tcase_add_loop_test(tc, exchanges_addresses, 0,
	    sizeof(hosts) / sizeof(hosts[0]));
	tcase_add_test(tc, exchanges_paths);
	tcase_add_test(tc, passes_addresses_on_in_a_chain);
	tcase_add_test(tc, splits_one_service_and_joins_two);
	tcase_add_test(tc, gives_the_address_of_one_that_goes);
	tcase_add_test(tc, keeps_a_port_0_in_its_service);
	tcase_add_test(tc, gives_a_port_0_to_a_service_by_another_name);
	tcase_add_test(tc, knows_a_port_0_by_its_number);
	tcase_add_test(tc, divides_the_addresses_of_a_name);
	tcase_add_test(tc, loses_its_number_and_has_it_again);
	tcase_add_test(tc, takes_nothing_from_one_that_stays);
	tcase_add_test(tc, puts_everything_back_where_it_was_when_it_fails);
}

int
main(void)
{
	return runner_main("taking", add);
}
