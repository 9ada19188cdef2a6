/* SPDX-License-Identifier: ISC */
/* What the probe tries with sockets. */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <netinet/tcp.h>

#include <stddef.h>
#include <stdio.h>

#include "behaviour/probe.h"

static int
do_socket(int family)
{
	return socket(family, family == AF_NETLINK ? SOCK_RAW : SOCK_DGRAM, 0);
}

static int
do_packet(int family)
{
	return socket(family, SOCK_RAW, 0);
}

/* Of a loopback address: TCP or UDP. */
static int
inet(int type, int port, int (*call)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_in sin = { .sin_family = AF_INET };

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sin.sin_port = htons((uint16_t)port);
	return call(socket(AF_INET, type, 0), (struct sockaddr *)&sin,
	    sizeof(sin));
}

static int
do_bind(int type)
{
	return inet(type, 0, bind);
}

static int
do_connect(int type)
{
	return inet(type, tcp_port, connect);
}

static int
do_listen(int backlog)
{
	return listen(socket(AF_INET, SOCK_STREAM, 0), backlog);
}

static int
do_unix(int abstract)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int skip = abstract ? 1 : 0;
	size_t len;

	len = (size_t)snprintf(un.sun_path + skip,
	    sizeof(un.sun_path) - (size_t)skip, "%s",
	    abstract ? directory : at("socket"));
	return connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&un,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len +
		(size_t)skip));
}

/* Sockets that reach others without connect(2), or unseen by Landlock. */
static const struct {
	const char *name;
	int family, type, protocol;
} odd[] = {
	{ "socket mptcp", AF_INET, SOCK_STREAM, 262 },
	{ "socket sctp", AF_INET, SOCK_STREAM, IPPROTO_SCTP },
	{ "socket sctp by type", AF_INET, SOCK_SEQPACKET, 0 },
	{ "socket dccp", AF_INET6, 6, 33 },
	{ "socket udplite", AF_INET6, SOCK_DGRAM, 136 },
	{ "socket raw", AF_INET, SOCK_RAW, IPPROTO_TCP },
	{ "socket smc", 43, SOCK_STREAM, 0 },
	{ "socket vsock", 40, SOCK_STREAM, 0 },
	{ "socket icmp", AF_INET, SOCK_DGRAM, IPPROTO_ICMP },
};

static int
do_odd(int i)
{
	return socket(odd[i].family, odd[i].type, odd[i].protocol);
}

static int
send_fast(int fd, const struct sockaddr *sa, socklen_t len)
{
	return (int)sendto(fd, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL, sa, len);
}

static int
send_message_fast(int fd, const struct sockaddr *sa, socklen_t len)
{
	struct iovec iov = { (void *)"x", 1 };
	const struct msghdr msg = { .msg_name = (void *)sa,
		.msg_namelen = len,
		.msg_iov = &iov,
		.msg_iovlen = 1 };

	return (int)sendmsg(fd, &msg, MSG_FASTOPEN | MSG_NOSIGNAL);
}

static int
send_messages_fast(int fd, const struct sockaddr *sa, socklen_t len)
{
	struct iovec iov = { (void *)"x", 1 };
	struct mmsghdr msg = { .msg_hdr = { .msg_name = (void *)sa,
				   .msg_namelen = len,
				   .msg_iov = &iov,
				   .msg_iovlen = 1 } };

	return sendmmsg(fd, &msg, 1, MSG_FASTOPEN | MSG_NOSIGNAL);
}

static int
do_fast(int type)
{
	return inet(type, tcp_port, send_fast);
}

static int
do_fast_message(int type)
{
	return inet(type, tcp_port, send_message_fast);
}

static int
do_fast_messages(int type)
{
	return inet(type, tcp_port, send_messages_fast);
}

static int
do_option(int option)
{
	static const int one = 1;

	return setsockopt(socket(AF_INET, SOCK_STREAM, 0), IPPROTO_TCP, option,
	    &one, sizeof(one));
}

static int
do_pair(int family)
{
	int fd[2];

	return socketpair(family, SOCK_DGRAM, 0, fd);
}

void
try_network(void)
{
	size_t i;

	try("socket unix", do_socket, AF_UNIX);
	try("socket inet6", do_socket, AF_INET6);
	try("socket netlink", do_socket, AF_NETLINK);
	try("socket packet", do_packet, AF_PACKET);
	try("socket alg", do_packet, AF_ALG);
	try("tcp bind", do_bind, SOCK_STREAM);
	try("tcp listen", do_listen, 1);
	try("tcp connect", do_connect, SOCK_STREAM);
	try("tcp fast open", do_fast, SOCK_STREAM);
	try("tcp fast open message", do_fast_message, SOCK_STREAM);
	try("tcp fast open messages", do_fast_messages, SOCK_STREAM);
	try("tcp fast open option", do_option, TCP_FASTOPEN_CONNECT);
	try("tcp repair", do_option, TCP_REPAIR);
	try("tcp nodelay", do_option, TCP_NODELAY);
	for (i = 0; i < NELEMS(odd); i++)
		try(odd[i].name, do_odd, (int)i);
	try("socketpair unix", do_pair, AF_UNIX);
	try("socketpair tipc", do_pair, AF_TIPC);
	try("udp bind", do_bind, SOCK_DGRAM);
	try("udp connect", do_connect, SOCK_DGRAM);
	try("unix connect", do_unix, 0);
	try("abstract connect", do_unix, 1);
}
