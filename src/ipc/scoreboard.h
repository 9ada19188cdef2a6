/*
 * The board: a service's scoreboard, shared by main and its acceptors.
 *
 * One memfd for each service, mode 0600, sealed against shrinking.  It is as
 * long as its sections are; main alone has its descriptor and makes it longer,
 * acceptors close it once it is mapped.  What is not used costs nothing.
 *
 * A section belongs to one acceptor, which alone writes there: a desk with its
 * counters and its sources (how many sessions each source has), and slots, one
 * for each session.  An index in the head names the desks that count: acceptors
 * sum over them.  When an acceptor has gone main counts its sessions in a
 * section of its own, the ledger; of the acceptor's only those pages of slots
 * stay that sessions still write to.
 *
 * Whoever reads another's section, or the index, takes it for what it is: bytes
 * that a confined process may have scribbled over.  Counts are bounded when
 * read; a desk that the index names lies within what main has said of the
 * board's length; main goes by its own account of where everything is.  A pid is
 * never signalled because it stands here.
 */
#ifndef TINED_BASE_SCOREBOARD_H
#define TINED_BASE_SCOREBOARD_H

#include <sys/resource.h>
#include <sys/types.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"

#define SCOREBOARD_PAGE 4096u /* what sections are made of */
#define SCOREBOARD_LIVE 2048  /* sections that count, of one service */
#define SCOREBOARD_SLOTS                                                       \
	65536 /* sessions of one acceptor: instances' maximum */
#define SCOREBOARD_SPARE   1024   /* slots for ended sessions not yet logged */
#define SCOREBOARD_SOURCES 131072 /* most places for sources, a power of two */

/* The most pages: 16 GiB of addresses, where there is room for them. */
#define SCOREBOARD_PAGES (sizeof(void *) == 8 ? 1u << 22 : 1u << 16)

/* Why tined ended a session, as `reason=` in its record. */
enum end_reason {
	END_BY_ITSELF,
	END_IDLE,    /* idle_timeout */
	END_MAX,     /* max_time */
	END_DRAIN,   /* drain_timeout */
	END_PEER,    /* peer_timeout, or the kernel's own limit */
	END_STOPPED, /* a built-in's session was stopped (SIGSTOP) */
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
	/* When a refusal was last logged, by reason, clock_ms. */
	_Atomic int64_t said_ms[REFUSED_REASONS];
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

struct scoreboard; /* a mapping of it */

/* Maps the board on fd (borrowed) for an acceptor whose section is at own.  NULL
 * with errno; EINVAL when fd is no board, or own lies outside of it. */
struct scoreboard *scoreboard_map(int fd, const struct scoreboard_place *own);
void scoreboard_free(struct scoreboard *b);

/* How many slots an acceptor uses, from the first, for that many instances, and
 * how many places for sources. */
uint32_t scoreboard_nslots(uint32_t instances);
uint32_t scoreboard_nsources(uint32_t instances);

/* How many pages these take. */
uint32_t scoreboard_slots_pages(uint32_t nslots);
uint32_t scoreboard_desk_pages(uint32_t nsources);

struct scoreboard_head *scoreboard_head(const struct scoreboard *b);

/* The key of the sources' hash.  It is not on the board, where a session could
 * change it. */
uint64_t scoreboard_seed(const struct scoreboard *b);

/* What is at a place.  In main nothing stays where it is when the board grows:
 * such a pointer is not kept. */
struct scoreboard_desk scoreboard_desk(const struct scoreboard *b,
    const struct scoreboard_place *p);
struct scoreboard_section *scoreboard_section(const struct scoreboard *b,
    const struct scoreboard_place *p);
struct scoreboard_slot *scoreboard_slot(const struct scoreboard *b,
    const struct scoreboard_place *p, uint32_t slot);

/* The acceptor's own desk; NULL in main. */
const struct scoreboard_desk *scoreboard_own(const struct scoreboard *b);

/* The buckets of cps_per_source, SCOREBOARD_BUCKETS of them. */
struct scoreboard_bucket *scoreboard_buckets(const struct scoreboard *b);

/*
 * The desks that count, but for the acceptor's own: the next one from entry *at
 * of the index on.  False when there is none.
 */
bool scoreboard_next(const struct scoreboard *b, uint32_t *at,
    struct scoreboard_desk *d);

/* Sessions over all sections, and what programs have left behind there, each
 * count bounded. */
uint32_t scoreboard_sessions(const struct scoreboard *b);
uint32_t scoreboard_leftovers(const struct scoreboard *b);

/*
 * An acceptor reads nothing beyond the length that it knows.  Main says a new
 * one on the control socket before anything lies there; whether there is such a
 * message to be read the head tells.
 */
bool scoreboard_outgrown(const struct scoreboard *b);
void scoreboard_grown(struct scoreboard *b, uint32_t npages);

#define SESSION_KILL_MS 5000 /* from TERM to KILL, whoever sends them */

/* How a session has ended, as its reaper knows it. */
struct ending {
	pid_t pid;
	int status;          /* wait(2)'s */
	int64_t now;         /* clock_ms */
	enum end_reason why; /* END_BY_ITSELF unless tined has told it to */
	const struct rusage *ru;
};

/* Completes the slot of a session that was reaped.  Of what the session wrote
 * there only its bytes, END_IDLE and END_PEER are believed. */
void scoreboard_end(struct scoreboard_slot *slot, const struct ending *e);

const char *end_reason_name(enum end_reason r); /* "idle_timeout", ... */
const char *refusal_name(enum refusal r);       /* "no_access", ... */

#endif
