/* SPDX-License-Identifier: ISC */
/* Notifications, received on a socket of the test. */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "main/notify.h"
#include "runner.h"

static int sock;
static char heard[1024];

/* Listens on a path, or on an abstract name when it begins with '@'. */
static void
listen_on(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	socklen_t len;

	sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	ck_assert_int_ne(sock, -1);
	ck_assert_uint_lt(strlen(path), sizeof(sun.sun_path));
	memcpy(sun.sun_path, path, strlen(path));
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    strlen(path));
	if (path[0] == '@')
		sun.sun_path[0] = '\0';
	else
		len++;
	ck_assert_int_eq(bind(sock, (struct sockaddr *)&sun, len), 0);
	setenv("NOTIFY_SOCKET", path, 1);
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

static void
listen_abstract(void)
{
	char name[64];

	snprintf(name, sizeof(name), "@tined-check-notify-%d", (int)getpid());
	listen_on(name);
}

/* The next message, "" where there is none. */
static const char *
hear(void)
{
	ssize_t n = recv(sock, heard, sizeof(heard) - 1, 0);

	heard[n > 0 ? n : 0] = '\0';
	return heard;
}

START_TEST(says_nothing_without_a_socket)
{
	unsetenv("NOTIFY_SOCKET");
	setenv("WATCHDOG_USEC", "2000000", 1);
	unsetenv("WATCHDOG_PID");
	notify_init();
	notify_send("READY=1\nSTATUS=%s", "status");
	notify_send("STOPPING=1");
	ck_assert_int_eq(notify_watchdog(clock_ms()), 0);
}
END_TEST

START_TEST(talks_to_an_abstract_socket)
{
	listen_abstract();
	notify_init();
	notify_send("READY=1\nSTATUS=%s", "2 services");
	ck_assert_str_eq(hear(), "READY=1\nSTATUS=2 services");
	notify_send("STATUS=%s", "2 services, 17 connections");
	ck_assert_str_eq(hear(), "STATUS=2 services, 17 connections");
	notify_send("STOPPING=1");
	ck_assert_str_eq(hear(), "STOPPING=1");
	notify_send("EXTEND_TIMEOUT_USEC=%d", 1500000);
	ck_assert_str_eq(hear(), "EXTEND_TIMEOUT_USEC=1500000");
	ck_assert_str_eq(hear(), "");
}
END_TEST

START_TEST(talks_to_a_socket_with_a_path)
{
	char dir[] = "/tmp/tined-check-XXXXXX", path[64];

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/notify", dir);
	listen_on(path);
	notify_init();
	notify_send("READY=1\nSTATUS=%s", "ok");
	ck_assert_str_eq(hear(), "READY=1\nSTATUS=ok");
	ck_assert_int_eq(unlink(path), 0);
	notify_send("STATUS=%s", "not received");
	ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

START_TEST(a_reload_tells_the_time)
{
	int64_t before = clock_us(), usec;

	listen_abstract();
	notify_init();
	notify_reloading();
	ck_assert_int_eq(sscanf(hear(), "RELOADING=1\nMONOTONIC_USEC=%" SCNd64,
			     &usec),
	    1);
	ck_assert(usec >= before && usec <= clock_us());
}
END_TEST

START_TEST(no_child_finds_the_variables)
{
	listen_abstract();
	setenv("WATCHDOG_USEC", "2000000", 1);
	setenv("WATCHDOG_PID", "1", 1);
	notify_init();
	ck_assert_ptr_null(getenv("NOTIFY_SOCKET"));
	ck_assert_ptr_null(getenv("WATCHDOG_USEC"));
	ck_assert_ptr_null(getenv("WATCHDOG_PID"));
	notify_send("READY=1\nSTATUS=%s", "ok");
	ck_assert_ptr_null(getenv("NOTIFY_SOCKET"));
	ck_assert_str_eq(hear(), "READY=1\nSTATUS=ok");
}
END_TEST

START_TEST(feeds_the_watchdog_when_it_is_due)
{
	char pid[16];

	listen_abstract();
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("WATCHDOG_PID", pid, 1);
	setenv("WATCHDOG_USEC", "3000000", 1);
	notify_init();
	ck_assert_int_eq(notify_watchdog(10000), 11500);
	ck_assert_str_eq(hear(), "WATCHDOG=1");
	ck_assert_int_eq(notify_watchdog(11499), 11500);
	ck_assert_str_eq(hear(), "");
	ck_assert_int_eq(notify_watchdog(11600), 13100);
	ck_assert_str_eq(hear(), "WATCHDOG=1");
}
END_TEST

START_TEST(leaves_another_ones_watchdog_alone)
{
	listen_abstract();
	setenv("WATCHDOG_PID", "1", 1);
	setenv("WATCHDOG_USEC", "3000000", 1);
	notify_init();
	ck_assert_int_eq(notify_watchdog(10000), 0);
	ck_assert_str_eq(hear(), "");
}
END_TEST

START_TEST(a_watchdog_of_nonsense_is_none)
{
	static const char *const usec[] = { "", "0", "-1", "x",
		"99999999999999999999999" };
	size_t i;

	listen_abstract();
	for (i = 0; i < sizeof(usec) / sizeof(usec[0]); i++) {
		setenv("WATCHDOG_USEC", usec[i], 1);
		notify_init();
		ck_assert_int_eq(notify_watchdog(10000), 0);
	}
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, says_nothing_without_a_socket);
	tcase_add_test(tc, talks_to_an_abstract_socket);
	tcase_add_test(tc, talks_to_a_socket_with_a_path);
	tcase_add_test(tc, a_reload_tells_the_time);
	tcase_add_test(tc, no_child_finds_the_variables);
	tcase_add_test(tc, feeds_the_watchdog_when_it_is_due);
	tcase_add_test(tc, leaves_another_ones_watchdog_alone);
	tcase_add_test(tc, a_watchdog_of_nonsense_is_none);
}

int
main(void)
{
	return runner_main("notify", add);
}
