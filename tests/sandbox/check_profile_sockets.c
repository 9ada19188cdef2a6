/* SPDX-License-Identifier: ISC */
/*
 * The sockets of the strict sandbox: every family, type and protocol by a real
 * call, before the filter is loaded and after, and what connects without
 * connect(2).
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "sandbox/attempts.h"
#include "inject.h"
#include "runner.h"

#define FAMILIES  48
#define TYPES     16
#define PROTOCOLS 300 /* IPPROTO_MPTCP is 262 */

#ifndef TCP_ULP
#define TCP_ULP 31
#endif
#define UNKNOWN_OPTION 999

/* The kernel's own answers, as they are without a filter. */
static int before[TYPES][PROTOCOLS];

static int
answer(int family, int type, int protocol)
{
	int fd = socket(family, type | SOCK_CLOEXEC, protocol);

	if (fd == -1)
		return errno;
	close(fd);
	return 0;
}

static bool
is_left(int protocol)
{
	return protocol == 0 || protocol == IPPROTO_TCP ||
	    protocol == IPPROTO_UDP || protocol == IPPROTO_ICMP ||
	    protocol == IPPROTO_ICMPV6;
}

/* What must become of an internet socket with the filter. */
static int
wanted(int type, int protocol)
{
	if (type != SOCK_STREAM && type != SOCK_DGRAM)
		return ESOCKTNOSUPPORT;
	if (!is_left(protocol))
		return EPROTONOSUPPORT;
	return before[type][protocol];
}

static long
compare_all(int family)
{
	int got, protocol, type, want;

	for (type = 0; type < TYPES; type++)
		for (protocol = 0; protocol < PROTOCOLS; protocol++) {
			want = wanted(type, protocol);
			got = answer(family, type, protocol);
			/* Where both are wrong, either may be said. */
			if (got == want ||
			    (got == EPROTONOSUPPORT && !is_left(protocol)))
				continue;
			fprintf(stderr, "socket(%d, %d, %d): %d, not %d\n",
			    family, type, protocol, got, want);
			errno = EBADMSG;
			return -1;
		}
	return 0;
}

static long
compare_inet(void)
{
	return compare_all(AF_INET);
}

static long
compare_inet6(void)
{
	return compare_all(AF_INET6);
}

static long
other_families(void)
{
	int family;

	for (family = 0; family < FAMILIES; family++) {
		if (family == AF_UNIX || family == AF_INET ||
		    family == AF_INET6 || family == AF_NETLINK)
			continue;
		if (answer(family, SOCK_STREAM, 0) == EAFNOSUPPORT &&
		    answer(family, SOCK_DGRAM, 0) == EAFNOSUPPORT &&
		    answer(family, SOCK_RAW, 0) == EAFNOSUPPORT)
			continue;
		fprintf(stderr, "family %d: %d\n", family, errno);
		errno = EBADMSG;
		return -1;
	}
	return 0;
}

static long
usual_sockets(void)
{
	TRY(socket(AF_INET, SOCK_STREAM, 0));
	TRY(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_TCP));
	TRY(socket(AF_INET6, SOCK_DGRAM, 0));
	TRY(socket(AF_UNIX, SOCK_STREAM, 0));
	TRY(socket(AF_UNIX, SOCK_SEQPACKET, 0));
	TRY(socket(AF_NETLINK, SOCK_RAW, 0));
	return socket(AF_NETLINK, SOCK_RAW, 9); /* NETLINK_AUDIT, as PAM has */
}

static long
pairs(void)
{
	int fd[2];

	TRY(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd));
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd);
}

CALL(vsock_high, SYS_socket, HIGH | AF_VSOCK, -1, 0)
CALL(mptcp_high, SYS_socket, HIGH | AF_INET, HIGH | SOCK_STREAM, HIGH | 262)
CALL(sctp_high, SYS_socket, HIGH | AF_INET, HIGH | SOCK_STREAM, HIGH | 132)
CALL(raw_high, SYS_socket, HIGH | AF_INET, HIGH | SOCK_RAW, IPPROTO_TCP)
CALL(raw_cloexec, SYS_socket, AF_INET6, SOCK_RAW | SOCK_NONBLOCK, 0)
CALL(negative, SYS_socket, AF_INET, SOCK_STREAM, -1)
CALL(tipc_pair, SYS_socketpair, AF_TIPC, SOCK_RDM, 0, pair)
CALL(inet_pair, SYS_socketpair, AF_INET, SOCK_STREAM, 0, pair)
CALL(to_fastopen, SYS_sendto, -1, "x", 1, MSG_FASTOPEN, NULL, 0)
CALL(to_fastopen_high, SYS_sendto, -1, "x", 1,
    HIGH | MSG_FASTOPEN | MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0)
