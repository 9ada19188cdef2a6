/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "listen/fixture.h"
#include "listen/inherited.h"
#include "runner.h"

/*
 * Descriptor 3 and those after it are Check's own, so each case is a child's,
 * which has them for itself and ends with 0 when all went well.
 */
#define MUST(condition)                                                        \
	do {                                                                   \
		if (!(condition)) {                                            \
			dprintf(2, "%s:%d: %s: %s\n", __FILE__, __LINE__,      \
			    #condition, err.text);                             \
			_exit(1);                                              \
		}                                                              \
	} while (0)

static struct listener_error err;
static struct listener_list out = TAILQ_HEAD_INITIALIZER(out);
static int nfds;

/* Puts fd where the next inherited one belongs. */
static void
pass(int fd)
{
	int to = 3 + nfds++;

	MUST(fd != -1);
	if (fd != to) {
		MUST(dup2(fd, to) == to);
		close(fd);
	}
}

static int
tcp(bool listening)
{
	struct sockaddr_storage ss;
	struct addr a;
	socklen_t len;
	int fd;

	MUST(addr_from_ip("127.0.0.1", &a) == 0);
	a.port = 0;
	len = addr_to_sockaddr(&a, &ss);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	MUST(bind(fd, (struct sockaddr *)&ss, len) == 0);
	MUST(!listening || listen(fd, 5) == 0);
	return fd;
}

static int
unix_stream(const char *path)
{
	struct sockaddr_un sun;
	socklen_t len = addr_to_sockaddr_un(path, &sun);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	MUST(bind(fd, (struct sockaddr *)&sun, len) == 0);
	MUST(listen(fd, 5) == 0);
	return fd;
}

/* Says in the environment what was passed, and takes it over. */
static int
init(const char *names)
{
	char text[32];

	snprintf(text, sizeof(text), "%d", (int)getpid());
	setenv("LISTEN_PID", text, 1);
	snprintf(text, sizeof(text), "%d", nfds);
	setenv("LISTEN_FDS", text, 1);
	if (names != NULL)
		setenv("LISTEN_FDNAMES", names, 1);
	else
		unsetenv("LISTEN_FDNAMES");
	return inherited_init(&err);
}

static int
open_name(const char *text)
{
	struct service_conf *sc = fixture_conf(text, NULL);
	int rc = fixture_open(sc, NULL, &out, &err);

	fixture_conf_free(sc);
	return rc;
}

static bool
connects(const struct listener *l)
{
	int fd = l->local.family == AF_UNIX ? fixture_connect_unix(l->path) :
					      fixture_connect(&l->local);

	if (fd == -1)
		return false;
	close(fd);
	return true;
}

static void
takes_nothing_where_nothing_is_given(void)
{
	unsetenv("LISTEN_FDS");
	MUST(inherited_init(&err) == 0);
	MUST(open_name("systemd:web") == -1);
	MUST(err.exit_code == EX_UNAVAILABLE);
	MUST(strstr(err.text, "test: listen systemd:web: ") == err.text);
}

static void
finds_listeners_by_name(void)
{
	struct listener *l;

	pass(tcp(true));
	pass(tcp(true));
	pass(tcp(true));
	MUST(init("web:mail:web") == 0);
	MUST(getenv("LISTEN_FDS") == NULL);
	MUST(getenv("LISTEN_PID") == NULL);
	MUST(getenv("LISTEN_FDNAMES") == NULL);
	MUST(open_name("systemd:web") == 0);
	MUST(fixture_count(&out) == 2);
	TAILQ_FOREACH (l, &out, entry) {
		MUST(l->inherited);
		MUST(l->local.port != 0);
		MUST(fcntl(l->fd, F_GETFL) & O_NONBLOCK);
		MUST(fcntl(l->fd, F_GETFD) & FD_CLOEXEC);
		MUST(connects(l));
	}
	MUST(fcntl(4, F_GETFD) & FD_CLOEXEC);
	MUST(open_name("systemd:mail") == 0);
	MUST(fixture_count(&out) == 3);
}

static void
calls_those_without_a_name_unknown(void)
{
	pass(tcp(true));
	MUST(init(NULL) == 0);
	MUST(open_name("systemd:unknown") == 0);
	MUST(fixture_count(&out) == 1);
}

static void
keeps_them_for_a_reload(void)
{
	uint16_t port;

	pass(tcp(true));
	MUST(init("web") == 0);
	MUST(open_name("systemd:web") == 0);
	port = TAILQ_FIRST(&out)->local.port;
	MUST(connects(TAILQ_FIRST(&out)));
	fixture_close(&out);
	MUST(open_name("systemd:web") == 0);
	MUST(TAILQ_FIRST(&out)->local.port == port);
	MUST(connects(TAILQ_FIRST(&out)));
}

static void
hands_held_ones_on(void)
{
	struct listener_list held = TAILQ_HEAD_INITIALIZER(held);
	struct service_conf *sc = fixture_conf("systemd:web", NULL);
	struct listener_request r[] = {
		{ .sc = sc, .own = &held, .out = &out },
	};
	struct listener *l;

	pass(tcp(true));
	MUST(init("web") == 0);
	MUST(fixture_open(sc, NULL, &held, &err) == 0);
	l = TAILQ_FIRST(&held);
	MUST(listeners_open(r, 1, false, &err) == 0);
	MUST(TAILQ_EMPTY(&held));
	MUST(TAILQ_FIRST(&out) == l);
	MUST(fixture_count(&out) == 1);
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
		{ .sc = sc, .own = &none, .out = &out },
	};
	struct listener *first;

	pass(tcp(true));
	pass(tcp(true));
	MUST(init("web:web") == 0);
	MUST(fixture_open(sc, NULL, &held, &err) == 0);
	first = TAILQ_FIRST(&held);
	MUST(listeners_open(r, 2, false, &err) == 0);
	MUST(TAILQ_EMPTY(&held));
	MUST(TAILQ_FIRST(&out) == first);
	MUST(fixture_count(&out) == 2);
	listeners_undo(&out);
	MUST(TAILQ_EMPTY(&out));
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
		{ .sc = sc, .own = &none, .out = &out },
	};

	pass(tcp(true));
	MUST(init("web") == 0);
	MUST(fixture_open(sc, NULL, &held, &err) == 0);
	MUST(listeners_open(r, 2, false, &err) == -1);
	MUST(err.exit_code == EX_CONFIG);
	MUST(TAILQ_EMPTY(&out));
	fixture_conf_free(sc);
}

