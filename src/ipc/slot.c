/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "ipc/slot.h"

static uint64_t
timeval_us(const struct timeval *tv)
{
	return (uint64_t)tv->tv_sec * 1000000 + (uint64_t)tv->tv_usec;
}

void
slot_end(struct scoreboard_slot *slot, const struct ending *e)
{
	atomic_store(&slot->pid, e->pid);
	slot->status = e->status;
	slot->until_ms = e->now;
	slot->utime_us = timeval_us(&e->ru->ru_utime);
	slot->stime_us = timeval_us(&e->ru->ru_stime);
	slot->maxrss_kib = (uint32_t)e->ru->ru_maxrss;
	if (e->why != END_BY_ITSELF ||
	    (slot->reason != END_IDLE && slot->reason != END_PEER))
		slot->reason = (uint8_t)e->why;
	atomic_store(&slot->state, SLOT_ENDED);
}

const char *
end_reason_name(enum end_reason r)
{
	static const char *const names[END_REASONS] = {
		[END_BY_ITSELF] = "",
		[END_IDLE] = "idle_timeout",
		[END_MAX] = "max_time",
		[END_DRAIN] = "drain_timeout",
		[END_STOPPED] = "stopped",
		[END_OPERATOR] = "operator",
		[END_PEER] = "peer_timeout",
	};

	return (unsigned int)r < END_REASONS ? names[r] : "unknown";
}

const char *
refusal_name(enum refusal r)
{
	static const char *const names[REFUSED_REASONS] = {
		[REFUSED_NOT] = "",
		[REFUSED_ACCESS] = "no_access",
		[REFUSED_INSTANCES] = "instances",
		[REFUSED_RATE] = "cps",
		[REFUSED_PER_SOURCE] = "per_source",
		[REFUSED_SOURCE_RATE] = "cps_per_source",
		[REFUSED_FORK] = "fork",
	};

	return (unsigned int)r < REFUSED_REASONS ? names[r] : "unknown";
}
