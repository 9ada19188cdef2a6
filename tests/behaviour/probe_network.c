/* SPDX-License-Identifier: ISC */
/* What the probe tries with sockets. */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
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

void
try_network(void)
{
	try("socket unix", do_socket, AF_UNIX);
	try("socket inet6", do_socket, AF_INET6);
	try("socket netlink", do_socket, AF_NETLINK);
	try("socket packet", do_packet, AF_PACKET);
	try("socket alg", do_packet, AF_ALG);
	try("tcp bind", do_bind, SOCK_STREAM);
	try("tcp listen", do_listen, 1);
	try("tcp connect", do_connect, SOCK_STREAM);
	try("udp bind", do_bind, SOCK_DGRAM);
	try("udp connect", do_connect, SOCK_DGRAM);
	try("unix connect", do_unix, 0);
	try("abstract connect", do_unix, 1);
}
