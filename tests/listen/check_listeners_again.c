/* SPDX-License-Identifier: ISC */
/* The listeners of a service that a reload opens again. */
#include "config.h"

#include <sys/socket.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "listen/single.h"
#include "listen/tcpsock.h"
#include "runner.h"

static const char *const kept[] = { "127.0.0.1:0", "[::1]:0", "*:0",
	"localhost:0", NULL };

START_TEST(hands_an_unchanged_address_on_with_its_queue)
{
	const char *text = kept[_i] != NULL ? kept[_i] : single_unix_text;
	struct listener *l;
	struct pollfd pfd = { .events = POLLIN };
	int client;

	single_hold(text);
	l = TAILQ_FIRST(&single_held);
	client = l->local.family == AF_UNIX ?
	    fixture_connect_unix(l->path) :
	    l->local.family == AF_INET6 ?
	    fixture_connect_ip("::1", l->local.port) :
	    fixture_connect(&l->local);
	ck_assert_int_ne(client, -1);

	ck_assert_int_eq(open_into(&single_held, &single_out, text, NULL), 0);
	ck_assert(TAILQ_EMPTY(&single_held));
	ck_assert_ptr_eq(TAILQ_FIRST(&single_out), l);
	ck_assert_ptr_eq(l->home, &single_held);
	pfd.fd = l->fd;
	ck_assert_int_eq(poll(&pfd, 1, 5000), 1);
	close(client);
}
END_TEST

START_TEST(opens_new_ones_beside_held_ones)
{
	single_hold("127.0.0.1:0");
	ck_assert_int_eq(open_into(&single_held, &single_out, "127.0.0.1:0",
			     single_unix_text),
	    0);
	ck_assert_uint_eq(fixture_count(&single_out), 2);
	ck_assert_ptr_eq(TAILQ_FIRST(&single_out)->home, &single_held);
	ck_assert_ptr_null(TAILQ_NEXT(TAILQ_FIRST(&single_out), entry)->home);
	ck_assert(fixture_exists(single_path));
}
END_TEST

START_TEST(leaves_held_ones_that_are_no_longer_wanted)
{
	single_hold("127.0.0.1:0");
	single_hold(single_unix_text);
	ck_assert_int_eq(open_into(&single_held, &single_out, single_unix_text,
			     NULL),
	    0);
	ck_assert_uint_eq(fixture_count(&single_held), 1);
	ck_assert_str_eq(TAILQ_FIRST(&single_held)->text, "127.0.0.1:0");
}
END_TEST

START_TEST(gives_held_ones_back_when_it_fails)
{
	struct listener *l;

	single_hold("127.0.0.1:0");
	single_hold(single_unix_text);
	l = TAILQ_FIRST(&single_held);
	ck_assert_int_eq(open_into(&single_held, &single_out, "127.0.0.1:0",
			     "192.0.2.1:0"),
	    -1);
	ck_assert(TAILQ_EMPTY(&single_out));
	ck_assert_uint_eq(fixture_count(&single_held), 2);
	ck_assert_ptr_null(l->home);
	ck_assert(single_connects("127.0.0.1", l->local.port));
	ck_assert(fixture_exists(single_path));
}
END_TEST

START_TEST(is_undone_and_has_its_text_again)
{
	const uint16_t port = free_port();
	char text[64], other[64];
	struct listener *l;

	snprintf(text, sizeof(text), "*:%u", port);
	snprintf(other, sizeof(other), ":%u", port);
	single_hold(text);
	l = TAILQ_FIRST(&single_held);
	ck_assert_int_eq(open_into(&single_held, &single_out, other,
			     single_unix_text),
	    0);
	ck_assert_str_eq(l->text, other);
	listeners_undo(&single_out);
	ck_assert(TAILQ_EMPTY(&single_out));
	ck_assert_ptr_eq(TAILQ_FIRST(&single_held), l);
	ck_assert_uint_eq(fixture_count(&single_held), 1);
	ck_assert_str_eq(l->text, text);
	ck_assert_ptr_null(l->home);
	ck_assert(single_connects("127.0.0.1", l->local.port));
	ck_assert(!fixture_exists(single_path));
}
END_TEST

