/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "base/board.h"

static uint64_t
timeval_us(const struct timeval *tv)
{
	return (uint64_t)tv->tv_sec * 1000000 + (uint64_t)tv->tv_usec;
}

void
board_end(struct board_slot *slot, const struct ending *e)
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
