/* SPDX-License-Identifier: ISC */
/*
 * discard, RFC 863: reads until end of file and sends nothing.
 */
#include "config.h"

#include "service/service.h"
#include "service/stream.h"

void
service_discard(struct session *s)
{
	char first[1024];
	struct stream_buf b = { .data = first, .size = sizeof(first) };
	ssize_t n;

	stream_begin(s);
	while ((n = stream_read(s, b.data, b.size)) > 0)
		stream_grow(&b, (size_t)n);
}
