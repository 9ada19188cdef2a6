/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <netinet/in.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <check.h>

#include "service/harness.h"

static void
pair_tcp(int family, int *client, int *server)
{
	struct sockaddr_storage ss = { .ss_family = (sa_family_t)family };
	socklen_t len = sizeof(ss);
	int lfd = socket(family, SOCK_STREAM, 0);

	if (family == AF_INET)
		((struct sockaddr_in *)&ss)
		    ->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		((struct sockaddr_in6 *)&ss)->sin6_addr = in6addr_loopback;
	ck_assert_int_eq(bind(lfd, (struct sockaddr *)&ss, sizeof(ss)), 0);
	ck_assert_int_eq(listen(lfd, 1), 0);
	ck_assert_int_eq(getsockname(lfd, (struct sockaddr *)&ss, &len), 0);
	ck_assert_int_ne(*client = socket(family, SOCK_STREAM, 0), -1);
	ck_assert_int_eq(connect(*client, (struct sockaddr *)&ss, len), 0);
	ck_assert_int_ne(*server = accept(lfd, NULL, NULL), -1);
	close(lfd);
}

void
harness_open(struct harness *h, enum kind kind)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	int fd[2];

	h->settings = mmap(NULL, sizeof(*h->settings), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	h->slot = mmap(NULL, sizeof(*h->slot), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(h->settings != MAP_FAILED && h->slot != MAP_FAILED);
	snprintf(h->settings->service, sizeof(h->settings->service),
	    "under-test");
	h->settings->nlisteners = 1;
	if (kind == KIND_UNIX) {
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
		h->fd = fd[0];
		h->server = fd[1];
		h->slot->peer.family = h->slot->local.family = AF_UNIX;
		return;
	}
	pair_tcp(kind == KIND_TCP4 ? AF_INET : AF_INET6, &h->fd, &h->server);
	getpeername(h->server, (struct sockaddr *)&ss, &len);
	addr_from_sockaddr((struct sockaddr *)&ss, &h->slot->peer);
	len = sizeof(ss);
	getsockname(h->server, (struct sockaddr *)&ss, &len);
	addr_from_sockaddr((struct sockaddr *)&ss, &h->slot->local);
}

void
harness_start(struct harness *h, enum builtin b)
{
	struct session s = { .fd = h->server,
		.settings = h->settings,
		.idle_ms = h->settings->idle_ms,
		.slot = h->slot };

	harness_ms();
	ck_assert_int_ne(h->pid = fork(), -1);
	if (h->pid == 0) {
		close(h->fd);
		service_get(b)(&s);
		_exit(0);
	}
	close(h->server);
	h->server = -1;
}

void
harness_run(struct harness *h, enum kind kind, enum builtin b, int64_t idle_ms)
{
	harness_open(h, kind);
	h->settings->idle_ms = idle_ms;
	harness_start(h, b);
}

void
harness_end(struct harness *h)
{
	int status;

	ck_assert_int_eq(waitpid(h->pid, &status, 0), h->pid);
	ck_assert_int_eq(status, 0);
}

int64_t
harness_ms(void)
{
	static int64_t first;
	struct timespec ts;
	int64_t now;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	now = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
	if (first == 0)
		first = now;
	return now - first;
}

void
harness_send(struct harness *h, const void *buf, size_t size)
{
	const char *p = buf;
	ssize_t n;

	for (; size > 0; p += n, size -= (size_t)n) {
		n = send(h->fd, p, size, MSG_NOSIGNAL);
		ck_assert_msg(n > 0, "send: %s", strerror(errno));
	}
}

size_t
harness_read_all(struct harness *h, void *buf, size_t size)
{
	size_t have = 0;
	ssize_t n;
	char more;

	while (have < size &&
	    (n = read(h->fd, (char *)buf + have, size - have)) != 0) {
		ck_assert_msg(n > 0, "read: %s", strerror(errno));
		have += (size_t)n;
	}
	if (have == size)
		ck_assert_int_eq(read(h->fd, &more, 1), 0);
	return have;
}

unsigned char
harness_byte(uint64_t n)
{
	n *= UINT64_C(0x9e3779b97f4a7c15);
	return (unsigned char)(n >> 56 ^ n >> 40);
}
