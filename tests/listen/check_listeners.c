/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <bsd/string.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "listen/fixture.h"
#include "listen/tcpsock.h"
#include "runner.h"

static struct listener_list held, out;
static struct listener_error err;
static char path[80], unix_text[96];

static void
set_up(void)
{
	TAILQ_INIT(&held);
	TAILQ_INIT(&out);
	memset(&err, 0, sizeof(err));
	snprintf(path, sizeof(path), "%s/s", fixture_dir());
	snprintf(unix_text, sizeof(unix_text), "unix:%s", path);
}

static void
tear_down(void)
{
	fixture_close(&held);
	fixture_close(&out);
	fixture_clean();
}

/* Opens one or two items into list; other may be NULL. */
static int
open_into(struct listener_list *from, struct listener_list *list,
    const char *text, const char *other)
{
	struct service_conf *sc = fixture_conf(text, other, NULL);
	int rc;

	rc = fixture_open(sc, from, list, &err);
	fixture_conf_free(sc);
	return rc;
}

static void
hold(const char *text)
{
	ck_assert_msg(open_into(NULL, &held, text, NULL) == 0, "%s", err.text);
}

/* A port that is free. */
static uint16_t
free_port(void)
{
	struct listener_list list = TAILQ_HEAD_INITIALIZER(list);
	uint16_t port;

	(void)fixture_network(); /* where no other process takes it meanwhile */
	ck_assert_int_eq(open_into(NULL, &list, "*:0", NULL), 0);
	port = TAILQ_FIRST(&list)->local.port;
	fixture_close(&list);
	return port;
}