/* Twice the same port 0 is two ports, and they stay two. */
START_TEST(keeps_two_of_one_text_apart)
{
	struct listener *a, *b;

	single_hold("127.0.0.1:0");
	single_hold("127.0.0.1:0");
	a = TAILQ_FIRST(&single_held);
	b = TAILQ_NEXT(a, entry);
	ck_assert_uint_ne(a->local.port, b->local.port);
	ck_assert_int_eq(open_into(&single_held, &single_out, "127.0.0.1:0",
			     "127.0.0.1:0"),
	    0);
	ck_assert_ptr_eq(TAILQ_FIRST(&single_out), a);
	ck_assert_ptr_eq(TAILQ_NEXT(a, entry), b);
}
END_TEST

START_TEST(takes_a_new_port_for_a_port_0_in_other_words)
{
	struct listener *l;

	single_hold("127.0.0.1:0");
	l = TAILQ_FIRST(&single_held);
	ck_assert_int_eq(open_into(&single_held, &single_out, "localhost:0",
			     NULL),
	    0);
	ck_assert_ptr_eq(TAILQ_FIRST(&single_held), l);
	ck_assert_ptr_null(TAILQ_FIRST(&single_out)->home);
}
END_TEST

START_TEST(knows_an_address_in_other_words)
{
	const uint16_t port = free_port();
	char text[64], other[64];
	struct listener *l;

	snprintf(text, sizeof(text), "*:%u", port);
	snprintf(other, sizeof(other), ":%u", port);
	single_hold(text);
	l = TAILQ_FIRST(&single_held);
	ck_assert_int_eq(open_into(&single_held, &single_out, other, NULL), 0);
	ck_assert_ptr_eq(TAILQ_FIRST(&single_out), l);
	ck_assert_str_eq(l->text, other);
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
	ck_assert_int_eq(open_into(&single_held, &single_out, text, NULL), -1);
	ck_assert_int_eq(single_err.exit_code, EX_UNAVAILABLE);
	ck_assert_int_lt(clock_ms() - start, 900);
	close(fd);
	fixture_conf_free(sc);
}
END_TEST

START_TEST(keeps_addresses_while_their_name_cannot_be_looked_up)
{
	uint16_t port;

	if (fixture_network() == -1 || fixture_hosts("127.0.0.1 once\n") == -1)
		return;
	single_hold("once:0");
	port = TAILQ_FIRST(&single_held)->local.port;
	ck_assert_int_eq(fixture_hosts("127.0.0.1 localhost\n"), 0);
	ck_assert_int_eq(open_into(&single_held, &single_out, "once:0", NULL),
	    0);
	ck_assert_uint_eq(TAILQ_FIRST(&single_out)->local.port, port);
	ck_assert(TAILQ_EMPTY(&single_held));
	ck_assert_ptr_nonnull(strstr(fixture_log, "once:0"));
}
END_TEST

START_TEST(follows_a_name_to_another_address)
{
	uint16_t port;

	if (fixture_network() == -1 ||
	    fixture_hosts("127.0.0.1 moved\n127.0.0.2 moved\n") == -1)
		return;
	single_hold("moved:0");
	port = TAILQ_FIRST(&single_held)->local.port;
	ck_assert_int_eq(fixture_hosts("127.0.0.2 moved\n127.0.0.3 moved\n"),
	    0);
	ck_assert_int_eq(open_into(&single_held, &single_out, "moved:0", NULL),
	    0);
	ck_assert_uint_eq(fixture_count(&single_out), 2);
	ck_assert_uint_eq(fixture_count(&single_held), 1);
	ck_assert_uint_eq(TAILQ_FIRST(&single_out)->local.port, port);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, single_set_up_paths, single_tear_down);
	tcase_add_loop_test(tc, hands_an_unchanged_address_on_with_its_queue, 0,
	    sizeof(kept) / sizeof(kept[0]));
	tcase_add_test(tc, opens_new_ones_beside_held_ones);
	tcase_add_test(tc, leaves_held_ones_that_are_no_longer_wanted);
	tcase_add_test(tc, gives_held_ones_back_when_it_fails);
	tcase_add_test(tc, is_undone_and_has_its_text_again);
	tcase_add_test(tc, keeps_two_of_one_text_apart);
	tcase_add_test(tc, takes_a_new_port_for_a_port_0_in_other_words);
	tcase_add_test(tc, knows_an_address_in_other_words);
	tcase_add_test(tc, does_not_wait_at_a_reload);
	tcase_add_test(tc,
	    keeps_addresses_while_their_name_cannot_be_looked_up);
	tcase_add_test(tc, follows_a_name_to_another_address);
}

int
main(void)
{
	return runner_main("listeners_again", add);
}
