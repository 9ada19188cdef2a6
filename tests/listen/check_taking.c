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

#include "listen/fixture.h"
#include "runner.h"

#define SERVICES 3

/* What each service has, is to have by its settings, and gets. */
static struct listener_list now[SERVICES], next[SERVICES];
static struct service_conf *conf[SERVICES];
static struct listener_request request[SERVICES];
static struct listener_error err;
static char unix_text[SERVICES][96];

static void
set_up(void)
{
	const char *dir = fixture_dir();
	int i;

	(void)fixture_network();
	memset(&err, 0, sizeof(err));
	for (i = 0; i < SERVICES; i++) {
		TAILQ_INIT(&now[i]);
		TAILQ_INIT(&next[i]);
		conf[i] = NULL;
		request[i] = (struct listener_request) { .own = &now[i],
			.out = &next[i] };
		snprintf(unix_text[i], sizeof(unix_text[i]), "unix:%s/%d", dir,
		    i);
	}
}

static void
tear_down(void)
{
	int i;

	for (i = 0; i < SERVICES; i++) {
		fixture_close(&now[i]);
		fixture_close(&next[i]);
		if (conf[i] != NULL)
			fixture_conf_free(conf[i]);
	}
	fixture_clean();
}

/* Service i has that address. */
static struct listener *
has(int i, const char *text)
{
	struct service_conf *sc = fixture_conf(text, NULL);

	ck_assert_msg(fixture_open(sc, NULL, &now[i], &err) == 0, "%s",
	    err.text);
	fixture_conf_free(sc);
	return TAILQ_LAST(&now[i], listener_list);
}

/* Service i wants it; other may be NULL. */
static void
wants(int i, const char *text, const char *other)
{
	if (conf[i] != NULL)
		fixture_conf_free(conf[i]);
	conf[i] = fixture_conf(text, other, NULL);
	request[i].sc = conf[i];
}

static int
reload(void)
{
	return listeners_open(request, SERVICES, false, &err);
}

static struct listener *
first(int i)
{
	return TAILQ_FIRST(&next[i]);
}

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
	ck_assert_msg(reload() == 0, "%s", err.text);
	ck_assert_ptr_eq(first(0), b);
	ck_assert_ptr_eq(first(1), a);
	ck_assert_ptr_eq(a->home, &now[0]);
	ck_assert_ptr_eq(b->home, &now[1]);
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
	exchange(unix_text[0], unix_text[1]);
	ck_assert_str_eq(first(1)->text, unix_text[0]);
}
END_TEST

START_TEST(passes_addresses_on_in_a_chain)
{
	struct listener *a = has(0, "127.0.0.1:0"), *b = has(1, "127.0.0.2:0"),
			*c = has(2, "127.0.0.3:0");

	wants(0, NUMBERED(b), NULL);
	wants(1, NUMBERED(c), NULL);
	wants(2, NUMBERED(a), NULL);
	ck_assert_msg(reload() == 0, "%s", err.text);
	ck_assert_ptr_eq(first(0), b);
	ck_assert_ptr_eq(first(1), c);
	ck_assert_ptr_eq(first(2), a);
}
END_TEST

START_TEST(splits_one_service_and_joins_two)
{
	struct listener *a = has(0, "127.0.0.1:0"), *b = has(0, "127.0.0.2:0");

	wants(0, NUMBERED(b), NULL);
	wants(1, NUMBERED(a), NULL);
	ck_assert_msg(reload() == 0, "%s", err.text);
	ck_assert_ptr_eq(first(0), b);
	ck_assert_ptr_eq(first(1), a);
	listeners_undo(&next[1]);
	listeners_undo(&next[0]);
	ck_assert_uint_eq(fixture_count(&now[0]), 2);

	listener_leave(a, &now[0]);
	TAILQ_INSERT_TAIL(&now[2], a, entry);
	listeners_settle(&now[2]);
	wants(0, NUMBERED(a), NUMBERED(b));
	request[1].sc = NULL;
	ck_assert_msg(reload() == 0, "%s", err.text);
	ck_assert_ptr_eq(first(0), a);
	ck_assert_ptr_eq(TAILQ_NEXT(a, entry), b);
}
END_TEST

START_TEST(gives_the_address_of_one_that_goes)
{
	struct listener *a = has(0, "127.0.0.1:0");

	wants(1, NUMBERED(a), unix_text[1]);
	ck_assert_msg(reload() == 0, "%s", err.text);
	ck_assert_ptr_eq(first(1), a);
	ck_assert(TAILQ_EMPTY(&now[0]));
}
END_TEST