static bool
connects(const struct listener *l)
{
	int fd = fixture_connect_ip("127.0.0.1", l->local.port);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

START_TEST(opens_several_in_the_order_of_the_list)
{
	ck_assert_int_eq(open_into(NULL, &out, "127.0.0.1:0", unix_text), 0);
	ck_assert_uint_eq(fixture_count(&out), 2);
	ck_assert_str_eq(TAILQ_FIRST(&out)->text, "127.0.0.1:0");
	ck_assert_str_eq(TAILQ_NEXT(TAILQ_FIRST(&out), entry)->text, unix_text);
}
END_TEST

START_TEST(leaves_nothing_open_when_one_of_them_fails)
{
	int before = dup(1), after;

	close(before);
	ck_assert_int_eq(open_into(NULL, &out, unix_text, "192.0.2.1:0"), -1);
	ck_assert_int_eq(err.exit_code, EX_UNAVAILABLE);
	ck_assert(TAILQ_EMPTY(&out));
	ck_assert(!fixture_exists(path));
	after = dup(1);
	ck_assert_int_eq(before, after);
	close(after);
}
END_TEST

static const char *const kept[] = { "127.0.0.1:0", "[::1]:0", "*:0",
	"localhost:0", NULL };

START_TEST(hands_an_unchanged_address_on_with_its_queue)
{
	const char *text = kept[_i] != NULL ? kept[_i] : unix_text;
	struct listener *l;
	struct pollfd pfd = { .events = POLLIN };
	int client;

	hold(text);
	l = TAILQ_FIRST(&held);
	client = l->local.family == AF_UNIX ?
	    fixture_connect_unix(l->path) :
	    l->local.family == AF_INET6 ?
	    fixture_connect_ip("::1", l->local.port) :
	    fixture_connect(&l->local);
	ck_assert_int_ne(client, -1);

	ck_assert_int_eq(open_into(&held, &out, text, NULL), 0);
	ck_assert(TAILQ_EMPTY(&held));
	ck_assert_ptr_eq(TAILQ_FIRST(&out), l);
	ck_assert_ptr_eq(l->home, &held);
	pfd.fd = l->fd;
	ck_assert_int_eq(poll(&pfd, 1, 5000), 1);
	close(client);
}
END_TEST

START_TEST(opens_new_ones_beside_held_ones)
{
	hold("127.0.0.1:0");
	ck_assert_int_eq(open_into(&held, &out, "127.0.0.1:0", unix_text), 0);
	ck_assert_uint_eq(fixture_count(&out), 2);
	ck_assert_ptr_eq(TAILQ_FIRST(&out)->home, &held);
	ck_assert_ptr_null(TAILQ_NEXT(TAILQ_FIRST(&out), entry)->home);
	ck_assert(fixture_exists(path));
}
END_TEST

START_TEST(leaves_held_ones_that_are_no_longer_wanted)
{
	hold("127.0.0.1:0");
	hold(unix_text);
	ck_assert_int_eq(open_into(&held, &out, unix_text, NULL), 0);
	ck_assert_uint_eq(fixture_count(&held), 1);
	ck_assert_str_eq(TAILQ_FIRST(&held)->text, "127.0.0.1:0");
}
END_TEST

START_TEST(gives_held_ones_back_when_it_fails)
{
	struct listener *l;

	hold("127.0.0.1:0");
	hold(unix_text);
	l = TAILQ_FIRST(&held);
	ck_assert_int_eq(open_into(&held, &out, "127.0.0.1:0", "192.0.2.1:0"),
	    -1);
	ck_assert(TAILQ_EMPTY(&out));
	ck_assert_uint_eq(fixture_count(&held), 2);
	ck_assert_ptr_null(l->home);
	ck_assert(connects(l));
	ck_assert(fixture_exists(path));
}
END_TEST

START_TEST(is_undone_and_has_its_text_again)
{
	const uint16_t port = free_port();
	char text[64], other[64];
	struct listener *l;

	snprintf(text, sizeof(text), "*:%u", port);
	snprintf(other, sizeof(other), ":%u", port);
	hold(text);
	l = TAILQ_FIRST(&held);
	ck_assert_int_eq(open_into(&held, &out, other, unix_text), 0);
	ck_assert_str_eq(l->text, other);
	listeners_undo(&out);
	ck_assert(TAILQ_EMPTY(&out));
	ck_assert_ptr_eq(TAILQ_FIRST(&held), l);
	ck_assert_uint_eq(fixture_count(&held), 1);
	ck_assert_str_eq(l->text, text);
	ck_assert_ptr_null(l->home);
	ck_assert(connects(l));
	ck_assert(!fixture_exists(path));
}
END_TEST

/* Twice the same port 0 is two ports, and they stay two. */
START_TEST(keeps_two_of_one_text_apart)
{
	struct listener *a, *b;

	hold("127.0.0.1:0");
	hold("127.0.0.1:0");
	a = TAILQ_FIRST(&held);
	b = TAILQ_NEXT(a, entry);
	ck_assert_uint_ne(a->local.port, b->local.port);
	ck_assert_int_eq(open_into(&held, &out, "127.0.0.1:0", "127.0.0.1:0"),
	    0);
	ck_assert_ptr_eq(TAILQ_FIRST(&out), a);
	ck_assert_ptr_eq(TAILQ_NEXT(a, entry), b);
}
END_TEST

START_TEST(takes_a_new_port_for_a_port_0_in_other_words)
{
	struct listener *l;

	hold("127.0.0.1:0");
	l = TAILQ_FIRST(&held);
	ck_assert_int_eq(open_into(&held, &out, "localhost:0", NULL), 0);
	ck_assert_ptr_eq(TAILQ_FIRST(&held), l);
	ck_assert_ptr_null(TAILQ_FIRST(&out)->home);
}
END_TEST

START_TEST(knows_an_address_in_other_words)
{
	const uint16_t port = free_port();
	char text[64], other[64];
	struct listener *l;

	snprintf(text, sizeof(text), "*:%u", port);
	snprintf(other, sizeof(other), ":%u", port);
	hold(text);
	l = TAILQ_FIRST(&held);
	ck_assert_int_eq(open_into(&held, &out, other, NULL), 0);
	ck_assert_ptr_eq(TAILQ_FIRST(&out), l);
	ck_assert_str_eq(l->text, other);
}
END_TEST

START_TEST(refuses_what_overlaps_within_a_list_at_once)
{
	const int64_t start = clock_ms();
	const uint16_t port = free_port();
	char text[64], other[64];

	snprintf(text, sizeof(text), "0.0.0.0:%u", port);
	snprintf(other, sizeof(other), "127.0.0.1:%u", port);
	ck_assert_int_eq(open_into(NULL, &out, text, other), -1);
	ck_assert_int_eq(err.exit_code, EX_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.text, text));
	ck_assert_ptr_nonnull(strstr(err.text, other));
	ck_assert_int_eq(open_into(NULL, &out, unix_text, unix_text), -1);
	ck_assert_int_eq(err.exit_code, EX_CONFIG);
	ck_assert(!fixture_exists(path));
	ck_assert(TAILQ_EMPTY(&out));
	ck_assert_int_lt(clock_ms() - start, 900);
}
END_TEST

START_TEST(names_what_another_service_has)
{
	struct service_conf *sc = fixture_conf(unix_text, NULL), *other;
	struct listener_list none = TAILQ_HEAD_INITIALIZER(none);
	struct listener_request r[] = {
		{ .sc = sc, .own = &held, .out = &none, .stays = true },
		{ .own = &none, .out = &out },
	};

	hold(unix_text);
	r[1].sc = other = fixture_conf("127.0.0.1:0", unix_text, NULL);
	ck_assert_int_eq(listeners_open(r, 2, false, &err), -1);
	ck_assert_int_eq(err.exit_code, EX_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.text, "service test has"));
	ck_assert(TAILQ_EMPTY(&out));
	ck_assert_uint_eq(fixture_count(&held), 1);
	ck_assert(fixture_exists(path));
	fixture_conf_free(sc);
	fixture_conf_free(other);
}
END_TEST

