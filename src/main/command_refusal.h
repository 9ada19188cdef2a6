/* SPDX-License-Identifier: ISC */
/*
 * What is refused on the control socket, in the log: a line a second at most,
 * with how many there were that it does not show.
 */
#ifndef TINED_MAIN_COMMAND_REFUSAL_H
#define TINED_MAIN_COMMAND_REFUSAL_H

#include <stdint.h>

#include "main/command_peer.h"

struct command_refusals {
	int64_t said_at; /* clock_ms of the last line; 0: never */
	uint64_t unsaid; /* since then */
};

/* Why a connection or a request comes to nothing. */
struct command_refusal {
	const struct command_peer *peer;
	const char *verb; /* NULL: unknown */
	int code;
	const char *why;
};

void command_refusal_say(struct command_refusals *all,
    const struct command_refusal *r);

/* Says how many there were since the last line, when it is time; the next
 * clock_ms to look, or 0. */
int64_t command_refusal_step(struct command_refusals *all, int64_t now);

#endif
