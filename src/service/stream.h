/*
 * What the built-in services do with a stream: read and write with the idle
 * timeout, count the bytes, and close so that the peer has the whole reply.
 */
#ifndef TINED_SERVICE_STREAM_H
#define TINED_SERVICE_STREAM_H

#include <sys/types.h>

#include <stddef.h>

#include "service/service.h"

/* Sets the socket's timeouts (SO_RCVTIMEO, SO_SNDTIMEO) to idle_timeout. */
void stream_begin(struct session *s);

/*
 * Reads up to size bytes.  The count; 0 at end of file; -1 when the session is
 * over: the peer is gone, or idle (then the slot's reason says so).
 */
ssize_t stream_read(struct session *s, void *buf, size_t size);

/* Writes all of buf; 0, or -1 when the session is over.  No SIGPIPE. */
int stream_write(struct session *s, const void *buf, size_t size);

/*
 * Ends the stream so that no reset destroys what was written: shuts down the
 * sending side, reads what the peer still sends for 1 s at most.
 */
void stream_close(struct session *s);

#endif
