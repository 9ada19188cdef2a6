/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "ipc/command.h"
#include "ipc/scoreboard_main.h"
#include "main/handout.h"
#include "main/overview_write.h"

struct packet {
	struct command_answer head;
	uint64_t number[COMMAND_FDS_MAX];
	int fd[COMMAND_FDS_MAX];
	unsigned int n;
};

/* Another open file of a memfd, by which it can only be read. */
static int
open_reader(int fd)
{
	char name[32];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return open(name, O_RDONLY | O_CLOEXEC);
}

/* Sends a packet and empties it. */
static int
flush(struct packet *p, int sock)
{
	_Alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof(p->fd))];
	struct iovec iov[2] = { { &p->head, sizeof(p->head) },
		{ p->number, p->n * sizeof(p->number[0]) } };
	struct msghdr msg = { .msg_iov = iov,
		.msg_iovlen = 2,
		.msg_control = room,
		.msg_controllen = CMSG_SPACE(p->n * sizeof(int)) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	ssize_t sent;

	if (p->n == 0)
		return 0;
	p->head = (struct command_answer) { .type = COMMAND_DESCRIPTORS,
		.code = (int32_t)p->n };
	memset(room, 0, sizeof(room));
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(p->n * sizeof(int));
	memcpy(CMSG_DATA(c), p->fd, p->n * sizeof(int));
	sent = io_sendmsg(sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (p->n > 0)
		io_close(p->fd[--p->n]);
	return sent == -1 ? -1 : 0;
}

static int
add(struct packet *p, int sock, uint64_t number, int fd)
{
	const int reader = open_reader(fd);

	if (reader == -1)
		return -1;
	p->number[p->n] = number;
	p->fd[p->n++] = reader;
	return p->n < COMMAND_FDS_MAX ? 0 : flush(p, sock);
}

int
handout_send(struct tined *t, int sock)
{
	struct packet p = { .n = 0 };
	const struct served *s;
	int rc;

	overview_sample(t);
	overview_write(t);
	rc = add(&p, sock, 0, t->overview.fd);
	TAILQ_FOREACH (s, &t->served, entry)
		if (rc == 0)
			rc = add(&p, sock, s->number, scoreboard_fd(s->board));
	if (rc == 0)
		return flush(&p, sock);
	while (p.n > 0)
		io_close(p.fd[--p.n]);
	return -1;
}
