/* SPDX-License-Identifier: ISC */
/*
 * Joins standard input and output to a socket.
 *
 * Each direction has a thread and a buffer of its own and blocks alone, so
 * that a reader which is slow on one side never stops the other, memory is
 * bounded, and the flags of descriptors that others share stay untouched.
 */
#ifndef TINED_CLIENT_RELAY_H
#define TINED_CLIENT_RELAY_H

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
