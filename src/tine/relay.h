/* SPDX-License-Identifier: ISC */
/*
 * Joins standard input and output to a socket.
 *
 * Each direction has its own thread and buffer and blocks alone, so that a
 * slow reader on one side does not stop the other, memory is bounded, and
 * O_NONBLOCK need not be set on descriptors that other processes share.
 */
#ifndef TINED_TINE_RELAY_H
#define TINED_TINE_RELAY_H

#include <stdbool.h>
#include <stdint.h>

struct relay {
	int sock;        /* blocking */
	bool input;      /* false: nothing is read from standard input */
	bool half_close; /* at end of input shut the sending side down */
	_Atomic uint64_t sent;
	_Atomic uint64_t received;
	const char *step; /* what failed: "read", "write", ...; NULL */
	int error;
};

/*
 * Runs until the peer has closed and all is printed.  What can be read from
 * standard input at that moment is still sent, as long as the peer takes it.
 * 0, or -1 with step and error.
 */
int relay_run(struct relay *r);

#endif
