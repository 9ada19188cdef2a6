/* SPDX-License-Identifier: ISC */
/*
 * A slot: what is known of one session.  It lies on the scoreboard, where the
 * session can write to it, and becomes the `end` record of the log.
 */
#ifndef TINED_IPC_SLOT_H
#define TINED_IPC_SLOT_H

#include <sys/resource.h>
#include <sys/types.h>

#include <stdatomic.h>
#include <stdint.h>

#include "base/addr.h"

#define SESSION_KILL_MS 5000 /* from TERM to KILL */

/* Why tined ended a session, as `reason=` in its record. */
enum end_reason {
	END_BY_ITSELF,
	END_IDLE,     /* idle_timeout */
	END_MAX,      /* max_time */
	END_DRAIN,    /* drain_timeout */
	END_PEER,     /* peer_timeout, or the kernel's own limit */
	END_STOPPED,  /* a built-in's session was stopped (SIGSTOP) */
	END_OPERATOR, /* by a command */
	END_REASONS
};

/* Why a connection was refused, as `reason=` in its record. */
enum refusal {
	REFUSED_NOT,
	REFUSED_ACCESS,      /* only_from, no_access */
	REFUSED_INSTANCES,   /* instances, when_full = refuse */
	REFUSED_RATE,        /* cps, when_full = refuse */
	REFUSED_PER_SOURCE,  /* per_source */
	REFUSED_SOURCE_RATE, /* cps_per_source */
	REFUSED_FORK,        /* fork failed */
	REFUSED_REASONS
};

enum slot_state { SLOT_FREE, SLOT_TAKEN, SLOT_ENDED };

/* One session.  128 bytes: two to a cache line pair, never over a page. */
struct scoreboard_slot {
	uint64_t id;         /* the connection's number in its service */
	int64_t start_ms;    /* clock_ms */
	int64_t until_ms;    /* max_time's end, or 0; once ended: when */
	_Atomic uint64_t in; /* bytes read from the peer, built-ins only */
	_Atomic uint64_t out;
	struct addr peer;
	struct addr local;     /* AF_UNIX: the port is the listener's number */
	_Atomic int32_t pid;   /* stored by the session first of all */
	int32_t status;        /* wait(2)'s, once ended */
	_Atomic uint8_t state; /* enum slot_state */
	uint8_t reason;        /* enum end_reason */
	uint16_t listener;     /* of the settings */
	uint32_t maxrss_kib;
	uint64_t utime_us;
	uint64_t stime_us;
	uint32_t nth;     /* sessions of its source, itself included */
	uint16_t program; /* 1: a process group of its own */
	uint16_t error;   /* errno of an execve that failed */
};

_Static_assert(sizeof(struct scoreboard_slot) == 128, "scoreboard_slot's size");

/* How a session has ended, as the process that reaped it knows. */
struct ending {
	pid_t pid;
	int status;          /* wait(2) */
	int64_t now;         /* clock_ms */
	enum end_reason why; /* END_BY_ITSELF unless tined has ended it */
	const struct rusage *ru;
};

/* Completes the slot of a session that was reaped.  Of what the session itself
 * wrote, only the bytes, END_IDLE and END_PEER are used. */
void slot_end(struct scoreboard_slot *slot, const struct ending *e);

const char *end_reason_name(enum end_reason r); /* "idle_timeout", ... */
const char *refusal_name(enum refusal r);       /* "no_access", ... */

#endif