START_TEST(waits_in_all_for_a_second_only)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	const int64_t start = clock_ms();
	int busy = socket(AF_UNIX, SOCK_STREAM, 0);

	/* Somebody else's, and live. */
	strlcpy(sun.sun_path, path, sizeof(sun.sun_path));
	ck_assert_int_eq(bind(busy, (struct sockaddr *)&sun, sizeof(sun)), 0);
	ck_assert_int_eq(listen(busy, 5), 0);
	ck_assert_int_eq(open_into(NULL, &out, unix_text, NULL), -1);
	ck_assert_int_eq(err.exit_code, EX_UNAVAILABLE);
	ck_assert_int_ge(clock_ms() - start, 900);
	ck_assert_int_lt(clock_ms() - start, 5000);
	ck_assert(fixture_exists(path));
	close(busy);
	unlink(path);
}
END_TEST

START_TEST(does_not_wait_at_a_reload)
{
	struct service_conf *sc = fixture_conf(NULL, NULL);
	const uint16_t port = free_port();
	int64_t start;
	char text[64];
	int fd;

	fd = tcpsock_open(&(struct addr) { .family = AF_INET, .port = port },
	    sc, false);
	ck_assert_int_ne(fd, -1);
	snprintf(text, sizeof(text), "127.0.0.1:%u", port);
	start = clock_ms();
	ck_assert_int_eq(open_into(&held, &out, text, NULL), -1);
	ck_assert_int_eq(err.exit_code, EX_UNAVAILABLE);
	ck_assert_int_lt(clock_ms() - start, 900);
	close(fd);
	fixture_conf_free(sc);
}
END_TEST

START_TEST(refuses_more_than_a_service_can_have)
{
	struct service_conf *sc = fixture_conf(NULL, NULL);

	while (sc->listen.n < SETTINGS_LISTENERS)
		sc->listen.v[sc->listen.n++].text = strdup("127.0.0.1:0");
	fixture_look_up(sc);
	ck_assert_int_eq(fixture_open(sc, NULL, &out, &err), 0);
	ck_assert_uint_eq(fixture_count(&out), SETTINGS_LISTENERS);
	fixture_close(&out);
	sc->listen.v[sc->listen.n++].text = strdup(unix_text);
	ck_assert_int_eq(fixture_open(sc, NULL, &out, &err), -1);
	ck_assert_int_eq(err.exit_code, EX_CONFIG);
	ck_assert(TAILQ_EMPTY(&out));
	ck_assert(!fixture_exists(path));
	fixture_conf_free(sc);
}
END_TEST

START_TEST(keeps_addresses_while_their_name_cannot_be_looked_up)
{
	uint16_t port;

	if (fixture_network() == -1 || fixture_hosts("127.0.0.1 once\n") == -1)
		return;
	hold("once:0");
	port = TAILQ_FIRST(&held)->local.port;
	ck_assert_int_eq(fixture_hosts("127.0.0.1 localhost\n"), 0);
	ck_assert_int_eq(open_into(&held, &out, "once:0", NULL), 0);
	ck_assert_uint_eq(TAILQ_FIRST(&out)->local.port, port);
	ck_assert(TAILQ_EMPTY(&held));
	ck_assert_ptr_nonnull(strstr(fixture_log, "once:0"));
}
END_TEST

START_TEST(follows_a_name_to_another_address)
{
	uint16_t port;

	if (fixture_network() == -1 ||
	    fixture_hosts("127.0.0.1 moved\n127.0.0.2 moved\n") == -1)
		return;
	hold("moved:0");
	port = TAILQ_FIRST(&held)->local.port;
	ck_assert_int_eq(fixture_hosts("127.0.0.2 moved\n127.0.0.3 moved\n"),
	    0);
	ck_assert_int_eq(open_into(&held, &out, "moved:0", NULL), 0);
	ck_assert_uint_eq(fixture_count(&out), 2);
	ck_assert_uint_eq(fixture_count(&held), 1);
	ck_assert_uint_eq(TAILQ_FIRST(&out)->local.port, port);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, opens_several_in_the_order_of_the_list);
	tcase_add_test(tc, leaves_nothing_open_when_one_of_them_fails);
	tcase_add_loop_test(tc, hands_an_unchanged_address_on_with_its_queue, 0,
	    sizeof(kept) / sizeof(kept[0]));
	tcase_add_test(tc, opens_new_ones_beside_held_ones);
	tcase_add_test(tc, leaves_held_ones_that_are_no_longer_wanted);
	tcase_add_test(tc, gives_held_ones_back_when_it_fails);
	tcase_add_test(tc, is_undone_and_has_its_text_again);
	tcase_add_test(tc, keeps_two_of_one_text_apart);
	tcase_add_test(tc, takes_a_new_port_for_a_port_0_in_other_words);
	tcase_add_test(tc, knows_an_address_in_other_words);
	tcase_add_test(tc, refuses_what_overlaps_within_a_list_at_once);
	tcase_add_test(tc, does_not_wait_at_a_reload);
	tcase_add_test(tc, refuses_more_than_a_service_can_have);
	tcase_add_test(tc, names_what_another_service_has);
	tcase_add_test(tc, waits_in_all_for_a_second_only);
	tcase_add_test(tc,
	    keeps_addresses_while_their_name_cannot_be_looked_up);
	tcase_add_test(tc, follows_a_name_to_another_address);
}

int
main(void)
{
	return runner_main("listeners", add);
}
