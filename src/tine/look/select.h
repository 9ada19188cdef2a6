/* SPDX-License-Identifier: ISC */
/*
 * Which sessions a command is about: all that match every part that was given.
 */
#ifndef TINED_TINE_SELECT_H
#define TINED_TINE_SELECT_H

#include <stdbool.h>

#include "tine/look/look.h"

struct selector {
	const char *service; /* -s; NULL: all of them */
	struct cidr peer;    /* --peer; family 0: all of them */
	int64_t older;       /* --older, ns; 0: all of them */
	uint64_t id;         /* of a session of service; 0: all of them */
	char named[SETTINGS_NAME_MAX]; /* the service of the operand ID */
};

/* Their rows in a table of options, at a struct with a selector. */
#define SELECT_OPTIONS(type, member)                                           \
	{ 0, "older", "TIME", "only those that are older", cli_duration,       \
		offsetof(type, member.older) },                                \
	    { 0, "peer", "NETWORK", "only those from there", select_peer,      \
		    offsetof(type, member.peer) },                             \
	{                                                                      \
		's', "service", "NAME", "only those of this service",          \
		    cli_text, offsetof(type, member.service)                   \
	}

const char *select_peer(const char *arg, void *member); /* struct cidr */

/* The operand `SERVICE/NUMBER`: NULL, or the reason why it is invalid. */
const char *select_id(struct selector *s, const char *text);

/* A session, as it was read. */
struct row {
	uint32_t service;
	uint64_t id;
	int64_t start_ms;
	int64_t until_ms; /* max_time's end, or 0 */
	uint64_t in, out; /* of built-ins; a program's are not known */
	struct addr peer, local;
	int32_t pid;
	bool program;
};

struct rows {
	struct row *v; /* the oldest first */
	size_t n;
};

/*
 * All sessions that match, of a look that is open.  0, or -1 with errno (ENOENT:
 * there is no such service).  rows->v is to be freed.
 */
int select_rows(const struct look *l, const struct selector *s,
    struct rows *rows);

#endif
