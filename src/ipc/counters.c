/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/wait.h>

#include <stddef.h>

#include "ipc/counters.h"

/* Another session can change the slot meanwhile: its reason is read once. */
static enum ended
how(const struct scoreboard_slot *slot)
{
	const uint8_t reason = *(const volatile uint8_t *)&slot->reason;
	const int status = *(const volatile int32_t *)&slot->status;

	if (reason != END_BY_ITSELF && reason < END_REASONS)
		return ENDED_REASON + reason - 1;
	if (WIFSIGNALED(status))
		return ENDED_SIGNAL;
	return status == 0 ? ENDED_OK : ENDED_FAILED;
}

void
counters_end(struct scoreboard_counters *n, const struct scoreboard_slot *slot)
{
	const int64_t ms = (int64_t)((uint64_t)slot->until_ms -
	    (uint64_t)slot->start_ms);
	const uint64_t out = atomic_load(&slot->out);

	atomic_fetch_add(&n->ended, 1);
	atomic_fetch_add(&n->in, atomic_load(&slot->in));
	atomic_fetch_add(&n->out, out);
	atomic_fetch_add(&n->cpu_us, slot->utime_us + slot->stime_us);
	atomic_fetch_add(&n->how[how(slot)], 1);
	histogram_add(&n->histogram[HISTOGRAM_DURATION], HISTOGRAM_DURATION,
	    ms > 0 ? (uint64_t)ms : 0);
	histogram_add(&n->histogram[HISTOGRAM_SENT], HISTOGRAM_SENT, out);
}

void
counters_add(struct scoreboard_counters *sum,
    const struct scoreboard_counters *n)
{
	const _Atomic uint64_t *from = &n->accepted;
	_Atomic uint64_t *to = &sum->accepted;
	size_t i;

	for (i = 0; i < sizeof(*n) / sizeof(*from); i++)
		atomic_fetch_add(&to[i], atomic_load(&from[i]));
}

const char *
ended_name(enum ended how)
{
	switch (how) {
	case ENDED_OK:
		return "ok";
	case ENDED_FAILED:
		return "failed";
	case ENDED_SIGNAL:
		return "signal";
	default:
		return end_reason_name(how - ENDED_REASON + 1);
	}
}

struct recent_second *
recent_now(struct recent *r, int64_t now_ms)
{
	const uint32_t second = (uint32_t)(now_ms / 1000);
	struct recent_second *at = &r->at[second % RECENT_SECONDS];

	if (atomic_load_explicit(&at->second, memory_order_relaxed) == second)
		return at;
	/* A reader that sees the new number sees no old counts. */
	atomic_store(&at->started, 0);
	atomic_store(&at->refused, 0);
	atomic_store(&at->second, second);
	return at;
}
