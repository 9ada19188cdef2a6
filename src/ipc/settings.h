/*
 * The settings: a service's resolved settings, as main hands them to an acceptor.
 *
 * One sealed memfd, mapped read-only.  Plain data: what has a length stands in
 * the tail and is referred to by its offset, so nothing is parsed and nothing
 * is allocated in the acceptor.  It begins with the build's version; an
 * acceptor of another build refuses it.  All times are milliseconds.
 */
#ifndef TINED_BASE_SETTINGS_H
#define TINED_BASE_SETTINGS_H

#include <linux/filter.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/rate.h"
#include "ipc/scoreboard.h"

#define SETTINGS_VERSION_MAX 64
#define SETTINGS_NAME_MAX    64  /* of a service, the NUL included */
#define SETTINGS_LISTENERS   256 /* of one service */
#define SETTINGS_NUMBERS     4095 /* of its Unix listeners, in the course of time */
#define SETTINGS_SIZE_MAX    (16u << 20)

/*
 * The descriptors that main puts in place before it executes an acceptor:
 * 0 to 2 are /dev/null (2 stays main's in builds with sanitizers).
 */
enum settings_fd {
	SETTINGS_FD_SPEC = 3,
	SETTINGS_FD_BOARD,
	SETTINGS_FD_LOG,     /* a pipe to the logger, non-blocking */
	SETTINGS_FD_STDERRS, /* SOCK_SEQPACKET to the logger: programs' stderr */
	SETTINGS_FD_CONTROL, /* SOCK_SEQPACKET to main */
	SETTINGS_FD_LISTENER /* the first of nlisteners */
};

enum when_full { WHEN_FULL_QUEUE, WHEN_FULL_REFUSE };
enum stderr_to { STDERR_LOG, STDERR_NULL, STDERR_SOCKET };
enum leftovers_policy { LEFTOVERS_KEEP, LEFTOVERS_END };
enum sandbox { SANDBOX_OFF, SANDBOX_BASIC, SANDBOX_STRICT };

/* The soft limits that a program can be given, in the order of the settings. */
enum limit_index {
	LIMIT_NOFILE,
	LIMIT_AS,
	LIMIT_CPU,
	LIMIT_NPROC,
	LIMIT_FSIZE,
	LIMIT_CORE,
	LIMIT_COUNT
};

/* A part of the tail: count things from off bytes behind the settings's start. */
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

/* Where the acceptor's own section is: struct scoreboard_place of scoreboard.h. */
struct settings_place {
	uint32_t section;
	uint32_t desk;
	uint32_t nsources;
	uint32_t nslots;
	struct settings_ref pages; /* uint32_t */
	uint64_t seed;
};

struct settings {
	char version[SETTINGS_VERSION_MAX];
	uint32_t size; /* all of it, the tail included */
	char service[SETTINGS_NAME_MAX];
	uint32_t wait; /* accept nothing before CONTROL_ACCEPT */
	uint32_t nlisteners;
	struct settings_place
	    place; /* on the board; settings_copy fills it in */
	struct settings_listener listener[SETTINGS_LISTENERS];

	int32_t builtin;     /* enum builtin; BUILTIN_NONE: argv is executed */
	uint32_t log_ends;   /* `end` is logged (log_level) */
	uint32_t log_starts; /* `start` is logged */
	uint32_t stderr_to;  /* enum stderr_to */
	uint32_t leftovers;  /* enum leftovers_policy */
	uint32_t linger;     /* of a program, see acceptor/linger.h */
	struct settings_ref argv; /* list of strings; argv[0] is the path */
	struct settings_ref env;  /* list of NAME=VALUE, complete but for those
				 that each connection has of its own */

	/* limits */
	uint32_t instances;
	uint32_t per_source;
	uint32_t prefix_v4;
	uint32_t prefix_v6;
	struct rate cps;
	struct rate cps_per_source;
	uint32_t when_full;                 /* enum when_full */
	uint32_t access_default;            /* 1: who is in no rule may enter */
	struct settings_ref refuse_message; /* bytes */
	struct settings_ref access;         /* struct settings_access */

	/* times, 0: none */
	int64_t idle_ms;
	int64_t max_ms;
	int64_t drain_ms;

	/* confinement */
	uint32_t change_ids; /* main is root: the ids below are to be taken */
	uint32_t uid;
	uint32_t gid;
	uint32_t umask;
	int32_t nice;
	uint32_t sandbox; /* enum sandbox; of programs */
	uint32_t sandbox_required;
	uint32_t pad;
	uint64_t capabilities;         /* 1 << CAP_..., what a program keeps */
	struct settings_ref groups;    /* uint32_t, supplementary */
	struct settings_ref chroot;    /* a string; count 0: none */
	struct settings_ref directory; /* a string, inside chroot */
	struct settings_ref writable;  /* list of strings */
	struct settings_ref seccomp;   /* struct sock_filter */
	struct settings_limit limit[LIMIT_COUNT];
};

/*
 * Building, in main.  settings_new returns a builder whose settings is zeroed but for
 * version and service; NULL with errno ENOMEM.  The adders put a thing into
 * the tail and say where; after a failed one, settings_seal fails.
 */
struct settings_builder;

struct settings_builder *settings_new(const char *service);
struct settings *
settings_of(struct settings_builder *b); /* valid until the next adder */
struct settings_ref settings_add_bytes(struct settings_builder *b,
    const void *data, size_t size,
    size_t count); /* size of one; aligned to 8 */
struct settings_ref settings_add_string(struct settings_builder *b,
    const char *s);
struct settings_ref settings_add_list(struct settings_builder *b,
    const char *const *v, size_t n);
/* What its caller could not add: settings_seal fails with that errno. */
void settings_fail(struct settings_builder *b, int error);
/* The sealed memfd (CLOEXEC), or -1 with errno (E2BIG: over SETTINGS_SIZE_MAX). */
int settings_seal(struct settings_builder *b);
void settings_free(struct settings_builder *b);
/* A sealed copy of the settings on fd for one acceptor: its section of the board,
 * and whether it is to wait. */
int settings_copy(int fd, const struct scoreboard_place *p, bool wait);

/*
 * Reading, in the acceptor.  Maps fd and checks all of it: seals, version,
 * every offset, every string's end, every number's range.  NULL with *why a
 * reason (constant) when it is refused.
 */
const struct settings *settings_map(int fd, const char **why);

/* A checked part of the tail; NULL where count is 0. */
const void *settings_bytes(const struct settings *s, struct settings_ref r);
const char *settings_string(const struct settings *s, struct settings_ref r);
/* String i of a list, i < r.count. */
const char *settings_item(const struct settings *s, struct settings_ref r,
    uint32_t i);

struct scoreboard_place settings_place(const struct settings *s);

/* The build's version as it stands in a settings: release and build id. */
const char *settings_version(void);

#endif
