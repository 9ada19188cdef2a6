/*
 * The configuration: what the file (or the command line) says, checked and in
 * units that the rest of main works with.  Once made it is never changed; a
 * reload makes a new one.
 */
#ifndef TINED_MAIN_CONF_CONF_H
#define TINED_MAIN_CONF_CONF_H

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
	const char *file; /* owned by the configuration; "-o" for the option */
	int line;
};

struct item {
	char *text;
	struct where where;
};

struct list {
	struct item *v;
	size_t n;
};

enum log_target { TARGET_AUTO, TARGET_STDERR, TARGET_SYSLOG, TARGET_JOURNAL };
enum log_format { FORMAT_TEXT, FORMAT_JSON };
enum log_peer { PEER_FULL, PEER_PREFIX, PEER_NONE };
enum log_time { TIME_AUTO, TIME_YES, TIME_NO };

#define CONTROL_AUTO "auto"

#define MODE_UNSET ((mode_t)-1)

struct names;
struct reading;

struct service_conf {
	TAILQ_ENTRY(service_conf) entry;
	char *name;
	struct where where;
	const struct names *names; /* the configuration's */

	struct list listen;
	int builtin;      /* enum builtin; BUILTIN_NONE: exec */
	struct list exec; /* path, arguments; empty: builtin */
	char *user;       /* never NULL: the one in effect */
	bool auto_user;   /* none was named */
	char *group;      /* NULL: the user's */
	char *chroot;     /* NULL: none */
	char *directory;  /* "/" */
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
	char *refuse_message; /* NULL: none */
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
	char *socket_user;  /* NULL: main's */
	char *socket_group; /* NULL: main's */

	/*
	 * Every directive as text, one string a directive of the table, in
	 * its order: what -T prints, and what tells a changed service from an
	 * unchanged one.
	 */
	char **text;
};

TAILQ_HEAD(service_list, service_conf);

struct config {
	char *pid_file; /* NULL: none */
	enum log_target log_target;
	enum log_format log_format;
	enum level log_level;
	enum log_peer log_peer;
	enum log_time log_time;
	int64_t drain_ms;
	char *control_socket; /* NULL: none; CONTROL_AUTO: the default one */
	mode_t control_mode;
	char *control_group; /* who may command beside root; NULL: nobody */
	gid_t control_gid;   /* its number */
	char **text;         /* the global directives, as in service_conf */
	struct service_list services;
	size_t nservices;
	char **files;            /* every file that was read, NULL at the end */
	struct names *names;     /* all that it names, and the answers */
	struct reading *reading; /* until config_check */
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

/* A file with more mistakes than that is something else: the rest is counted.
 * A reload reads and logs them, while main does nothing else. */
#define ERRORS_MAX 1000

/* One mistake, or a warning. */
struct complaint {
	char *text; /* `file:line: message`, `tined: message` without a file */
	struct where where; /* valid while the names of the files are */
	bool warning;       /* `file:line: warning: message` */
};

/* Complaints; config_check puts them into the order of files and lines. */
struct errors {
	struct complaint *v;
	size_t n;
	size_t nmore; /* mistakes above ERRORS_MAX */
	size_t nmore_warnings;
	int exit_code;   /* what they amount to; 0: EX_CONFIG */
	bool needs_root; /* some are there because tined is not root */
};

void errors_add(struct errors *e, const struct where *w, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void errors_warn(struct errors *e, const struct where *w, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Whether there is a mistake, not only warnings. */
bool errors_any(const struct errors *e);
/* The exit status that they amount to. */
int errors_exit_code(const struct errors *e);
/* Puts them into the order of these files (NULL ends them), then of lines;
 * those of no file come first, the count of those not shown last. */
void errors_sort(struct errors *e, char *const *files);
void errors_free(struct errors *e);

/*
 * A configuration is made in two steps, and nothing in them blocks.  The first
 * reads it, which fills in names.  These are looked up (lookup.h), and then
 * the second checks everything that can be checked without opening a
 * listener: names, values, ranges, users, programs, duplicates.  0, or -1 when
 * there was any error in either step; errors holds them all, and may hold
 * warnings as well when it succeeds.  The caller frees it in any case.
 */
struct config *config_read(const struct config_source *src,
    struct errors *errors);
int config_check(struct config *c, struct errors *errors);

void config_free(struct config *c);

/* Warns of host names that have no address, for which a start would fail. */
void config_check_hosts(const struct config *c, struct errors *errors);

/* Why a host that is listened on has no address; NULL where it has one. */
const char *config_listen_failure(const struct service_conf *sc, size_t item);

/* The service of that name; NULL. */
struct service_conf *config_service(const struct config *c, const char *name);

/* Whether two services say the same in every directive, and the names in them
 * stand for the same.  An address of b's that could not be looked up just now
 * is no difference: what is open stays so. */
bool service_same(const struct service_conf *a, const struct service_conf *b);

/* Writes the effective configuration in its own syntax, every directive; 0,
 * or -1 with errno. */
int config_dump(const struct config *c, int fd);

#endif
