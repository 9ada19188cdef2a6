/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/string.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "ipc/command.h"
#include "main/command_reply.h"

#define AT_ONCE 32 /* packets in a turn */

struct command_reply {
	unsigned int users;
	int code;
	char last[512];
	size_t len;
	char lines[];
};

struct command_reply *
command_reply_new(const char *lines, int code, const char *last)
{
	size_t len = strlen(lines);
	struct command_reply *r = malloc(sizeof(*r) + len + 1);

	if (r == NULL)
		return NULL;
	r->users = 1;
	r->code = code;
	strlcpy(r->last, last, sizeof(r->last));
	r->len = len;
	memcpy(r->lines, lines, len + 1);
	return r;
}

void
command_reply_use(struct command_reply *r)
{
	r->users++;
}

void
command_reply_leave(struct command_reply *r)
{
	if (r != NULL && --r->users == 0)
		free(r);
}

static int
send_packet(int fd, enum command_answer_type type, int code, const char *text,
    size_t len)
{
	struct command_answer head = { .type = type, .code = code };
	char packet[COMMAND_PACKET_MAX];

	memcpy(packet, &head, sizeof(head));
	memcpy(packet + sizeof(head), text, len);
	return io_send_fd(fd, packet, sizeof(head) + len, -1);
}

/* How much of the text goes into the next packet: whole lines, if one fits. */
static size_t
piece(const char *text, size_t len)
{
	const char *newline;

	if (len <= COMMAND_TEXT_MAX)
		return len;
	newline = memrchr(text, '\n', COMMAND_TEXT_MAX);
	return newline == NULL ? COMMAND_TEXT_MAX :
				 (size_t)(newline + 1 - text);
}

int
command_reply_send(int fd, const struct command_reply *r, size_t *sent)
{
	size_t n;
	int i;

	for (i = 0; i < AT_ONCE && *sent < r->len; i++) {
		n = piece(r->lines + *sent, r->len - *sent);
		if (send_packet(fd, COMMAND_TEXT, 0, r->lines + *sent, n) == -1)
			return errno == EAGAIN ? 0 : -1;
		*sent += n;
	}
	if (*sent < r->len)
		return 0;
	if (command_reply_end(fd, r->code, r->last) == -1)
		return errno == EAGAIN ? 0 : -1;
	return 1;
}

int
command_reply_text(int fd, const char *lines)
{
	size_t len = strlen(lines);

	return send_packet(fd, COMMAND_TEXT, 0, lines, piece(lines, len));
}

int
command_reply_end(int fd, int code, const char *last)
{
	size_t len = strlen(last);

	return send_packet(fd, COMMAND_END, code, last,
	    len < COMMAND_TEXT_MAX ? len : COMMAND_TEXT_MAX);
}
