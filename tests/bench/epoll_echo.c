/* SPDX-License-Identifier: ISC */
/*
 * An echo server with one event loop and no fork: what a client can be
 * measured against, and what forking is compared with.
 *
 *	epoll_echo [port [threads]]
 *
 * Listens on 127.0.0.1 (port 0: any free one), prints the port, serves until
 * it is killed.  Each thread has a listener of its own (SO_REUSEPORT).
 */
#include "config.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#define BUFFER (256 * 1024)
#define EVENTS 256

struct loop {
	pthread_t thread;
	int epfd;
	int listener;
	char *buf;
};

static int
listen_on(uint16_t *port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	int fd, on = 1;

	sin.sin_port = htons(*port);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		err(1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 ||
	    listen(fd, 4096) == -1 ||
	    getsockname(fd, (struct sockaddr *)&sin, &len) == -1)
		err(1, "listen on port %u", *port);
	*port = ntohs(sin.sin_port);
	return fd;
}

/* Echoes what is there; blocks while the peer does not read. */
static void
echo(struct loop *l, int fd)
{
	ssize_t n, sent, some;

	for (;;) {
		n = recv(fd, l->buf, BUFFER, MSG_DONTWAIT);
		if (n <= 0) {
			if (n == 0 || errno != EAGAIN)
				close(fd);
			return;
		}
		for (sent = 0; sent < n; sent += some) {
			some = send(fd, l->buf + sent, (size_t)(n - sent),
			    MSG_NOSIGNAL);
			if (some == -1) {
				close(fd);
				return;
			}
		}
		if (n < BUFFER)
			return;
	}
}

static void
accept_all(struct loop *l)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int i;

	for (i = 0; i < 64; i++) {
		ev.data.fd = accept4(l->listener, NULL, NULL, SOCK_CLOEXEC);
		if (ev.data.fd == -1)
			return;
		if (epoll_ctl(l->epfd, EPOLL_CTL_ADD, ev.data.fd, &ev) == -1)
			close(ev.data.fd);
	}
}

static void *
loop_run(void *arg)
{
	struct epoll_event ev[EVENTS];
	struct loop *l = arg;
	int i, n;

	for (;;) {
		n = epoll_wait(l->epfd, ev, EVENTS, -1);
		for (i = 0; i < n; i++) {
			if (ev[i].data.fd == l->listener)
				accept_all(l);
			else
				echo(l, ev[i].data.fd);
		}
	}
	return NULL;
}

static void
loop_start(struct loop *l, uint16_t *port)
{
	struct epoll_event ev = { .events = EPOLLIN };

	l->listener = listen_on(port);
	l->epfd = epoll_create1(EPOLL_CLOEXEC);
	l->buf = malloc(BUFFER);
	ev.data.fd = l->listener;
	if (l->epfd == -1 || l->buf == NULL ||
	    epoll_ctl(l->epfd, EPOLL_CTL_ADD, l->listener, &ev) == -1 ||
	    pthread_create(&l->thread, NULL, loop_run, l) != 0)
		err(1, "start");
}

int
main(int argc, char **argv)
{
	static struct loop loops[64];
	const char *why = NULL;
	uint16_t port = 0;
	int i, n = 1;

	if (argc > 1)
		port = (uint16_t)strtonum(argv[1], 0, 65535, &why);
	if (why == NULL && argc > 2)
		n = (int)strtonum(argv[2], 1, 64, &why);
	if (why != NULL || argc > 3)
		errx(64, "usage: epoll_echo [port [threads]]");
	for (i = 0; i < n; i++)
		loop_start(&loops[i], &port);
	printf("%u\n", port);
	fflush(stdout);
	pthread_join(loops[0].thread, NULL);
	return 0;
}
