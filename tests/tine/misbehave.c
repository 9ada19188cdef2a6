/* SPDX-License-Identifier: ISC */
/*
 * An echo server that misbehaves on purpose.
 *
 *	misbehave address how [every [ms]]
 *
 * Listens on a port of 127.0.0.1 (0: any free one) or on a Unix path, prints
 * what it listens on, and serves each connection in a process of its own.
 * Each connection whose number is divisible by `every` (1: all) is treated so:
 *
 *	echo	right
 *	early	half of the first piece comes back, then the end
 *	mute	nothing comes back, then the end
 *	close	accepted and closed
 *	wrong	one byte is another
 *	more	one byte more comes back
 *	late	the first answer comes after ms
 *	never	no answer comes
 *	reset	the connection is reset once something has arrived
 *	sink	its own side ends at once; all is read, and counted on standard
 *		output
 *	ending	the first answer is right, then the end
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bsd/stdlib.h>
#include <bsd/string.h>

#include "base/io.h"

static const char *how;
static int delay = 500;

static int
listen_inet(const char *port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	const char *why;
	int fd, on = 1;

	sin.sin_port = htons((uint16_t)strtonum(port, 0, 65535, &why));
	if (why != NULL)
		errx(64, "port %s is %s", port, why);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		err(1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&sin, len) == -1 ||
	    listen(fd, 4096) == -1 ||
	    getsockname(fd, (struct sockaddr *)&sin, &len) == -1)
		err(1, "listen");
	printf("127.0.0.1:%u\n", ntohs(sin.sin_port));
	return fd;
}

static int
listen_unix(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	strlcpy(sun.sun_path, path, sizeof(sun.sun_path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    listen(fd, 4096) == -1)
		err(1, "listen");
	printf("unix:%s\n", path);
	return fd;
}

static bool
is(const char *name)
{
	return strcmp(how, name) == 0;
}

static void
reset(int fd)
{
	struct linger linger = { 1, 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	_exit(0);
}

/* Until the peer has gone, or for ever. */
static void
swallow(int fd)
{
	char buf[4096];

	while (io_read(fd, buf, sizeof(buf)) > 0)
		;
	_exit(0);
}

/* So that nothing unread turns the end into a reset. */
static void
end(int fd)
{
	shutdown(fd, SHUT_WR);
	swallow(fd);
}

static void
first(int fd, char *buf, size_t *n)
{
	if (is("reset"))
		reset(fd);
	if (is("never"))
		swallow(fd);
	if (is("late"))
		poll(NULL, 0, delay);
	if (is("wrong"))
		buf[*n / 2] ^= 1;
	if (is("more"))
		buf[(*n)++] = 'x';
	if (is("mute"))
		end(fd);
	if (is("early") || is("ending")) {
		io_write_all(fd, buf, is("early") ? *n / 2 : *n);
		end(fd);
	}
}

static void
sink(int fd)
{
	char buf[65536];
	long long sum = 0;
	ssize_t n;

	shutdown(fd, SHUT_WR);
	while ((n = io_read(fd, buf, sizeof(buf))) > 0)
		sum += n;
	printf("%lld bytes\n", sum);
	fflush(stdout);
	_exit(0);
}

static void
serve(int fd, bool badly)
{
	char buf[65537];
	ssize_t n;
	size_t size;

	if (badly && is("close"))
		_exit(0);
	if (badly && is("sink"))
		sink(fd);
	while ((n = io_read(fd, buf, sizeof(buf) - 1)) > 0) {
		size = (size_t)n;
		if (badly)
			first(fd, buf, &size);
		badly = false;
		if (io_write_all(fd, buf, size) == -1)
			break;
	}
	_exit(0);
}

int
main(int argc, char **argv)
{
	const char *why = NULL;
	unsigned long every = 1, n;
	int fd, lfd;

	if (argc > 3)
		every = (unsigned long)strtonum(argv[3], 1, 1000000, &why);
	if (why == NULL && argc > 4)
		delay = (int)strtonum(argv[4], 0, 60000, &why);
	if (argc < 3 || argc > 5 || why != NULL)
		errx(64, "usage: misbehave address how [every [ms]]");
	how = argv[2];
	lfd = argv[1][0] == '/' ? listen_unix(argv[1]) : listen_inet(argv[1]);
	fflush(stdout);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	for (n = 1;; n++) {
		if ((fd = accept4(lfd, NULL, NULL, SOCK_CLOEXEC)) == -1)
			err(1, "accept");
		if (fork() == 0) {
			close(lfd);
			serve(fd, n % every == 0);
		}
		close(fd);
	}
}
