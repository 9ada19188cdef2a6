/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "listen/fixture.h"
#include "listen/tcpsock.h"
#include "runner.h"

static struct listener_list out;
static struct failure err;

/* The one listener of that address. */
static struct listener *
open_one(struct service_conf *sc)
{
	TAILQ_INIT(&out);
	ck_assert_msg(fixture_open(sc, NULL, &out, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(fixture_count(&out), 1);
	return TAILQ_FIRST(&out);
}

START_TEST(is_shown_as_it_is_connected_to)
{
	struct listener l = { .local.family = AF_UNIX, .path = "/run/a b" };
	char text[ADDR_TEXT_MAX];

	ck_assert_str_eq(listener_format(&l, text, sizeof(text)),
	    "unix:/run/a b");
	strcpy(l.path, "@name");
	ck_assert_str_eq(listener_format(&l, text, sizeof(text)), "unix:@name");
	ck_assert_int_eq(addr_from_ip("::1", &l.local), 0);
	l.local.port = 7;
	ck_assert_str_eq(listener_format(&l, text, sizeof(text)), "[::1]:7");
	ck_assert_int_eq(addr_from_ip("192.0.2.1", &l.local), 0);
	l.local.port = 65535;
	ck_assert_str_eq(listener_format(&l, text, sizeof(text)),
	    "192.0.2.1:65535");
}
END_TEST

START_TEST(shows_the_longest_path)
{
	struct listener l = { .local.family = AF_UNIX };
	char text[ADDR_TEXT_MAX];

	memset(l.path, 'x', sizeof(l.path) - 1);
	listener_format(&l, text, sizeof(text));
	ck_assert_uint_eq(strlen(text), 5 + sizeof(l.path) - 1);
}
END_TEST

START_TEST(takes_new_options_while_it_is_open)
{
	struct service_conf *sc = fixture_conf("127.0.0.1:0", NULL);
	struct listener *l = open_one(sc);
	struct tcp_info info;
	socklen_t len = sizeof(info);

	sc->nodelay = sc->keepalive = false;
	sc->peer_ms = 7000;
	sc->backlog = 9;
	listener_apply(l, sc);
	ck_assert_int_eq(tcpsock_option(l->fd, IPPROTO_TCP, TCP_NODELAY, -1),
	    0);
	ck_assert_int_eq(tcpsock_option(l->fd, SOL_SOCKET, SO_KEEPALIVE, -1),
	    0);
	ck_assert_int_eq(tcpsock_option(l->fd, IPPROTO_TCP, TCP_USER_TIMEOUT,
			     -1),
	    7000);
	ck_assert_int_eq(getsockopt(l->fd, IPPROTO_TCP, TCP_INFO, &info, &len),
	    0);
	ck_assert_uint_eq(info.tcpi_sacked, 9);
	ck_assert_str_eq(fixture_log, "");
	fixture_close(&out);
	fixture_conf_free(sc);
}
END_TEST

START_TEST(says_what_only_a_start_can_change)
{
	struct service_conf *sc = fixture_conf("*:0", NULL);
	struct listener *l = open_one(sc);

	sc->freebind = true;
	sc->v6only = true;
	listener_apply(l, sc);
	ck_assert_ptr_nonnull(strstr(fixture_log, "freebind"));
	ck_assert_ptr_nonnull(strstr(fixture_log, "v6only"));
	fixture_close(&out);
	fixture_conf_free(sc);
}
END_TEST

START_TEST(says_nothing_of_options_that_do_not_concern_it)
{
	struct service_conf *sc = fixture_conf("127.0.0.1:0", NULL);
	struct listener *l = open_one(sc);

	sc->v6only = true;
	sc->socket_mode = 0600;
	listener_apply(l, sc);
	ck_assert_str_eq(fixture_log, "");
	fixture_close(&out);
	fixture_conf_free(sc);
}
END_TEST

START_TEST(gives_a_path_its_new_mode_and_says_when_it_cannot)
{
	struct service_conf *sc;
	char text[80], path[80];
	struct listener *l;
	struct stat st;

	snprintf(path, sizeof(path), "%s/s", fixture_dir());
	snprintf(text, sizeof(text), "unix:%.70s", path);
	sc = fixture_conf(text, NULL);
	l = open_one(sc);
	sc->socket_mode = 0600;
	listener_apply(l, sc);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_str_eq(fixture_log, "");
	ck_assert_int_eq(unlink(path), 0);
	listener_apply(l, sc);
	ck_assert_ptr_nonnull(strstr(fixture_log, path));
	fixture_close(&out);
	fixture_conf_free(sc);
	fixture_clean();
}
END_TEST

START_TEST(closes_what_is_not_open_yet)
{
	struct listener *l = listener_new("*:7");

	ck_assert_ptr_nonnull(l);
	ck_assert_str_eq(l->text, "*:7");
	ck_assert_int_eq(l->fd, -1);
	ck_assert_int_eq(l->place.lock, -1);
	listener_close(l);
	ck_assert_int_ne(fcntl(0, F_GETFD), -1);
}
END_TEST

static const struct addr any_port_7 = { .family = AF_INET, .port = 7 };

START_TEST(compares_unix_paths)
{
	struct listener a = { .local.family = AF_UNIX, .path = "/run/a" };
	struct listener b = a;
	struct listener tcp = { .local = any_port_7 };

	ck_assert(listener_overlaps(&a, &b));
	strcpy(b.path, "@/run/a");
	ck_assert(!listener_overlaps(&a, &b));
	ck_assert(!listener_overlaps(&a, &tcp));
	ck_assert(!listener_overlaps(&tcp, &a));
}
END_TEST

START_TEST(compares_inherited_ones_by_name)
{
	char web[] = "systemd:web", mail[] = "systemd:mail";
	struct listener a = {
		.inherited = true, .text = web, .local = any_port_7
	};
	struct listener b = a, own = a;

	ck_assert(listener_overlaps(&a, &b));
	b.text = mail;
	ck_assert(!listener_overlaps(&a, &b));
	own.inherited = false;
	ck_assert(listener_overlaps(&a, &own));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, compares_unix_paths);
	tcase_add_test(tc, compares_inherited_ones_by_name);
	tcase_add_test(tc, is_shown_as_it_is_connected_to);
	tcase_add_test(tc, shows_the_longest_path);
	tcase_add_test(tc, takes_new_options_while_it_is_open);
	tcase_add_test(tc, says_what_only_a_start_can_change);
	tcase_add_test(tc, says_nothing_of_options_that_do_not_concern_it);
	tcase_add_test(tc, gives_a_path_its_new_mode_and_says_when_it_cannot);
	tcase_add_test(tc, closes_what_is_not_open_yet);
}

int
main(void)
{
	return runner_main("listener", add);
}
