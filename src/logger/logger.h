/*
 * The logger: the only writer of the log, a process of its own, forked from
 * main and unprivileged.  If standard error, syslog or the journal blocks,
 * only it waits.  Main holds the read end of every pipe and hands them to the
 * next logger when one dies, so nobody gets EPIPE.
 */
#ifndef TINED_MAIN_LOGGER_H
#define TINED_MAIN_LOGGER_H

#include <sys/types.h>

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "config/conf.h"
#include "ipc/settings.h"

/* How the log is written; plain data, sent to a running logger on reload. */
struct log_settings {
	enum log_target target; /* never auto: logger_target has decided */
	enum log_format format;
	enum level level;
	enum log_peer peer;
	bool timed;   /* a line of text begins with the time */
	uint32_t uid; /* what root becomes in the logger; (uid_t)-1: stays */
	uint32_t gid;
};

/* What auto means here: stderr in the foreground (the journal when standard
 * error is its stream, see JOURNAL_STREAM in systemd.exec(5)), else syslog. */
enum log_target logger_target(enum log_target configured, bool foreground);

/* What auto means for the time: on standard error, unless that is a stream of
 * the journal.  The target is logger_target's. */
bool logger_timed(enum log_time configured, enum log_target target);

/*
 * How many standard errors of a service's programs are read.  Their read ends
 * come through a socket, and stay in its queue while few programs run; of those
 * that leave it main has a copy.  See stderrs.h.
 */
struct stderr_limits {
	uint32_t kept;  /* by main */
	uint32_t queue; /* in the socket */
	uint32_t few;   /* as many may stay there before main is asked */
};

/*
 * Messages from main to the logger over a SOCK_SEQPACKET socketpair; the
 * descriptor, where one is meant, comes with the message (io_send_fd).
 */
enum logger_type {
	LOGGER_SETTINGS, /* settings */
	LOGGER_PIPE,     /* fd: read end of a log pipe of `service` ("" is
			    main's own, whose records are trusted to name one;
			    it comes first) */
	LOGGER_LISTENER, /* a Unix listener of `service`, whose pipe came before:
			    its name, to print `local`; index is what stands
			    as the port of its local address */
	LOGGER_STDERR,   /* fd: a read end of a program's stderr, `stderr`, that
			    main has kept for an earlier logger */
	LOGGER_STDERRS,  /* fd: socket on which acceptors of `service` hand over
			    read ends of their programs' stderr; `limits`; the
			    ends that main has kept come first */
	LOGGER_STOP      /* write what is there, then exit */
};

struct logger_msg {
	uint32_t type;
	uint32_t index;
	struct stderr_msg stderr;
	struct stderr_limits limits;
	char service[SETTINGS_NAME_MAX];
	char listener[ADDR_TEXT_MAX]; /* listener_format's: `unix:/path` */
	struct log_settings settings;
};

/* Messages from the logger to main. */
enum logger_report_type {
	LOGGER_KEEP, /* fd: a read end, which main keeps from now on */
	LOGGER_DROP  /* it has come to its end */
};

struct logger_report {
	uint32_t type;
	uint32_t pad;
	struct stderr_msg stderr; /* which one it is */
	char service[SETTINGS_NAME_MAX];
};

/*
 * Runs the logger on its end of the socketpair and never returns.  Ignores
 * TERM, INT and HUP (main stops it); goes on without main until every pipe is
 * at its end; then exits 0.  Rate limit of programs' stderr: 100 lines/s and
 * 1000 at once for a session; what is above is discarded, counted, and
 * reported as `lost`.
 */
void logger_run(int control, const struct log_settings *settings)
    __attribute__((noreturn));

#endif
