/* SPDX-License-Identifier: ISC */
/*
 * echo, RFC 862: sends every byte back, in order.  A peer that shuts down its
 * sending side gets the rest, then end of file; all input was read by then, so
 * that no reset can follow.
 */
#include "config.h"

#include "base/sys.h"
#include "service/service.h"
#include "service/stream.h"

/*
 * Pages that a session writes cost time: the first buffer is on the last page
 * of its stack (acceptor/fork/fork.h), which is written anyway.
 */
#define ECHO_FIRST 3072

SYS_HOT void
service_echo(struct session *s)
{
	char first[ECHO_FIRST];
	struct stream_buf b = { .data = first, .size = sizeof(first) };
	ssize_t n;

	stream_begin(s);
	while ((n = stream_read(s, b.data, b.size)) > 0) {
		if (stream_write(s, b.data, (size_t)n) == -1)
			return;
		stream_grow(&b, (size_t)n);
	}
}