/* Its creator does not close it, whatever the new configuration has. */
static void
is_not_shared_with_an_own_one(void)
{
	struct listener_list held = TAILQ_HEAD_INITIALIZER(held);
	struct service_conf *sc = fixture_conf("systemd:web", NULL), *other;
	struct listener_request r = { .own = &held, .out = &out };
	char text[64];

	pass(tcp(true));
	MUST(init("web") == 0);
	MUST(fixture_open(sc, NULL, &held, &err) == 0);
	snprintf(text, sizeof(text), "*:%u", TAILQ_FIRST(&held)->local.port);
	r.sc = other = fixture_conf(text, NULL);
	MUST(listeners_open(&r, 1, false, &err) == -1);
	MUST(strstr(err.text, "inherited listener of the running") != NULL);
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
	MUST(init("web") == 0);
	MUST(open_name("systemd:web") == 0);
	MUST(strcmp(TAILQ_FIRST(&out)->path, path) == 0);
	MUST(TAILQ_FIRST(&out)->local.family == AF_UNIX);
	MUST(connects(TAILQ_FIRST(&out)));
	fixture_close(&out);
	MUST(fixture_exists(path));
	fixture_clean();
}

static void
shows_an_abstract_name(void)
{
	char name[64], text[ADDR_TEXT_MAX];

	snprintf(name, sizeof(name), "@tined-inherited-%d", (int)getpid());
	pass(unix_stream(name));
	MUST(init("web") == 0);
	MUST(open_name("systemd:web") == 0);
	MUST(strcmp(TAILQ_FIRST(&out)->path, name) == 0);
	listener_format(TAILQ_FIRST(&out), text, sizeof(text));
	MUST(strncmp(text, "unix:@tined", 11) == 0);
	MUST(connects(TAILQ_FIRST(&out)));
}

static void
must_refuse(int fd, const char *why)
{
	pass(tcp(true));
	pass(fd);
	MUST(init("good:bad") == -1);
	MUST(err.exit_code == EX_CONFIG);
	MUST(strstr(err.text, "descriptor 4 (bad)") != NULL);
	MUST(strstr(err.text, why) != NULL);
}

static void
refuses_a_socket_that_does_not_listen(void)
{
	must_refuse(tcp(false), "not listening");
}

static void
refuses_a_datagram_socket(void)
{
	must_refuse(socket(AF_INET, SOCK_DGRAM, 0), "not a stream socket");
}

static void
refuses_a_packet_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	MUST(listen(fd, 5) == -1);
	must_refuse(fd, "not a stream socket");
}

static void
refuses_a_connection(void)
{
	int pair[2];

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	must_refuse(pair[0], "not listening");
}

static void
refuses_another_family(void)
{
	must_refuse(socket(AF_NETLINK, SOCK_RAW, 0),
	    "not a TCP or Unix socket");
}

static void
refuses_a_file(void)
{
	must_refuse(open("/dev/null", O_RDWR), "not a socket");
}

static void
ignores_what_is_meant_for_another_process(void)
{
	pass(tcp(true));
	setenv("LISTEN_PID", "1", 1);
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_FDNAMES", "web", 1);
	MUST(inherited_init(&err) == 0);
	MUST(getenv("LISTEN_FDS") == NULL);
	MUST(open_name("systemd:web") == -1);
}

static void
refuses_nonsense_in_the_environment(void)
{
	char pid[32];

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "many", 1);
	MUST(inherited_init(&err) == -1);
	MUST(err.exit_code == EX_CONFIG);
}

static void
refuses_descriptors_that_are_not_open(void)
{
	pass(tcp(true));
	close(4);
	nfds++;
	MUST(init("web:gone") == -1);
	MUST(err.exit_code == EX_CONFIG);
}

static void
applies_the_options_of_the_service(void)
{
	struct service_conf *sc = fixture_conf("systemd:web", NULL);
	int on = 0;
	socklen_t len = sizeof(on);

	pass(tcp(true));
	MUST(init("web") == 0);
	MUST(fixture_open(sc, NULL, &out, &err) == 0);
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
	refuses_a_socket_that_does_not_listen,
	refuses_a_datagram_socket,
	refuses_a_packet_socket,
	refuses_a_connection,
	refuses_another_family,
	refuses_a_file,
	ignores_what_is_meant_for_another_process,
	refuses_nonsense_in_the_environment,
	refuses_descriptors_that_are_not_open,
	applies_the_options_of_the_service,
};

START_TEST(behaves_as_each_case_says)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		cases[_i]();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
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
