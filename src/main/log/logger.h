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
#include "base/spec.h"
#include "main/conf/conf.h"

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
	LOGGER_STDERRS,  /* fd: socket on which an acceptor of `service` hands
			    over read ends of its programs' stderr */
	LOGGER_STOP      /* write what is there, then exit */
};

struct logger_msg {
	uint32_t type;
	uint32_t index;
	char service[SPEC_NAME_MAX];
	char listener[ADDR_TEXT_MAX]; /* listener_format's: `unix:/path` */
	struct log_settings settings;
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
