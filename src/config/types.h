/* SPDX-License-Identifier: ISC */
/*
 * What a configuration is made of: what was written and where, and the values
 * that it became, checked and in units that the rest of main works with.  Once
 * made it is never changed; a reload makes a new one.
 */
#ifndef TINED_CONFIG_TYPES_H
#define TINED_CONFIG_TYPES_H

#include <sys/queue.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/builtin.h"
#include "ipc/record.h"
#include "ipc/settings.h"

/* Where something was written; file NULL: nowhere (a default). */
struct where {
	const char *file; /* the configuration's; "-o" for the option */
	int line;
	unsigned int nth; /* of the files in the order of reading, from 1 on */
};

struct item {
	char *text;
	struct where where;
};

struct list {
	struct item *v;
	size_t n;
};

/* What was written for one directive. */
struct setting {
	const struct directive *d; /* its row of the table */
	bool given;
	bool append; /* only added to: what was set before stays */
	bool wrong;  /* and reported: what follows from it is not */
	struct list items;
};

enum log_target { TARGET_AUTO, TARGET_STDERR, TARGET_SYSLOG, TARGET_JOURNAL };
enum log_format { FORMAT_TEXT, FORMAT_JSON };
enum log_peer { PEER_FULL, PEER_PREFIX, PEER_NONE };
enum log_time { TIME_AUTO, TIME_YES, TIME_NO };

#define CONTROL_AUTO "auto"

struct directive;
struct names;

/*
 * A service.  Its strings and lists are those of `set`, of the table's
 * defaults, or of names: nothing else has to be freed.
 */
struct service_conf {
	TAILQ_ENTRY(service_conf) entry;
	char *name;
	struct where where;
	const struct names *names; /* the configuration's */
	struct setting *set;       /* one for each directive */

	struct list listen;
	int builtin;           /* enum builtin; BUILTIN_NONE: exec */
	struct list exec;      /* path, arguments; empty: builtin */
	const char *user;      /* never NULL: the one in effect */
	bool auto_user;        /* none was named */
	char uid[16];          /* user, where tined's own has no name */
	const char *group;     /* NULL: the user's */
	const char *chroot;    /* NULL: none */
	const char *directory; /* "/" */
	mode_t umask;
	int nice;
	struct settings_limit limit[LIMIT_COUNT];
	struct list environment;      /* NAME=VALUE */
	struct list pass_environment; /* NAME */
	enum stderr_to stderr_to;
	enum leftovers_policy leftovers;
	enum sandbox sandbox;
	bool sandbox_required;
	struct list writable;
	uint64_t capabilities; /* 1 << CAP_... */
	unsigned int instances;
	unsigned int per_source;
	unsigned int prefix_v4;
	unsigned int prefix_v6;
	struct rate cps; /* rate 0: none */
	struct rate cps_per_source;
	enum when_full when_full;
	const char *refuse_message; /* NULL: none */
	struct list only_from;
	struct list no_access;
	int64_t idle_ms;
	int64_t max_ms;  /* 0: none */
	int64_t peer_ms; /* never below idle_ms */
	bool linger;
	unsigned int backlog;
	unsigned int acceptors;
	bool keepalive;
	bool nodelay;
	bool v6only;
	bool freebind;
	mode_t socket_mode;
	const char *socket_user;  /* NULL: main's */
	const char *socket_group; /* NULL: main's */
};

TAILQ_HEAD(service_list, service_conf);

struct config {
	const char *pid_file; /* NULL: none */
	enum log_target log_target;
	enum log_format log_format;
	enum level log_level;
	enum log_peer log_peer;
	enum log_time log_time;
	int64_t drain_ms;
	const char *control_socket; /* NULL: none; CONTROL_AUTO: the default */
	mode_t control_mode;
	const char *control_group; /* may command beside root; NULL: nobody */
	gid_t control_gid;         /* its number */
	struct setting *set;       /* one for each global directive */
	struct setting *defaults;  /* of all defaults sections, until merged */
	struct service_list services;
	size_t nservices;
	char **files; /* every file that was read, NULL at the end */
	unsigned int nfiles;
	struct names *names; /* all that it names, and the answers */
	bool cut;            /* a syntax error or lack of memory ended it */

	/* Main's: the one before it of those that are still used, or NULL. */
	struct config *older;
};

/* Which host names are looked up with it. */
enum config_hosts {
	HOSTS_NONE,   /* none: it is only printed */
	HOSTS_WANTED, /* all; one that is not known is worth a warning */
	HOSTS_NEEDED  /* all */
};

/* What the command line says about the configuration. */
struct config_source {
	const char *file; /* NULL: no file, the rest makes one service */
	bool embedded;    /* the built-in default instead of a file */
	bool foreground;  /* decides pid_file's default */
	enum config_hosts hosts;
	const char *const *set; /* -o directive=value, nset of them */
	size_t nset;
	const char *const *listen; /* -l, nlisten of them */
	size_t nlisten;
	const char *builtin;     /* -s; NULL: argv */
	const char *const *argv; /* program and arguments, nargv of them */
	size_t nargv;
};

#endif
