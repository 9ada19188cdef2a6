/* SPDX-License-Identifier: ISC */
/* Descriptors that are not served, and those of another process. */
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
must_refuse(int fd, const char *why)
{
	pass(tcp(true));
	pass(fd);
	MUST(passed_init("good:bad") == -1);
	MUST(passed_err.exit_code == EX_CONFIG);
	MUST(strstr(passed_err.text, "descriptor 4 (bad)") != NULL);
	MUST(strstr(passed_err.text, why) != NULL);
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
	MUST(inherited_init(&passed_err) == 0);
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
	MUST(inherited_init(&passed_err) == -1);
	MUST(passed_err.exit_code == EX_CONFIG);
}

static void
refuses_descriptors_that_are_not_open(void)
{
	pass(tcp(true));
	close(4);
	passed_nfds++;
	MUST(passed_init("web:gone") == -1);
	MUST(passed_err.exit_code == EX_CONFIG);
}

static void (*const cases[])(void) = {
	refuses_a_socket_that_does_not_listen,
	refuses_a_datagram_socket,
	refuses_a_packet_socket,
	refuses_a_connection,
	refuses_another_family,
	refuses_a_file,
	ignores_what_is_meant_for_another_process,
	refuses_nonsense_in_the_environment,
	refuses_descriptors_that_are_not_open,
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
	return runner_main("inherited_refused", add);
}
