/* SPDX-License-Identifier: ISC */
/*
 * The resolved settings of a service, as main hands them to an acceptor.
 *
 * A sealed memfd, mapped read-only.  Plain data: lists and strings are in the
 * tail, by their offsets, so the acceptor parses and allocates nothing.  It
 * begins with the version of the build; an acceptor of another build refuses
 * it.  All times are milliseconds.
 */
#ifndef TINED_IPC_SETTINGS_H
#define TINED_IPC_SETTINGS_H

#include <linux/filter.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/rate.h"
#include "ipc/scoreboard_layout.h"

#define SETTINGS_VERSION_MAX 64
#define SETTINGS_NAME_MAX    64   /* of a service, the NUL included */
#define SETTINGS_LISTENERS   256  /* of one service */
#define SETTINGS_NUMBERS     4095 /* the highest number of a Unix listener */
#define SETTINGS_SIZE_MAX    (16u << 20)

/*
 * The descriptors of an acceptor when it is executed:
 * 0 to 2 are /dev/null (2 stays main's in builds with sanitizers).
 */
enum settings_fd {
	SETTINGS_FD_SETTINGS = 3,
	SETTINGS_FD_SCOREBOARD,
	SETTINGS_FD_LOG,     /* a pipe to the logger, non-blocking */
	SETTINGS_FD_STDERRS, /* SOCK_SEQPACKET to the logger: programs' stderr */
	SETTINGS_FD_CONTROL, /* SOCK_SEQPACKET to main */
	SETTINGS_FD_LISTENER /* the first of nlisteners */
};

enum when_full { WHEN_FULL_QUEUE, WHEN_FULL_REFUSE };
enum stderr_to { STDERR_LOG, STDERR_NULL, STDERR_SOCKET };
enum leftovers_policy { LEFTOVERS_KEEP, LEFTOVERS_END };
enum sandbox { SANDBOX_OFF, SANDBOX_BASIC, SANDBOX_STRICT };

/* The soft limits of a program, in the order of the settings. */
enum limit_index {
	LIMIT_NOFILE,
	LIMIT_AS,
	LIMIT_CPU,
	LIMIT_NPROC,
	LIMIT_FSIZE,
	LIMIT_CORE,
	LIMIT_COUNT
};

/* A part of the tail: count things, off bytes from the start of the settings. */
struct settings_ref {
	uint32_t off;
	uint32_t count;
};

struct settings_limit {
	uint64_t value; /* RLIM_INFINITY: unlimited */
	uint32_t set;   /* 0: inherited */
	uint32_t pad;
};

struct settings_listener {
	struct addr local;        /* as bound; AF_UNIX for a path */
	uint32_t exact;           /* local is that of each connection, too */
	char path[ADDR_PATH_MAX]; /* of a Unix listener, '@': abstract */
};

/* An access rule; sorted, the most specific first, no_access before. */
struct settings_access {
	struct cidr net;
	uint32_t allow;
};

struct settings {
	char version[SETTINGS_VERSION_MAX];
	uint32_t size; /* all of it, the tail included */
	char service[SETTINGS_NAME_MAX];
	uint32_t wait; /* accept nothing before CONTROL_ACCEPT */
	uint32_t nlisteners;
	struct scoreboard_place place; /* but for its pages */
	struct settings_ref pages;     /* uint32_t; both by settings_copy */
	struct settings_listener listener[SETTINGS_LISTENERS];

	int32_t builtin;     /* enum builtin; BUILTIN_NONE: argv is executed */
	uint32_t log_ends;   /* `end` is logged (log_level) */
	uint32_t log_starts; /* `start` is logged */
	uint32_t stderr_to;  /* enum stderr_to */
	uint32_t leftovers;  /* enum leftovers_policy */
	uint32_t linger;     /* of a program, see acceptor/linger.h */
	struct settings_ref argv; /* list of strings; argv[0] is the path */
	struct settings_ref env;  /* list of NAME=VALUE, without those of the
				 connection */

	/* limits */
	uint32_t instances;
	uint32_t per_source;
	uint32_t prefix_v4;
	uint32_t prefix_v6;
	struct rate cps;
	struct rate cps_per_source;
	uint32_t when_full;      /* enum when_full */
	uint32_t access_default; /* 1: allowed where no rule matches */
	struct settings_ref refuse_message; /* bytes */
	struct settings_ref access;         /* struct settings_access */

	/* times, 0: none */
	int64_t idle_ms;
	int64_t max_ms;
	int64_t drain_ms;

	/* confinement */
	uint32_t change_ids; /* main is root: change to the ids below */
	uint32_t uid;
	uint32_t gid;
	uint32_t umask;
	int32_t nice;
	uint32_t sandbox; /* enum sandbox; of programs */
	uint32_t sandbox_required;
	uint32_t pad;
	uint64_t capabilities;         /* 1 << CAP_..., that a program keeps */
	struct settings_ref groups;    /* uint32_t, supplementary */
	struct settings_ref chroot;    /* a string; count 0: none */
	struct settings_ref directory; /* a string, inside chroot */
	struct settings_ref writable;  /* list of strings */
	struct settings_ref seccomp;   /* struct sock_filter */
	struct settings_limit limit[LIMIT_COUNT];
};

/*
 * Building, in main.  settings_new returns a builder whose settings are zero but
 * for version and service; NULL with errno ENOMEM.  The adders append to the
 * tail; after one has failed, settings_seal fails.
 */
struct settings_builder;

struct settings_builder *settings_new(const char *service);
struct settings *settings_of(struct settings_builder *b);
/* count things of that size; aligned to 8. */
struct settings_ref settings_add_bytes(struct settings_builder *b,
    const void *data, size_t size, size_t count);
struct settings_ref settings_add_string(struct settings_builder *b,
    const char *s); /* NULL: count 0 */
struct settings_ref settings_add_list(struct settings_builder *b,
    const char *const *v, size_t n);
/* A sealed memfd (CLOEXEC), or -1 with errno (E2BIG: over SETTINGS_SIZE_MAX). */
int settings_seal(struct settings_builder *b);
void settings_free(struct settings_builder *b);
/* A sealed copy of the settings on fd for one acceptor, with its section of the
 * scoreboard, and whether it waits for CONTROL_ACCEPT.  -1 with errno. */
int settings_copy(int fd, const struct scoreboard_place *p, bool wait);

/*
 * Reading, in the acceptor.  Maps fd; checks seals, version and size.  NULL with
 * *why, a constant, when they are wrong.
 */
const struct settings *settings_map(int fd, const char **why);

/* A part of the tail, also a string; NULL where count is 0. */
const void *settings_bytes(const struct settings *s, struct settings_ref r);
/* String i of a list, i < r.count. */
const char *settings_item(const struct settings *s, struct settings_ref r,
    uint32_t i);

/* The acceptor's section. */
struct scoreboard_place settings_place(const struct settings *s);

/* The version of this build: release and build id. */
const char *settings_version(void);

#endif
