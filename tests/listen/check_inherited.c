/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "listen/inherited.h"
#include "listen/passed.h"
#include "runner.h"

static void
takes_nothing_where_nothing_is_given(void)
{
	unsetenv("LISTEN_FDS");
	MUST(inherited_init(&passed_err) == 0);
	MUST(open_name("systemd:web") == -1);
	MUST(passed_err.exit_code == EX_UNAVAILABLE);
	MUST(strstr(passed_err.text, "test: listen systemd:web: ") ==
	    passed_err.text);
}

static void
finds_listeners_by_name(void)
{
	struct listener *l;

	pass(tcp(true));
	pass(tcp(true));
	pass(tcp(true));
	MUST(passed_init("web:mail:web") == 0);
	MUST(getenv("LISTEN_FDS") == NULL);
	MUST(getenv("LISTEN_PID") == NULL);
	MUST(getenv("LISTEN_FDNAMES") == NULL);
	MUST(open_name("systemd:web") == 0);
	MUST(fixture_count(&passed_out) == 2);
	TAILQ_FOREACH (l, &passed_out, entry) {
		MUST(l->inherited);
		MUST(l->local.port != 0);
		MUST(fcntl(l->fd, F_GETFL) & O_NONBLOCK);
		MUST(fcntl(l->fd, F_GETFD) & FD_CLOEXEC);
		MUST(passed_connects(l));
	}
	MUST(fcntl(4, F_GETFD) & FD_CLOEXEC);
	MUST(open_name("systemd:mail") == 0);
	MUST(fixture_count(&passed_out) == 3);
}

static void
calls_those_without_a_name_unknown(void)
{
	pass(tcp(true));
	MUST(passed_init(NULL) == 0);
	MUST(open_name("systemd:unknown") == 0);
	MUST(fixture_count(&passed_out) == 1);
}

static void
keeps_them_for_a_reload(void)
{
	uint16_t port;

	pass(tcp(true));
	MUST(passed_init("web") == 0);
	MUST(open_name("systemd:web") == 0);
	port = TAILQ_FIRST(&passed_out)->local.port;
	MUST(passed_connects(TAILQ_FIRST(&passed_out)));
	fixture_close(&passed_out);
	MUST(open_name("systemd:web") == 0);
	MUST(TAILQ_FIRST(&passed_out)->local.port == port);
	MUST(passed_connects(TAILQ_FIRST(&passed_out)));
}

static void
hands_held_ones_on(void)
{
	struct listener_list held = TAILQ_HEAD_INITIALIZER(held);
	struct service_conf *sc = fixture_conf("systemd:web", NULL);
	struct listener_request r[] = {
		{ .sc = sc, .own = &held, .out = &passed_out },
	};
	struct listener *l;

	pass(tcp(true));
	MUST(passed_init("web") == 0);
	MUST(fixture_open(sc, NULL, &held, &passed_err) == 0);
	l = TAILQ_FIRST(&held);
	MUST(listeners_open(r, 1, false, &passed_err) == 0);
	MUST(TAILQ_EMPTY(&held));
	MUST(TAILQ_FIRST(&passed_out) == l);
	MUST(fixture_count(&passed_out) == 1);
	fixture_conf_free(sc);
}

/* All of one name, wherever they are. */
static void
moves_to_another_service(void)
{
	struct listener_list held = TAILQ_HEAD_INITIALIZER(held);
	struct listener_list none = TAILQ_HEAD_INITIALIZER(none);
	struct service_conf *sc = fixture_conf("systemd:web", NULL);
	struct listener_request r[] = {
		{ .own = &held, .out = &none },
		{ .sc = sc, .own = &none, .out = &passed_out },
	};
	struct listener *first;

	pass(tcp(true));
	pass(tcp(true));
	MUST(passed_init("web:web") == 0);
	MUST(fixture_open(sc, NULL, &held, &passed_err) == 0);
	first = TAILQ_FIRST(&held);
	MUST(listeners_open(r, 2, false, &passed_err) == 0);
	MUST(TAILQ_EMPTY(&held));
	MUST(TAILQ_FIRST(&passed_out) == first);
	MUST(fixture_count(&passed_out) == 2);
	listeners_undo(&passed_out);
	MUST(TAILQ_EMPTY(&passed_out));
	MUST(fixture_count(&held) == 2);
	fixture_conf_free(sc);
}

