/* SPDX-License-Identifier: ISC */
/*
 * chargen, RFC 864: lines of 72 printable characters, each starting with the
 * second character of the one before, until the peer closes.  Input is
 * discarded.  A peer that has shut down its sending side continues to read.
 */
#include "config.h"

#include <poll.h>

#include "service/service.h"
#include "service/stream.h"

#define LINE_CHARS 72
#define LINE_SIZE  (LINE_CHARS + 2)
#define RING       95 /* printable ASCII characters, from space to ~ */
#define LOOK_EVERY 16 /* writes between two checks for input */

/* All lines in a row; then they repeat. */
static void
fill(char *p)
{
	int line, i;

	for (line = 0; line < RING; line++) {
		for (i = 0; i < LINE_CHARS; i++)
			*p++ = (char)(' ' + (line + i) % RING);
		*p++ = '\r';
		*p++ = '\n';
	}
}

void
service_chargen(struct session *s)
{
	char lines[RING * LINE_SIZE];
	size_t at = 0;
	ssize_t n;
	int got;
	unsigned int since = 0;
	short in = POLLIN;

	fill(lines);
	for (;;) {
		n = stream_write_some(s, lines + at, sizeof(lines) - at);
		if (n == -1)
			return;
		at = (at + (size_t)n) % sizeof(lines);
		if (n > 0 && ++since < LOOK_EVERY)
			continue;
		since = 0;
		if ((got = stream_wait(s, POLLOUT | in)) == -1)
			return;
		/* After end of file the peer may still read. */
		if ((got & in) != 0 && !stream_discard(s))
			in = 0;
	}
}
