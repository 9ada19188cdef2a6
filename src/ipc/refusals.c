/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "ipc/refusals.h"

uint32_t
refusals_count(const struct refused_source *s, uint32_t now_s)
{
	const uint32_t then = s->last_s / REFUSALS_HALVE_S;
	const uint32_t now = now_s / REFUSALS_HALVE_S;

	if (now <= then)
		return s->count;
	return now - then > 31 ? 0 : s->count >> (now - then);
}

/* The place of a source: its own, or that of the one refused least. */
static struct refused_source *
place_of(struct refusals *r, const struct addr *source, uint64_t hash,
    uint32_t now_s)
{
	struct refused_source *set = r->source[hash % REFUSALS_BUCKETS];
	struct refused_source *least = set;
	unsigned int i;

	for (i = 0; i < REFUSALS_WAYS; i++) {
		if (addr_equal(&set[i].addr, source))
			return &set[i];
		if (refusals_count(&set[i], now_s) <
		    refusals_count(least, now_s))
			least = &set[i];
	}
	*least = (struct refused_source) {
		.addr = *source, .since_s = now_s, .last_s = now_s
	};
	return least;
}

static void
add_source(struct refusals *r, const struct refused_source *from,
    uint32_t count, uint64_t hash)
{
	struct refused_source *s = place_of(r, &from->addr, hash, from->last_s);
	uint32_t before = refusals_count(s, from->last_s);

	s->count = before > UINT32_MAX - count ? UINT32_MAX : before + count;
	if (s->last_s <= from->last_s) {
		s->last_s = from->last_s;
		s->reason = from->reason;
	}
}

static void
add_event(struct refusals *r, const struct refusal_event *e)
{
	r->last[r->next % REFUSALS_LAST] = *e;
	r->next++;
}

void
refusals_note(struct refusals *r, const struct refusal_event *e,
    const struct addr *source, uint64_t hash)
{
	const struct refused_source one = { .addr = *source,
		.last_s = (uint32_t)(e->ms / 1000),
		.reason = e->reason };

	add_event(r, e);
	add_source(r, &one, 1, hash);
}

static bool
is_refusal(uint8_t family, uint32_t reason)
{
	return (family == AF_INET || family == AF_INET6 || family == AF_UNIX) &&
	    reason > REFUSED_NOT && reason < REFUSED_REASONS;
}

void
refusals_merge(struct refusals *to, const struct refusals *from, uint64_t seed)
{
	const uint32_t first = from->next;
	struct refused_source s;
	struct refusal_event e;
	unsigned int i, k;

	for (i = 0; i < REFUSALS_LAST; i++) {
		e = from->last[(first + i) % REFUSALS_LAST];
		if (e.ms != 0 && is_refusal(e.peer.family, e.reason))
			add_event(to, &e);
	}
	for (i = 0; i < REFUSALS_BUCKETS; i++)
		for (k = 0; k < REFUSALS_WAYS; k++) {
			s = from->source[i][k];
			if (s.count > 0 && is_refusal(s.addr.family, s.reason))
				add_source(to, &s, s.count,
				    addr_hash(&s.addr, seed));
		}
}