/* Each service's own port 0 is its own, though another one could have it. */
START_TEST(keeps_a_port_0_in_its_service)
{
	struct listener *a = has(0, "127.0.0.1:0"), *b = has(1, "127.0.0.1:0");

	wants(0, "127.0.0.1:0", "127.0.0.1:0");
	wants(1, "127.0.0.1:0", NULL);
	wants(2, "127.0.0.1:0", NULL);
	ck_assert_msg(reload() == 0, "%s", err.text);
	ck_assert_ptr_eq(first(0), a);
	ck_assert_ptr_eq(first(1), b);
	ck_assert_ptr_null(first(2)->home);
}
END_TEST

START_TEST(gives_a_port_0_to_a_service_by_another_name)
{
	struct listener *a = has(0, "127.0.0.1:0");

	wants(1, "127.0.0.1:0", NULL);
	ck_assert_msg(reload() == 0, "%s", err.text);
	ck_assert_ptr_eq(first(1), a);
	ck_assert_str_eq(a->text, "127.0.0.1:0");
}
END_TEST

/* What was any port is asked for by its number from now on. */
START_TEST(knows_a_port_0_by_its_number)
{
	struct listener *a = has(0, "127.0.0.1:0");

	wants(0, NUMBERED(a), NULL);
	ck_assert_msg(reload() == 0, "%s", err.text);
	ck_assert_ptr_eq(first(0), a);
	ck_assert_uint_eq(a->asked.port, a->local.port);
	listeners_undo(&next[0]);
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
	ck_assert_uint_eq(fixture_count(&now[0]), 2);
	six = TAILQ_FIRST(&now[0]);
	if (six->local.family != AF_INET6) {
		four = six;
		six = TAILQ_NEXT(six, entry);
	}
	wants(0, NUMBERED(six), NULL);
	wants(1, NUMBERED(four), NULL);
	ck_assert_msg(reload() == 0, "%s", err.text);
	ck_assert_ptr_eq(first(0), six);
	ck_assert_ptr_eq(first(1), four);
}
END_TEST

/* A Unix listener's number is its service's own, see served.c. */
START_TEST(loses_its_number_and_has_it_again)
{
	struct listener *a = has(0, unix_text[0]);

	a->local.port = 7;
	wants(0, unix_text[0], NULL);
	ck_assert_int_eq(reload(), 0);
	ck_assert_uint_eq(a->local.port, 7);
	listeners_undo(&next[0]);
	request[0].sc = NULL;
	wants(1, unix_text[0], NULL);
	ck_assert_int_eq(reload(), 0);
	ck_assert_ptr_eq(first(1), a);
	ck_assert_uint_eq(a->local.port, 0);
	listeners_undo(&next[1]);
	ck_assert_uint_eq(a->local.port, 7);
}
END_TEST

START_TEST(takes_nothing_from_one_that_stays)
{
	struct listener *a = has(0, "127.0.0.1:0");

	wants(0, "127.0.0.1:0", NULL);
	request[0].stays = true;
	wants(1, NUMBERED(a), NULL);
	ck_assert_int_eq(reload(), -1);
	ck_assert_int_eq(err.exit_code, EX_CONFIG);
	ck_assert_ptr_eq(TAILQ_FIRST(&now[0]), a);
	ck_assert_ptr_null(a->home);
}
END_TEST

START_TEST(puts_everything_back_where_it_was_when_it_fails)
{
	struct listener *a = has(0, "127.0.0.1:0"), *b = has(1, unix_text[1]),
			*c = has(2, "127.0.0.3:0");

	wants(0, unix_text[1], NUMBERED(c));
	wants(1, NUMBERED(a), unix_text[0]);
	wants(2, "192.0.2.1:0", NULL);
	ck_assert_int_eq(reload(), -1);
	ck_assert_int_eq(err.exit_code, EX_UNAVAILABLE);
	ck_assert_ptr_eq(TAILQ_FIRST(&now[0]), a);
	ck_assert_ptr_eq(TAILQ_FIRST(&now[1]), b);
	ck_assert_ptr_eq(TAILQ_FIRST(&now[2]), c);
	ck_assert_uint_eq(fixture_count(&now[0]), 1);
	ck_assert_str_eq(a->text, "127.0.0.1:0");
	ck_assert(!fixture_exists(unix_text[0] + strlen("unix:")));
	ck_assert(fixture_exists(b->path));
	close(connect_to(a));
	close(connect_to(b));
	close(connect_to(c));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, tear_down);
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
