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

/* --older in milliseconds, rounded up: 0 would be all of them. */
int64_t select_older_ms(const struct selector *s);

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
	struct row *v;
	size_t n;
	size_t room; /* of v, for which there is memory */
};

/*
 * All sessions that match, in no order, of a look that is open; rows is zeroed, or
 * of a call before.  0, or -1 with errno (ENOENT: there is no such service).
 * rows->v is to be freed.
 */
int select_rows(const struct look *l, const struct selector *s,
    struct rows *rows);

/* Moves those to the front whose peer or service contains the text.  How many they
 * are. */
size_t select_text(const struct look *l, struct rows *rows, const char *text);

enum select_key {
	SELECT_AGE, /* the oldest first */
	SELECT_IN,  /* those with the most bytes first */
	SELECT_OUT,
	SELECT_PEER,
	SELECT_KEYS
};

/* How two of them are ordered: below, above or (of the same session) 0. */
int select_compare(const struct row *a, const struct row *b,
    enum select_key key);

/* Puts those in their places which, if all n were sorted, would be at from up to
 * to.  Its time grows with n, and not with the order that peers have given. */
void select_order(struct row *v, size_t n, enum select_key key, size_t from,
    size_t to);

#endif
