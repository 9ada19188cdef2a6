/*
 * The board: a service's scoreboard, shared by main and its acceptors.
 *
 * One memfd for each service, sealed against shrinking and growing, sparse:
 * what nobody uses costs nothing.  It has sections; each acceptor is given
 * one, and writes only there: its counters, its slots (one for each session)
 * and its sources (how many sessions each source has).  When an acceptor dies
 * main becomes the writer of its section until the last session has ended.
 *
 * Whoever reads another's section takes it for what it is: bytes that a
 * confined process may have scribbled over.  Counts are bounded when read, and
 * a pid is never signalled because it stands here.
 */
#ifndef TINED_BASE_BOARD_H
#define TINED_BASE_BOARD_H

#include <sys/resource.h>
#include <sys/types.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"

#define BOARD_SECTIONS 64     /* acceptors of a service, old ones included */
#define BOARD_SLOTS    65536  /* sessions of one acceptor: instances' maximum */
#define BOARD_SPARE    1024   /* slots for ended sessions not yet logged */
#define BOARD_SOURCES  131072 /* places for sources, a power of two */

/* Why tined ended a session, as `reason=` in its record. */
enum end_reason {
	END_BY_ITSELF,
	END_IDLE,  /* idle_timeout */
	END_MAX,   /* max_time */
	END_DRAIN, /* drain_timeout */
	END_PEER,  /* peer_timeout, or the kernel's own limit */
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
struct board_slot {
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
	uint16_t listener;     /* of the spec */
	uint32_t maxrss_kib;
	uint64_t utime_us;
	uint64_t stime_us;
	uint32_t nth;     /* sessions of its source, itself included */
	uint16_t program; /* 1: a process group of its own */
	uint16_t error;   /* errno of an execve that failed */
};

_Static_assert(sizeof(struct board_slot) == 128, "board_slot's size");

/* How many sessions a source has in one section. */
struct board_source {
	struct addr addr; /* masked; family 0: nobody */
	uint32_t count;
	uint32_t pad;
};

struct board_counters {
	_Atomic uint64_t accepted; /* taken from the kernel's queue */
	_Atomic uint64_t started;  /* sessions forked */
	_Atomic uint64_t ended;
	_Atomic uint64_t lost; /* records dropped */
	_Atomic uint64_t in;
	_Atomic uint64_t out;
	_Atomic uint64_t refused[REFUSED_REASONS];
};

/* What stands at the start of a section. */
struct board_section {
	_Atomic int32_t acceptor;    /* pid */
	_Atomic uint32_t nsessions;  /* reserved or running */
	_Atomic uint32_t waiting;    /* 1: full, wants to be woken */
	_Atomic uint32_t source_seq; /* odd: the sources are being changed */
	_Atomic uint32_t unsaid;     /* of n.lost: not yet told to the log */
	_Atomic uint32_t leftovers;  /* processes that are not sessions */
	struct board_counters n;
};

#define BOARD_BUCKETS 65536 /* of cps_per_source, a power of two */

/* A source's token bucket: the keyed hash of its address, and its time. */
struct board_bucket {
	_Atomic uint64_t key;
	_Atomic int64_t full_us;
};

/*
 * What stands at the start of the board, written by all acceptors: no more than
 * the service's pace depends on it.
 */
struct board_head {
	uint32_t magic;
	uint32_t sections;        /* BOARD_SECTIONS of this build */
	uint64_t seed;            /* of the sources' hash */
	_Atomic uint64_t next_id; /* of the next connection */
	_Atomic uint64_t used;    /* bit n: section n is in use (main sets) */
	_Atomic int64_t full_us;  /* cps: when the bucket is full again */
	/* When a refusal was last logged, by reason, clock_ms. */
	_Atomic int64_t said_ms[REFUSED_REASONS];
};

struct board; /* a mapping of it */

/* Makes a board.  Its descriptor is board_fd's.  NULL with errno. */
struct board *board_new(const char *name);

/* Maps the board on fd (borrowed); NULL with errno, EINVAL when it is none. */
struct board *board_map(int fd);
void board_free(struct board *b); /* unmaps; closes what board_new made */

/* How many slots an acceptor uses, from the first, for that many instances. */
uint32_t board_nslots(uint32_t instances);

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
void board_end(struct board_slot *slot, const struct ending *e);

int board_fd(const struct board *b);
struct board_head *board_head(const struct board *b);
struct board_section *board_section(const struct board *b, unsigned int sec);
struct board_slot *board_slot(const struct board *b, unsigned int sec,
    unsigned int slot);
/* The section's first source of BOARD_SOURCES. */
struct board_source *board_sources(const struct board *b, unsigned int sec);

/* The buckets of cps_per_source, BOARD_BUCKETS of them. */
struct board_bucket *board_buckets(const struct board *b);

/* Takes an unused section, zeroed; its number, or -1 when none is left.  Only
 * by main, which keeps its own account of them. */
int board_take(struct board *b);
void board_release(struct board *b, unsigned int sec);

/* Sessions over all sections, each count bounded. */
uint32_t board_sessions(const struct board *b);

/* What programs have left behind, over all sections, each count bounded. */
uint32_t board_leftovers(const struct board *b);

/* The totals over all sections, and what released ones had counted. */
struct board_totals {
	uint64_t accepted, started, ended, lost, in, out;
	uint64_t refused[REFUSED_REASONS];
};
void board_sum(const struct board *b, struct board_totals *t);

const char *end_reason_name(enum end_reason r); /* "idle_timeout", ... */
const char *refusal_name(enum refusal r);       /* "no_access", ... */

#endif
