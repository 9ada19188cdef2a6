/* SPDX-License-Identifier: ISC */
/*
 * Streams of built-in services: read and write with the idle timeout, count
 * the bytes, and close so that the peer gets the whole reply.
 *
 * A session that its peer does not slow down never waits: a read is one system
 * call, a write is another.
 */
#ifndef TINED_SERVICE_STREAM_H
#define TINED_SERVICE_STREAM_H

#include <sys/types.h>

#include <stddef.h>

#include "service/service.h"

#define STREAM_CLOSE_MS 1000 /* how long stream_close may take */

/* Before the first stream_read: sets SO_RCVTIMEO to idle_timeout.  Not needed
 * for writing. */
void stream_begin(struct session *s);

/* Reads up to size bytes.  The count; 0 at end of file; -1 when the session
 * is over: the peer is gone or idle (then the slot's reason is set). */
ssize_t stream_read(struct session *s, void *buf, size_t size);

/* Writes all of buf; 0, or -1 when the session is over.  No SIGPIPE. */
int stream_write(struct session *s, const void *buf, size_t size);

/* Writes what fits now.  The count, 0 if nothing does, -1 when the session is
 * over. */
ssize_t stream_write_some(struct session *s, const void *buf, size_t size);

/*
 * Waits for POLLIN or POLLOUT until idle_timeout.  Data that the peer takes
 * from the socket's send buffer counts as activity: the peer is slow, not
 * idle.  The result of poll(2), or -1 when the session is over.
 */
int stream_wait(struct session *s, short events);

/* Reads and discards input without waiting.  1, or 0 if there will be no
 * more: end of file, or an error that the next write reports. */
int stream_discard(struct session *s);

/* Closes without a reset that would destroy written data: shuts down the
 * sending side, reads for 1 s at most. */
void stream_close(struct session *s);

/*
 * A buffer that is small at first, on the stack, and grows once the peer sends
 * more than it holds: small for short sessions, large for bulk data.  Its
 * memory is freed when the session exits.
 */
struct stream_buf {
	char *data;
	size_t size;
	unsigned int full; /* reads that filled it */
};

/* After a read of n bytes into b: b may then be another, empty buffer. */
void stream_grow(struct stream_buf *b, size_t n);

#endif
