/* SPDX-License-Identifier: ISC */
/*
 * What the built-in services do with a stream: read and write with the idle
 * timeout, count the bytes, and close so that the peer has the whole reply.
 *
 * A session that is not slowed down by its peer pays for none of the waiting:
 * a read is one system call, a write is another.
 */
#ifndef TINED_SERVICE_STREAM_H
#define TINED_SERVICE_STREAM_H

#include <sys/types.h>

#include <stddef.h>

#include "service/service.h"

#define STREAM_CLOSE_MS 1000 /* how long stream_close may take */

/*
 * Before the first stream_read: sets the socket's SO_RCVTIMEO to
 * idle_timeout.  Writing needs no beginning.
 */
void stream_begin(struct session *s);

/*
 * Reads up to size bytes.  The count; 0 at end of file; -1 when the session is
 * over: the peer is gone, or idle (then the slot's reason says so).
 */
ssize_t stream_read(struct session *s, void *buf, size_t size);

/* Writes all of buf; 0, or -1 when the session is over.  No SIGPIPE. */
int stream_write(struct session *s, const void *buf, size_t size);

/*
 * Writes what fits at once.  The count, 0 when nothing does, -1 when the
 * session is over.
 */
ssize_t stream_write_some(struct session *s, const void *buf, size_t size);

/*
 * Waits for POLLIN or POLLOUT until idle_timeout.  What the peer takes out of
 * the socket's own buffer counts as movement: it is a slow reader, not an idle
 * one.  What poll(2) says, or -1 when the session is over.
 */
int stream_wait(struct session *s, short events);

/*
 * Reads away what is there without waiting.  1, or 0 when there will be no
 * more: end of file, or an error that the next write will see.
 */
int stream_discard(struct session *s);

/*
 * Ends the stream so that no reset destroys what was written: shuts down the
 * sending side, reads what the peer still sends for 1 s at most.
 */
void stream_close(struct session *s);

/*
 * A buffer that begins small, on its owner's stack, and grows once the peer
 * sends more than it holds: the first for sessions that come and go, the last
 * for bulk.  What it maps is freed by the session's end.
 */
struct stream_buf {
	char *data;
	size_t size;
	unsigned int full; /* reads that filled it */
};

/* Takes note of a read of n bytes into b; afterwards b may be another, empty
 * buffer. */
void stream_grow(struct stream_buf *b, size_t n);

#endif
