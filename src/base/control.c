/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <bsd/string.h>
#include <errno.h>
#include <string.h>

#include "base/control.h"
#include "base/io.h"

int
control_send(int fd, enum control_type type, int32_t arg, const char *text)
{
	struct control msg = { .type = type, .arg = arg };

	if (text != NULL)
		strlcpy(msg.text, text, sizeof(msg.text));
	return io_send_fd(fd, &msg, sizeof(msg), -1);
}

int
control_receive(int fd, struct control *msg)
{
	ssize_t n;

	do {
		n = recv(fd, msg, sizeof(*msg), MSG_DONTWAIT | MSG_TRUNC);
	} while (n == -1 && errno == EINTR);
	if (n == 0 || (n == -1 && errno == ECONNRESET))
		return 0;
	if (n == -1)
		return -1;
	if ((size_t)n != sizeof(*msg) || msg->type == 0 ||
	    msg->type >= CONTROL_TYPES) {
		errno = EBADMSG;
		return -1;
	}
	msg->text[sizeof(msg->text) - 1] = '\0';
	return 1;
}
