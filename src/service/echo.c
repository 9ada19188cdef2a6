/* SPDX-License-Identifier: ISC */
/*
 * echo, RFC 862: every byte comes back, in order.  A peer that half-closes
 * gets all it is owed, then end of file; as everything was read by then, no
 * reset can follow.
 */
#include "config.h"

#include "base/sys.h"
#include "service/service.h"
#include "service/stream.h"

/*
 * The pages that a session writes are its cost: the first buffer stands on the
 * page at the end of its stack (acceptor/fork/fork.h), which is written anyway.
 */
#define ECHO_FIRST 3072

static SYS_HOT void
echo_serve(struct session *s)
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

const struct service service_echo = { .name = "echo", .serve = echo_serve };
