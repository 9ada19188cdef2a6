/* SPDX-License-Identifier: ISC */
/*
 * What lies on a scoreboard; see scoreboard.h.
 */
#ifndef TINED_IPC_SCOREBOARD_LAYOUT_H
#define TINED_IPC_SCOREBOARD_LAYOUT_H

#include <stdatomic.h>
#include <stdint.h>

#include "ipc/slot.h"

#define SCOREBOARD_PAGE 4096u /* what sections are made of */
#define SCOREBOARD_LIVE 2048  /* sections that count, of one service */
#define SCOREBOARD_SLOTS                                                       \
	65536 /* sessions of one acceptor: instances' maximum */
#define SCOREBOARD_SPARE   1024   /* slots for ended sessions not yet logged */
#define SCOREBOARD_SOURCES 131072 /* most places for sources, a power of two */

/* The most pages: 16 GiB of addresses, where there is room for them. */
#define SCOREBOARD_PAGES (sizeof(void *) == 8 ? 1u << 22 : 1u << 16)

#define SCOREBOARD_SLOTS_PAGE                                                  \
	(SCOREBOARD_PAGE / (uint32_t)sizeof(struct scoreboard_slot))

/* How many sessions a source has in one section.  32 bytes. */
struct scoreboard_source {
	struct addr addr; /* masked; family 0: nobody */
	uint32_t count;
	uint32_t pad;
};

struct scoreboard_counters {
	_Atomic uint64_t accepted; /* taken from the kernel's queue */
	_Atomic uint64_t started;  /* sessions forked */
	_Atomic uint64_t ended;
	_Atomic uint64_t lost; /* records dropped */
	_Atomic uint64_t in;
	_Atomic uint64_t out;
	_Atomic uint64_t refused[REFUSED_REASONS];
};

/* What stands at the start of a desk. */
struct scoreboard_section {
	_Atomic int32_t acceptor;    /* pid */
	_Atomic uint32_t nsessions;  /* reserved or running */
	_Atomic uint32_t waiting;    /* 1: full, wants to be woken */
	_Atomic uint32_t source_seq; /* odd: the sources are being changed */
	_Atomic uint32_t unsaid;     /* of n.lost: not yet told to the log */
	_Atomic uint32_t leftovers;  /* processes that are not sessions */
	struct scoreboard_counters n;
};

#define SCOREBOARD_BUCKETS 65536 /* of cps_per_source, a power of two */

/* A source's token bucket: the keyed hash of its address, and its time. */
struct scoreboard_bucket {
	_Atomic uint64_t key;
	_Atomic int64_t full_us;
};

/*
 * What stands at the start of the board, written by all acceptors: no more than
 * the service's pace depends on it.
 */
struct scoreboard_head {
	uint32_t magic;
	_Atomic uint32_t npages;  /* how long it is, see scoreboard_outgrown */
	_Atomic uint64_t next_id; /* of the next connection */
	_Atomic int64_t full_us;  /* cps: when the bucket is full again */
	/* Token buckets of logged refusals, by reason. */
	_Atomic int64_t refused_us[REFUSED_REASONS];
	/* How many entries of the index may name a desk. */
	_Atomic uint32_t nindex;
};

/* Where a section is, as main gives it to its acceptor: page numbers. */
struct scoreboard_place {
	uint32_t number;   /* in the index */
	uint32_t desk;     /* the first page of its desk; 0: it has none */
	uint32_t nsources; /* places of its table, a power of two */
	uint32_t nslots;
	uint32_t *pages; /* of its slots, SCOREBOARD_SLOTS_PAGE in each */
	uint64_t seed;   /* of the hash of sources, the whole board's */
};

/* A desk as one works with it. */
struct scoreboard_desk {
	struct scoreboard_section *section;
	struct scoreboard_source *sources;
	uint32_t nsources;
};

/* Counters over several sections. */
struct scoreboard_totals {
	uint64_t accepted, started, ended, lost, in, out;
	uint64_t refused[REFUSED_REASONS];
};

#endif
