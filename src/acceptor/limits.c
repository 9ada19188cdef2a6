/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "acceptor/limits.h"
#include "ipc/source.h"

bool
limits_allow(const struct settings *s, const struct addr *peer)
{
	const struct settings_access *rule = settings_bytes(s, s->access);
	uint32_t i;

	if (peer->family == AF_UNIX)
		return true;
	for (i = 0; i < s->access.count; i++)
		if (cidr_contains(&rule[i].net, peer))
			return rule[i].allow != 0;
	return s->access_default != 0;
}

/* Reserves one, then sums; gives it back if that was one too many. */
static bool
reserve(const struct scoreboard *b, const struct settings *s)
{
	struct scoreboard_section *own = b->own.section;

	atomic_fetch_add(&own->nsessions, 1);
	if (scoreboard_sessions(b) <= s->instances)
		return true;
	atomic_fetch_sub(&own->nsessions, 1);
	return false;
}

bool
limits_enter(const struct scoreboard *b, const struct settings *s)
{
	struct scoreboard_section *own = b->own.section;

	if (reserve(b, s)) {
		if (atomic_load_explicit(&own->waiting, memory_order_relaxed) !=
		    0)
			atomic_store(&own->waiting, 0);
		return true;
	}
	/* Set the flag, then try again: a session that ended in between is
	 * seen now, the next one that ends sees the flag. */
	atomic_store(&own->waiting, 1);
	if (!reserve(b, s))
		return false;
	atomic_store(&own->waiting, 0);
	return true;
}

bool
limits_leave(const struct scoreboard *b)
{
	struct scoreboard_parts d;
	uint32_t at = 0;

	atomic_fetch_sub(&b->own.section->nsessions, 1);
	while (scoreboard_next(b, &at, &d))
		if (atomic_load(&d.section->waiting) != 0)
			return true;
	return false;
}

int64_t
limits_start(const struct scoreboard *b, const struct settings *s,
    int64_t now_us)
{
	int64_t wait_us = rate_take(&b->head->full_us, &s->cps, now_us);

	return (wait_us + 999) / 1000;
}

void
limits_not_started(const struct scoreboard *b, const struct settings *s)
{
	rate_return(&b->head->full_us, &s->cps);
}

enum refusal
limits_source(const struct scoreboard *b, const struct settings *s,
    int64_t now_us, struct addr *source, uint32_t *nth)
{
	enum refusal why = REFUSED_NOT;

	addr_mask(source, s->prefix_v4, s->prefix_v6);
	source_add(b, &b->own, source);
	*nth = source_count(b, source);
	if (*nth > s->per_source)
		why = REFUSED_PER_SOURCE;
	else if (s->cps_per_source.rate != 0 &&
	    rate_take(source_bucket(b, source), &s->cps_per_source, now_us) !=
		0)
		why = REFUSED_SOURCE_RATE;
	if (why != REFUSED_NOT)
		source_remove(b, &b->own, source);
	return why;
}

void
limits_source_left(const struct scoreboard *b, const struct settings *s,
    const struct addr *source)
{
	source_remove(b, &b->own, source);
	if (s->cps_per_source.rate != 0)
		rate_return(source_bucket(b, source), &s->cps_per_source);
}
