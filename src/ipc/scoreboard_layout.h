/* SPDX-License-Identifier: ISC */
/*
 * What lies on a scoreboard, and how a process has it mapped; see scoreboard.h.
 */
#ifndef TINED_IPC_SCOREBOARD_LAYOUT_H
#define TINED_IPC_SCOREBOARD_LAYOUT_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/counters.h"
#include "ipc/refusals.h"

#define SCOREBOARD_PAGE    4096u /* sections consist of pages */
#define SCOREBOARD_LIVE    2048  /* sections in the index */
#define SCOREBOARD_SLOTS   65536 /* of one acceptor, the maximum of instances */
#define SCOREBOARD_SPARE   1024  /* slots for ended sessions not yet logged */
#define SCOREBOARD_SOURCES 131072 /* most places for sources, a power of two */

/* The most pages: 16 GiB of address space on 64-bit machines. */
#define SCOREBOARD_PAGES (sizeof(void *) == 8 ? 1u << 22 : 1u << 16)

#define SCOREBOARD_SLOTS_PAGE                                                  \
	(SCOREBOARD_PAGE / (uint32_t)sizeof(struct scoreboard_slot))

/* How many sessions a source has in one section.  32 bytes. */
struct scoreboard_source {
	struct addr addr; /* masked; family 0: free */
	uint32_t count;
	uint32_t pad;
};

/* The start of a section. */
struct scoreboard_section {
	_Atomic int32_t acceptor;    /* pid */
	_Atomic uint32_t nsessions;  /* reserved or running */
	_Atomic uint32_t waiting;    /* 1: full, waits for CONTROL_WAKE */
	_Atomic uint32_t source_seq; /* odd: the sources are being changed */
	_Atomic uint32_t unreported; /* of n.lost: not logged yet */
	_Atomic uint32_t leftovers;  /* processes that are not sessions */
	_Atomic uint32_t peak; /* most sessions of the service, as seen here */
	_Atomic uint32_t nslots; /* slots that were ever used: the first ones */
	struct scoreboard_counters n;
	struct recent recent;
};

#define SCOREBOARD_BUCKETS 65536 /* of cps_per_source, a power of two */

/* The token bucket of a source: the hash of its address, and its state. */
struct scoreboard_bucket {
	_Atomic uint64_t key;
	_Atomic int64_t full_us;
};

/*
 * The start of the scoreboard.  All acceptors write to it, so only the rate of
 * connections depends on it.
 */
struct scoreboard_head {
	uint32_t magic;
	_Atomic uint32_t npages;  /* how long it is, see scoreboard_outgrown */
	_Atomic uint64_t next_id; /* of the next connection */
	_Atomic int64_t full_us;  /* cps: when the bucket is full again */
	/* Token buckets of logged refusals, by reason. */
	_Atomic int64_t refused_us[REFUSED_REASONS];
	_Atomic uint32_t nindex; /* how many entries of the index are used */
};

/* Where a section is, as main sends it to the acceptor: page numbers. */
struct scoreboard_place {
	uint32_t number;   /* in the index */
	uint32_t first;    /* its first page; 0: only slots are left */
	uint32_t nsources; /* places of its table, a power of two */
	uint32_t nslots;
	uint32_t *pages; /* of its slots, SCOREBOARD_SLOTS_PAGE in each */
	uint64_t seed;   /* of the hash of sources, for the whole scoreboard */
};

/* Pointers to a section: to all but its slots. */
struct scoreboard_parts {
	struct scoreboard_section *section;
	struct refusals *refusals;
	struct scoreboard_source *sources;
	uint32_t nsources;
};

struct keeper;

/* How a process has it mapped.  In main a pointer to what is on it is valid only
 * until the scoreboard grows. */
struct scoreboard {
	struct scoreboard_head *head; /* its first page */
	size_t mapped;                /* bytes of memory */
	uint32_t npages;              /* of the file: what may be read of it */

	/* The key of the hash of sources: not on the scoreboard, where a
	 * session could change it. */
	uint64_t seed;

	/* Of an acceptor. */
	struct scoreboard_parts own;
	uint32_t own_number;

	/* Of main. */
	struct keeper *keeper; /* NULL in an acceptor */
};

#endif
