/* SPDX-License-Identifier: ISC */
/*
 * What is counted of the sessions of a service, in a section of its scoreboard and,
 * for sections that have gone, in main.
 */
#ifndef TINED_IPC_COUNTERS_H
#define TINED_IPC_COUNTERS_H

#include "ipc/histogram.h"
#include "ipc/slot.h"

/* How a session has ended; from ENDED_REASON on by its enum end_reason. */
enum ended {
	ENDED_OK,     /* exit status 0 */
	ENDED_FAILED, /* another one */
	ENDED_SIGNAL,
	ENDED_REASON, /* END_BY_ITSELF + 1 */
	ENDED_HOW = ENDED_REASON + END_REASONS - 1
};

/* Only of _Atomic uint64_t, see counters_add. */
struct scoreboard_counters {
	_Atomic uint64_t accepted; /* connections */
	_Atomic uint64_t started;  /* sessions forked */
	_Atomic uint64_t ended;
	_Atomic uint64_t lost; /* records dropped */
	_Atomic uint64_t in;
	_Atomic uint64_t out;
	_Atomic uint64_t cpu_us; /* of sessions that have ended */
	_Atomic uint64_t refused[REFUSED_REASONS];
	_Atomic uint64_t how[ENDED_HOW];
	struct histogram histogram[HISTOGRAMS];
};

/* Counts a session that has ended, by its slot. */
void counters_end(struct scoreboard_counters *n,
    const struct scoreboard_slot *slot);

void counters_add(struct scoreboard_counters *sum,
    const struct scoreboard_counters *n);

/* "ok", "failed", "signal", "idle_timeout", ...: the label of the metric. */
const char *ended_name(enum ended how);

#define RECENT_SECONDS 128

/* One second's sessions and refusals. */
struct recent_second {
	_Atomic uint32_t second; /* clock_ms / 1000 */
	_Atomic uint32_t started;
	_Atomic uint32_t refused;
};

/* The last seconds, each at its number modulo RECENT_SECONDS: who reads them skips
 * those whose number is of another round. */
struct recent {
	struct recent_second at[RECENT_SECONDS];
};

/* The entry of that time, for its only writer. */
struct recent_second *recent_now(struct recent *r, int64_t now_ms);

#endif
