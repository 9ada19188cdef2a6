/* SPDX-License-Identifier: ISC */
/*
 * Which sessions of a service an operator ends: the part of a request that main,
 * and every acceptor that it passes it to, compares.
 */
#ifndef TINED_IPC_SELECTION_H
#define TINED_IPC_SELECTION_H

#include <stdbool.h>

#include "base/addr.h"
#include "ipc/command.h"

/* A session as its acceptor, or main for an adopted one, knows it. */
struct selectable {
	uint64_t id;
	int64_t start_ms; /* clock_ms */
	const struct addr *peer;
};

/* The network of a request that has one. */
struct cidr selection_network(const struct command_request *r);

/* Whether the request, a valid one, means that session: by all that it names. */
bool selection_has(const struct command_request *r,
    const struct selectable *session, int64_t now);

/* The same as text for the log: `2`, `192.0.2.0/24 older than 1000 ms`, `all`. */
char *selection_text(const struct command_request *r, char *buf, size_t size);

#endif