static void
is_not_had_by_two_services(void)
{
	struct listener_list held = TAILQ_HEAD_INITIALIZER(held);
	struct listener_list none = TAILQ_HEAD_INITIALIZER(none);
	struct service_conf *sc = fixture_conf("systemd:web", NULL);
	struct listener_request r[] = {
		{ .sc = sc, .own = &held, .out = &none, .stays = true },
		{ .sc = sc, .own = &none, .out = &passed_out },
	};

	pass(tcp(true));
	MUST(passed_init("web") == 0);
	MUST(fixture_open(sc, NULL, &held, &passed_err) == 0);
	MUST(listeners_open(r, 2, false, &passed_err) == -1);
	MUST(passed_err.exit_code == EX_CONFIG);
	MUST(TAILQ_EMPTY(&passed_out));
	fixture_conf_free(sc);
}

/* Its creator does not close it, whatever the new configuration has. */
static void
is_not_shared_with_an_own_one(void)
{
	struct listener_list held = TAILQ_HEAD_INITIALIZER(held);
	struct service_conf *sc = fixture_conf("systemd:web", NULL), *other;
	struct listener_request r = { .own = &held, .out = &passed_out };
	char text[64];

	pass(tcp(true));
	MUST(passed_init("web") == 0);
	MUST(fixture_open(sc, NULL, &held, &passed_err) == 0);
	snprintf(text, sizeof(text), "*:%u", TAILQ_FIRST(&held)->local.port);
	r.sc = other = fixture_conf(text, NULL);
	MUST(listeners_open(&r, 1, false, &passed_err) == -1);
	MUST(strstr(passed_err.text, "inherited listener of the running") !=
	    NULL);
	MUST(fixture_count(&held) == 1);
	fixture_conf_free(sc);
	fixture_conf_free(other);
}

static void
never_removes_an_inherited_path(void)
{
	char path[80];

	snprintf(path, sizeof(path), "%s/s", fixture_dir());
	pass(unix_stream(path));
	MUST(passed_init("web") == 0);
	MUST(open_name("systemd:web") == 0);
	MUST(strcmp(TAILQ_FIRST(&passed_out)->path, path) == 0);
	MUST(TAILQ_FIRST(&passed_out)->local.family == AF_UNIX);
	MUST(passed_connects(TAILQ_FIRST(&passed_out)));
	fixture_close(&passed_out);
	MUST(fixture_exists(path));
	fixture_clean();
}

static void
shows_an_abstract_name(void)
{
	char name[64], text[ADDR_TEXT_MAX];

	snprintf(name, sizeof(name), "@tined-inherited-%d", (int)getpid());
	pass(unix_stream(name));
	MUST(passed_init("web") == 0);
	MUST(open_name("systemd:web") == 0);
	MUST(strcmp(TAILQ_FIRST(&passed_out)->path, name) == 0);
	listener_format(TAILQ_FIRST(&passed_out), text, sizeof(text));
	MUST(strncmp(text, "unix:@tined", 11) == 0);
	MUST(passed_connects(TAILQ_FIRST(&passed_out)));
}

static void
applies_the_options_of_the_service(void)
{
	struct service_conf *sc = fixture_conf("systemd:web", NULL);
	int on = 0;
	socklen_t len = sizeof(on);

	pass(tcp(true));
	MUST(passed_init("web") == 0);
	MUST(fixture_open(sc, NULL, &passed_out, &passed_err) == 0);
	MUST(getsockopt(3, SOL_SOCKET, SO_KEEPALIVE, &on, &len) == 0);
	MUST(on == 1);
	MUST(fixture_log[0] == '\0');
	fixture_conf_free(sc);
}

static void (*const cases[])(void) = {
	takes_nothing_where_nothing_is_given,
	finds_listeners_by_name,
	calls_those_without_a_name_unknown,
	keeps_them_for_a_reload,
	hands_held_ones_on,
	moves_to_another_service,
	is_not_had_by_two_services,
	is_not_shared_with_an_own_one,
	never_removes_an_inherited_path,
	shows_an_abstract_name,
	applies_the_options_of_the_service,
};

START_TEST(behaves_as_each_case_says)
{
	run_case(cases[_i]);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(tc, behaves_as_each_case_says, 0,
	    sizeof(cases) / sizeof(cases[0]));
}

int
main(void)
{
	return runner_main("inherited", add);
}
