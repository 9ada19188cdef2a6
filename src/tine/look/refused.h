/* SPDX-License-Identifier: ISC */
/*
 * What tine refused has found, and prints.
 */
#ifndef TINED_TINE_REFUSED_H
#define TINED_TINE_REFUSED_H

#include "tine/look/look.h"

/* The sources of all sessions, sorted: they are read once, and not for each source
 * that was refused, of which clients can make thousands. */
struct tally {
	struct tallied *v;
	size_t n, room;
	bool filled;
};

struct refused {
	struct look look; /* first, for its options */
	const char *service;
	uint64_t limit;
	uint64_t last; /* --last: that many refusals, not sources */
	struct tally *tally;
};

/* A source or a refusal, and the service that has refused it. */
struct found {
	uint32_t service;
	struct refused_source source;
	struct refusal_event event;
};

struct finds {
	const struct refused *r;
	struct found *v;
	size_t n;
};

/* Finds what the sections of that service know, for view_refusals with finds. */
void refused_take(void *arg, uint32_t service, const struct refusals *r);

/* Puts refusals into order, the newest first; or adds up what several acceptors
 * have of one source, and puts sources into order. */
void refused_sort(struct finds *f);

/* The sessions of a source now, which is masked. */
size_t refused_sessions(struct tally *t, const struct look *l, uint32_t service,
    const struct addr *source);
void refused_tally_end(struct tally *t);

/* Print the first n; as JSON an object a line. */
void refused_print(const struct finds *f, size_t n);
void refused_print_json(const struct finds *f, size_t n);

#endif