CALL(to_address, SYS_sendto, -1, "x", 1, MSG_NOSIGNAL, page, 16)
CALL(msg_fastopen, SYS_sendmsg, -1, NULL, MSG_FASTOPEN | MSG_MORE)
CALL(msg_usual, SYS_sendmsg, -1, NULL, 0x5fffffffUL)
CALL(mmsg_fastopen, SYS_sendmmsg, -1, NULL, 0, MSG_FASTOPEN)
CALL(mmsg_usual, SYS_sendmmsg, -1, NULL, 0, 0)
CALL(opt_fastopen, SYS_setsockopt, -1, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, NULL,
    0)
CALL(opt_repair, SYS_setsockopt, -1, IPPROTO_TCP, TCP_REPAIR, NULL, 0)
CALL(opt_ulp, SYS_setsockopt, -1, IPPROTO_TCP, TCP_ULP, NULL, 0)
CALL(opt_ulp_high, SYS_setsockopt, -1, HIGH | IPPROTO_TCP, HIGH | TCP_ULP, NULL,
    0)
CALL(opt_nodelay, SYS_setsockopt, -1, IPPROTO_TCP, TCP_NODELAY, NULL, 0)
CALL(opt_same_number, SYS_setsockopt, -1, IPPROTO_IPV6, TCP_ULP, NULL, 0)
CALL(opt_unknown, SYS_setsockopt, pair[0], IPPROTO_TCP, UNKNOWN_OPTION, NULL, 0)

START_TEST(leaves_the_usual_ones)
{
	static const struct attempt attempts[] = {
		{ "usual sockets", usual_sockets, 0 },
		{ "socketpair", pairs, 0 },
		{ "every protocol of AF_INET", compare_inet, 0 },
		{ "sendto an address", to_address, EBADF },
		{ "sendmsg, every other flag", msg_usual, EBADF },
		{ "sendmmsg", mmsg_usual, EBADF },
		{ "TCP_NODELAY", opt_nodelay, EBADF },
		{ "that number at another level", opt_same_number, EBADF },
		{ "an option of no socket", opt_unknown, EOPNOTSUPP },
		{ .what = NULL },
	};
	int protocol, type;

	for (type = 0; type < TYPES; type++)
		for (protocol = 0; protocol < PROTOCOLS; protocol++)
			before[type][protocol] = answer(AF_INET, type,
			    protocol);
	expect(PROFILE_STRICT, attempts, NULL);
}
END_TEST

START_TEST(leaves_the_usual_ones_of_ipv6)
{
	static const struct attempt attempts[] = {
		{ "every protocol of AF_INET6", compare_inet6, 0 },
		{ .what = NULL },
	};
	int protocol, type;

	for (type = 0; type < TYPES; type++)
		for (protocol = 0; protocol < PROTOCOLS; protocol++)
			before[type][protocol] = answer(AF_INET6, type,
			    protocol);
	expect(PROFILE_STRICT, attempts, NULL);
}
END_TEST

START_TEST(refuses_what_reaches_others_without_connect)
{
	static const struct attempt attempts[] = {
		{ "every other family", other_families, 0 },
		{ "AF_VSOCK, high bits", vsock_high, EAFNOSUPPORT },
		{ "MPTCP, high bits", mptcp_high, EPROTONOSUPPORT },
		{ "SCTP, high bits", sctp_high, EPROTONOSUPPORT },
		{ "protocol -1", negative, EPROTONOSUPPORT },
		{ "raw, high bits", raw_high, ESOCKTNOSUPPORT },
		{ "raw, SOCK_NONBLOCK", raw_cloexec, ESOCKTNOSUPPORT },
		{ "socketpair of AF_TIPC", tipc_pair, EAFNOSUPPORT },
		{ "socketpair of AF_INET", inet_pair, EAFNOSUPPORT },
		{ "sendto MSG_FASTOPEN", to_fastopen, EOPNOTSUPP },
		{ "sendto, among others", to_fastopen_high, EOPNOTSUPP },
		{ "sendmsg MSG_FASTOPEN", msg_fastopen, EOPNOTSUPP },
		{ "sendmmsg MSG_FASTOPEN", mmsg_fastopen, EOPNOTSUPP },
		{ "TCP_FASTOPEN_CONNECT", opt_fastopen, ENOPROTOOPT },
		{ "TCP_REPAIR", opt_repair, ENOPROTOOPT },
		{ "TCP_ULP", opt_ulp, ENOPROTOOPT },
		{ "TCP_ULP, high bits", opt_ulp_high, ENOPROTOOPT },
		{ .what = NULL },
	};

	expect(PROFILE_STRICT, attempts, NULL);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	runner_add(tc, lack, leaves_the_usual_ones);
	runner_add(tc, lack, leaves_the_usual_ones_of_ipv6);
	runner_add(tc, lack, refuses_what_reaches_others_without_connect);
}

int
main(void)
{
	if (!profile_available()) {
		puts("1..0 # SKIP built without libseccomp");
		return 0;
	}
	return runner_main("profile_sockets", add);
}
