/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/string.h>
#include <errno.h>
#include <string.h>

#include "base/io.h"
#include "ipc/control.h"

#define PREFIXES 0x10000 /* set where arg has prefixes */

int32_t
control_prefixes(unsigned int v4, unsigned int v6)
{
	return (int32_t)(PREFIXES | v6 << 8 | v4);
}

bool
control_has_prefixes(int32_t arg, unsigned int *v4, unsigned int *v6)
{
	*v4 = (unsigned int)arg & 0xff;
	*v6 = (unsigned int)arg >> 8 & 0xff;
	return arg > 0 && (arg & ~0xffff) == PREFIXES && *v4 <= 32 &&
	    *v6 <= 128;
}

int
control_send(int fd, enum control_type type, int32_t arg, const char *text)
{
	struct control msg = { .type = type, .arg = arg };

	if (text != NULL)
		strlcpy(msg.text, text, sizeof(msg.text));
	return io_send_fd(fd, &msg, sizeof(msg), -1);
}

int
control_send_bytes(int fd, enum control_type type, const void *data,
    size_t size)
{
	struct control msg = { .type = type };

	memcpy(msg.text, data, size);
	return io_send_fd(fd, &msg, sizeof(msg), -1);
}

int
control_receive(int fd, struct control *msg)
{
	ssize_t n = io_recv(fd, msg, sizeof(*msg));

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
