/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <bsd/string.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "listen/single.h"
#include "runner.h"

START_TEST(opens_several_in_the_order_of_the_list)
{
	ck_assert_int_eq(open_into(NULL, &single_out, "127.0.0.1:0",
			     single_unix_text),
	    0);
	ck_assert_uint_eq(fixture_count(&single_out), 2);
	ck_assert_str_eq(TAILQ_FIRST(&single_out)->text, "127.0.0.1:0");
	ck_assert_str_eq(TAILQ_NEXT(TAILQ_FIRST(&single_out), entry)->text,
	    single_unix_text);
}
END_TEST

START_TEST(leaves_nothing_open_when_one_of_them_fails)
{
	int before = dup(1), after;

	close(before);
	ck_assert_int_eq(open_into(NULL, &single_out, single_unix_text,
			     "192.0.2.1:0"),
	    -1);
	ck_assert_int_eq(single_err.exit_code, EX_UNAVAILABLE);
	ck_assert(TAILQ_EMPTY(&single_out));
	ck_assert(!fixture_exists(single_path));
	after = dup(1);
	ck_assert_int_eq(before, after);
	close(after);
}
END_TEST

START_TEST(refuses_what_overlaps_within_a_list_at_once)
{
	const int64_t start = clock_ms();
	const uint16_t port = free_port();
	char text[64], other[64];

	snprintf(text, sizeof(text), "0.0.0.0:%u", port);
	snprintf(other, sizeof(other), "127.0.0.1:%u", port);
	ck_assert_int_eq(open_into(NULL, &single_out, text, other), -1);
	ck_assert_int_eq(single_err.exit_code, EX_CONFIG);
	ck_assert_ptr_nonnull(strstr(single_err.text, text));
	ck_assert_ptr_nonnull(strstr(single_err.text, other));
	ck_assert_int_eq(open_into(NULL, &single_out, single_unix_text,
			     single_unix_text),
	    -1);
	ck_assert_int_eq(single_err.exit_code, EX_CONFIG);
	ck_assert(!fixture_exists(single_path));
	ck_assert(TAILQ_EMPTY(&single_out));
	ck_assert_int_lt(clock_ms() - start, 900);
}
END_TEST

START_TEST(names_what_another_service_has)
{
	struct service_conf *sc = fixture_conf(single_unix_text, NULL), *other;
	struct listener_list none = TAILQ_HEAD_INITIALIZER(none);
	struct listener_request r[] = {
		{ .sc = sc, .own = &single_held, .out = &none, .stays = true },
		{ .own = &none, .out = &single_out },
	};

	single_hold(single_unix_text);
	r[1].sc = other = fixture_conf("127.0.0.1:0", single_unix_text, NULL);
	ck_assert_int_eq(listeners_open(r, 2, false, &single_err), -1);
	ck_assert_int_eq(single_err.exit_code, EX_CONFIG);
	ck_assert_ptr_nonnull(strstr(single_err.text, "service test has"));
	ck_assert(TAILQ_EMPTY(&single_out));
	ck_assert_uint_eq(fixture_count(&single_held), 1);
	ck_assert(fixture_exists(single_path));
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
	strlcpy(sun.sun_path, single_path, sizeof(sun.sun_path));
	ck_assert_int_eq(bind(busy, (struct sockaddr *)&sun, sizeof(sun)), 0);
	ck_assert_int_eq(listen(busy, 5), 0);
	ck_assert_int_eq(open_into(NULL, &single_out, single_unix_text, NULL),
	    -1);
	ck_assert_int_eq(single_err.exit_code, EX_UNAVAILABLE);
	ck_assert_int_ge(clock_ms() - start, 900);
	ck_assert_int_lt(clock_ms() - start, 5000);
	ck_assert(fixture_exists(single_path));
	close(busy);
	unlink(single_path);
}
END_TEST

START_TEST(refuses_more_than_a_service_can_have)
{
	struct service_conf *sc = fixture_conf(NULL, NULL);

	while (sc->listen.n < SETTINGS_LISTENERS)
		sc->listen.v[sc->listen.n++].text = strdup("127.0.0.1:0");
	fixture_look_up(sc);
	ck_assert_int_eq(fixture_open(sc, NULL, &single_out, &single_err), 0);
	ck_assert_uint_eq(fixture_count(&single_out), SETTINGS_LISTENERS);
	fixture_close(&single_out);
	sc->listen.v[sc->listen.n++].text = strdup(single_unix_text);
	ck_assert_int_eq(fixture_open(sc, NULL, &single_out, &single_err), -1);
	ck_assert_int_eq(single_err.exit_code, EX_CONFIG);
	ck_assert(TAILQ_EMPTY(&single_out));
	ck_assert(!fixture_exists(single_path));
	fixture_conf_free(sc);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, single_set_up_paths, single_tear_down);
	tcase_add_test(tc, opens_several_in_the_order_of_the_list);
	tcase_add_test(tc, leaves_nothing_open_when_one_of_them_fails);
	tcase_add_test(tc, refuses_what_overlaps_within_a_list_at_once);
	tcase_add_test(tc, names_what_another_service_has);
	tcase_add_test(tc, waits_in_all_for_a_second_only);
	tcase_add_test(tc, refuses_more_than_a_service_can_have);
}

int
main(void)
{
	return runner_main("listeners", add);
}
