/* SPDX-License-Identifier: ISC */
/*
 * The overview: what main knows of its services, for those who look at them.
 *
 * A memfd that only main can write to, mode 0600.  It is a head, and arrays in
 * the order of their counts there: services, listeners, sections, numbers of the
 * sections' pages of slots.  Main writes all of it under a sequence count, which
 * is odd meanwhile; it is odd, too, while the counters of a section move from the
 * scoreboard to here, so that who reads both sees none of them fall.
 */
#ifndef TINED_IPC_OVERVIEW_H
#define TINED_IPC_OVERVIEW_H

#include "ipc/control.h"
#include "ipc/settings.h"

#define OVERVIEW_MAGIC      0x7476696fu
#define OVERVIEW_SIZE_MAX   (256u << 20)
#define OVERVIEW_REASON_MAX 320

enum overview_state {
	OVERVIEW_SERVING,
	OVERVIEW_PAUSED,
	OVERVIEW_DRAINING, /* main is stopping */
	OVERVIEW_RETIRED   /* not configured any more: its sessions end */
};

struct overview_head {
	char version[SETTINGS_VERSION_MAX]; /* settings_version */
	uint32_t magic;
	_Atomic uint32_t seq;
	int32_t pid;
	uint32_t stopping;
	int64_t start_ms;    /* clock_ms */
	int64_t start_time;  /* time(2) of that */
	int64_t config_time; /* time(2) of the configuration in force */
	uint64_t reloads_ok, reloads_refused;
	char refused[OVERVIEW_REASON_MAX]; /* why the last reload was; or "" */
	uint32_t nservices, nlisteners, nsections, npages;
};

struct overview_service {
	char name[SETTINGS_NAME_MAX];
	uint64_t number; /* of its scoreboard, never used again */
	uint32_t state;  /* enum overview_state */
	int32_t builtin; /* enum builtin */
	uint32_t instances;
	uint32_t per_source;
	uint32_t prefix_v4, prefix_v6;
	struct rate cps, cps_per_source;
	int64_t idle_ms, max_ms;
	uint32_t when_full;                 /* enum when_full */
	uint32_t starting, ready, draining; /* acceptors */
	uint32_t peak; /* of sessions, as sections that have gone knew it */
	uint32_t pad;
	uint64_t restarts;
	char error[CONTROL_TEXT_MAX]; /* the last one, or "" */
	int64_t error_time;           /* time(2) of that */
	/* What is counted in no section any more. */
	struct scoreboard_counters gone;
};

struct overview_listener {
	uint32_t service;          /* its index */
	uint32_t queue, queue_max; /* tcp(7): unaccepted connections */
	uint32_t broken;           /* acceptors that have given it up */
	char name[ADDR_TEXT_MAX];  /* `127.0.0.1:7`, `unix:/path` */
};

enum overview_kind {
	OVERVIEW_ACCEPTOR,
	OVERVIEW_ADOPTED, /* its acceptor is gone; page is 0 */
	OVERVIEW_LEDGER   /* main's own, without slots */
};

/* A section of a scoreboard, see ipc/scoreboard.h. */
struct overview_section {
	uint32_t service; /* its index */
	uint32_t kind;    /* enum overview_kind */
	int32_t pid;      /* of its acceptor */
	uint32_t page;    /* its first one */
	uint32_t nsources;
	uint32_t nslots;
	uint32_t slots; /* where the pages of its slots begin in the array; 0
			   among them: none */
	uint32_t pad;
};

/* The size of all of it; 0 where the counts of the head cannot be. */
size_t overview_size(const struct overview_head *head);

/* The arrays behind a head. */
const struct overview_service *overview_services(const struct overview_head *h);
const struct overview_listener *
overview_listeners(const struct overview_head *h);
const struct overview_section *overview_sections(const struct overview_head *h);
const uint32_t *overview_pages(const struct overview_head *h);

#endif
