/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <bsd/string.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "tine/ask.h"
#include "tine/locate.h"
#include "tine/units.h"

/* The process that listens on the socket; -1 where it cannot be opened. */
static int
open_pidfd(int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1 ||
	    cred.pid <= 0)
		return -1;
	return (int)syscall(SYS_pidfd_open, cred.pid, 0);
}

int
ask_send(struct ask *a, enum command_verb verb)
{
	a->request.version = COMMAND_VERSION;
	a->request.verb = verb;
	a->began = units_now();
	a->fd = locate_control(a->socket, a->last, sizeof(a->last));
	if (a->fd < 0)
		return -a->fd;
	a->pidfd = open_pidfd(a->fd);
	/* When this fails, the reason may be there to be received. */
	(void)send(a->fd, &a->request, sizeof(a->request), MSG_NOSIGNAL);
	return 0;
}

/* Waits until fd is readable; false when the time is up. */
static bool
wait_for(const struct ask *a, int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	struct timespec ts;
	int64_t left;
	int n;

	do {
		if (a->timeout != 0) {
			left = a->began + a->timeout - units_now();
			units_timespec(left, &ts);
		}
		n = ppoll(&pfd, 1, a->timeout != 0 ? &ts : NULL, NULL);
	} while (n == -1);
	return n != 0;
}

bool
ask_is_late(const struct ask *a)
{
	return a->timeout != 0 && units_now() >= a->began + a->timeout;
}

static int
timed_out(struct ask *a)
{
	snprintf(a->last, sizeof(a->last), "not done within %s",
	    units_print_time((double)a->timeout).s);
	return EX_UNAVAILABLE;
}

/* A packet, and the descriptors that came with it. */
struct packet {
	_Alignas(struct command_answer) char text[COMMAND_PACKET_MAX];
	int fd[COMMAND_FDS_MAX];
	size_t nfds;
};

static ssize_t
receive(int sock, struct packet *p)
{
	_Alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof(p->fd))];
	struct iovec iov = { p->text, sizeof(p->text) };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room) };
	const struct cmsghdr *c;
	ssize_t n;

	p->nfds = 0;
	n = recvmsg(sock, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	c = n == -1 ? NULL : CMSG_FIRSTHDR(&msg);
	if (c != NULL && c->cmsg_level == SOL_SOCKET &&
	    c->cmsg_type == SCM_RIGHTS) {
		p->nfds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(p->fd, CMSG_DATA(c), p->nfds * sizeof(int));
	}
	return n;
}

/* The overview has the number 0. */
static void
take_descriptors(struct ask *a, struct packet *p, size_t size)
{
	const uint64_t *number = (const void *)(p->text +
	    sizeof(struct command_answer));
	size_t i, n = (size - sizeof(struct command_answer)) / sizeof(*number);

	for (i = 0; i < p->nfds; i++) {
		if (a->view == NULL || i >= n ||
		    (number[i] == 0 && a->view->fd != -1))
			close(p->fd[i]);
		else if (number[i] == 0)
			a->view->fd = p->fd[i];
		else
			(void)view_add(a->view, number[i], p->fd[i]);
	}
}

static int
take(struct ask *a, const char *packet, size_t size)
{
	struct command_answer head;
	size_t len = size - sizeof(head);

	memcpy(&head, packet, sizeof(head));
	if (head.type == COMMAND_TEXT)
		buf_add(&a->text, packet + sizeof(head), len);
	if (head.type != COMMAND_END)
		return -1;
	memcpy(a->last, packet + sizeof(head), len);
	a->last[len] = '\0';
	return head.code >= 0 && head.code < 128 ? head.code : EX_OSERR;
}

int
ask_receive(struct ask *a)
{
	struct packet packet;
	ssize_t n;

	if (!wait_for(a, a->fd))
		return timed_out(a);
	do {
		n = receive(a->fd, &packet);
		/* Main did not read the request; its response is next. */
	} while (n == -1 && errno == ECONNRESET);
	if (n == -1 && errno == EAGAIN)
		return -1;
	if (n >= (ssize_t)sizeof(struct command_answer)) {
		take_descriptors(a, &packet, (size_t)n);
		return take(a, packet.text, (size_t)n);
	}
	if (n <= 0)
		strlcpy(a->last, "tined ended without a response",
		    sizeof(a->last));
	else
		strlcpy(a->last, "invalid response", sizeof(a->last));
	return EX_UNAVAILABLE;
}

int
ask_verdict(struct ask *a)
{
	int status;

	do {
		status = ask_receive(a);
	} while (status == -1);
	return status;
}

int
ask_wait(struct ask *a)
{
	if (a->pidfd != -1 && !wait_for(a, a->pidfd))
		return timed_out(a);
	return 0;
}

/* Escapes what could be control sequences of a terminal. */
static void
put(FILE *fp, const char *s, size_t len)
{
	unsigned char c;

	for (; len > 0; len--) {
		c = (unsigned char)*s++;
		if (c == '\n' || (c >= 0x20 && c < 0x7f))
			putc(c, fp);
		else
			fprintf(fp, "\\%03o", c);
	}
}

static void
print_json(struct ask *a, int status)
{
	char *rest = buf_string(&a->text), *line;
	bool first = true;

	printf("{\"command\": \"%s\", \"exit\": %d, \"result\": ",
	    a->command->name, status);
	cli_json_string(a->last);
	printf(", \"messages\": [");
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (line[0] == '\0')
			continue;
		if (!first)
			printf(", ");
		cli_json_string(line);
		first = false;
	}
	printf("]}\n");
}

void
ask_print_text(struct ask *a)
{
	if (a->json)
		return;
	put(a->prints ? stdout : stderr, a->text.s, a->text.len);
	a->text.len = 0;
}

int
ask_print(struct ask *a, int status)
{
	FILE *fp = status == 0 ? stdout : stderr;

	ask_print_text(a);
	if (a->json) {
		print_json(a, status);
	} else {
		if (status != 0)
			fputs("tine: ", fp);
		put(fp, a->last, strlen(a->last));
		putc('\n', fp);
	}
	free(a->text.s);
	a->text = (struct buf) { 0 };
	return cli_flush() == -1 && status == 0 ? CLI_FAILURE : status;
}
