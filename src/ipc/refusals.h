/* SPDX-License-Identifier: ISC */
/*
 * Who was refused: the last refusals of a section, and the sources that it has
 * refused most.  In pages of their own, which take memory once they are used.
 *
 * The sources are in buckets of four by the hash of their address.  A new source
 * replaces the one of its bucket that has been refused least, so that the heavy
 * ones stay however many others there are.  Counts are halved every ten
 * minutes.
 */
#ifndef TINED_IPC_REFUSALS_H
#define TINED_IPC_REFUSALS_H

#include <stdint.h>

#include "base/addr.h"
#include "ipc/slot.h"

#define REFUSALS_LAST    256
#define REFUSALS_BUCKETS 1024
#define REFUSALS_WAYS    4
#define REFUSALS_HALVE_S 600

struct refusal_event {
	int64_t ms;      /* clock_ms; 0: none yet */
	uint32_t reason; /* enum refusal */
	uint32_t pad;
	struct addr peer;
};

/* A source: masked as per_source does. */
struct refused_source {
	struct addr addr; /* AF_UNSPEC: free */
	uint32_t count;
	uint32_t since_s; /* clock_ms / 1000 of the first and last refusal */
	uint32_t last_s;
	uint32_t reason; /* of the last one */
};

struct refusals {
	uint32_t next; /* in last, modulo REFUSALS_LAST */
	uint32_t pad;
	struct refusal_event last[REFUSALS_LAST];
	struct refused_source source[REFUSALS_BUCKETS][REFUSALS_WAYS];
};

/* Notes a refusal.  The caller is the only writer; hash is addr_hash of source,
 * the masked address. */
void refusals_note(struct refusals *r, const struct refusal_event *e,
    const struct addr *source, uint64_t hash);

/* The count of a source at that time, halved as it is due. */
uint32_t refusals_count(const struct refused_source *s, uint32_t now_s);

/* Adds what from has.  It is not trusted: what cannot be is skipped. */
void refusals_merge(struct refusals *to, const struct refusals *from,
    uint64_t seed);

#endif
