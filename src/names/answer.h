/* SPDX-License-Identifier: ISC */
/*
 * How the process that looks names up sends its answers to main.  Main does not
 * trust them: a name service could have taken that process over.
 */
#ifndef TINED_NAMES_ANSWER_H
#define TINED_NAMES_ANSWER_H

#include "names/names.h"

/*
 * An answer on the pipe: this, then count elements.  They are the characters of
 * the reason where the look-up failed, else of the login; or addresses; or
 * groups.
 */
struct answer {
	uint32_t index; /* of the name */
	uint32_t failed;
	uint32_t id;
	uint32_t gid;
	uint32_t count;
};

/* In the process that looks up: asks for all open names at once, and writes
 * each answer to fd when it comes. */
void answer_all(const struct names *n, int fd);

/*
 * In main: takes the answers out of buf.  Returns the size of those that were
 * complete, -1 when one is invalid.  The rest is passed again with what follows.
 */
ssize_t answer_take(struct names *n, const void *buf, size_t size);

#endif
