/* SPDX-License-Identifier: ISC */
/*
 * Descriptors in messages: io_send_fd and io_recv_fd.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"

#define PASSED_MAX 4 /* descriptors in a message, of which one is taken */

/* Room for control data, aligned as cmsg(3) wants it. */
union passed {
	struct cmsghdr align;
	char buf[CMSG_SPACE(PASSED_MAX * sizeof(int))];
};

int
io_send_fd(int sock, const void *buf, size_t size, int fd)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)buf,
		.iov_len = size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	union passed control = { .buf = { 0 } };
	struct cmsghdr *c;
	ssize_t n;

	if (size == 0) { /* the receiver would see end of file */
		errno = EINVAL;
		return -1;
	}
	if (fd != -1) {
		msg.msg_control = control.buf;
		msg.msg_controllen = CMSG_SPACE(sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	if ((n = io_sendmsg(sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL)) == -1)
		return -1;
	if ((size_t)n != size) { /* of a stream, which took a part */
		errno = EMSGSIZE;
		return -1;
	}
	return 0;
}

/* Moves the first descriptor of a message to *fd and closes the others. */
static void
take_passed(struct msghdr *msg, int *fd)
{
	struct cmsghdr *c;
	size_t i, n;
	int one;

	for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++) {
			memcpy(&one, CMSG_DATA(c) + i * sizeof(int),
			    sizeof(int));
			if (*fd == -1)
				*fd = one;
			else
				close(one);
		}
	}
}

ssize_t
io_recv_fd(int sock, void *buf, size_t size, int flags, int *fd)
{
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	union passed control = { .buf = { 0 } };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf) };
	ssize_t n;

	*fd = -1;
	flags |= MSG_DONTWAIT | MSG_CMSG_CLOEXEC;
	while ((n = recvmsg(sock, &msg, flags)) == -1 && errno == EINTR)
		continue;
	if (n == -1)
		return -1;
	take_passed(&msg, fd);
	if ((msg.msg_flags & MSG_TRUNC) != 0)
		errno = EMSGSIZE;
	else if ((flags & MSG_PEEK) != 0 && *fd == -1 &&
	    (msg.msg_flags & MSG_CTRUNC) != 0)
		errno = EMFILE;
	else if (n > 0)
		return n;
	io_close(*fd);
	*fd = -1;
	return n == 0 ? 0 : -1;
}
