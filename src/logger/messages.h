/* SPDX-License-Identifier: ISC */
/*
 * What main and the logger send each other over a SOCK_SEQPACKET socketpair.
 */
#ifndef TINED_LOGGER_MESSAGES_H
#define TINED_LOGGER_MESSAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "config/conf.h"
#include "ipc/record.h"
#include "ipc/settings.h"

/* How the log is written. */
struct log_settings {
	enum log_target target; /* not auto: see logger_target */
	enum log_format format;
	enum level level;
	enum log_peer peer;
	bool timed;   /* lines of text begin with the time */
	uint32_t uid; /* of the logger where main is root; (uid_t)-1: root */
	uint32_t gid;
};

/* How many pipes of a service's stderr are read; see stderrs.h. */
struct stderr_limits {
	uint32_t kept;  /* by main */
	uint32_t queue; /* in the socket */
	uint32_t few;   /* may stay there before main is asked to keep them */
};

/* From main; a descriptor comes with its message (io_send_fd). */
enum logger_type {
	LOGGER_SETTINGS, /* settings */
	LOGGER_PIPE,     /* fd: read end of the log pipe of `service`.  That of
			    main is "" and comes first; its records may name any
			    service */
	LOGGER_LISTENER, /* a Unix listener of `service`, whose pipe came before.
			    `local` is printed as its name where `index` is the
			    port of the local address */
	LOGGER_STDERR,  /* fd: a pipe of a program's stderr, `stderr`, that main
			    has kept for an earlier logger */
	LOGGER_STDERRS, /* fd: the socket on which acceptors of `service` hand
			    over such pipes; `limits`.  The pipes that main has
			    kept come before */
	LOGGER_STOP     /* write what is there, then exit */
};

struct logger_msg {
	uint32_t type;
	uint32_t index;
	struct stderr_msg which;
	struct stderr_limits limits;
	char service[SETTINGS_NAME_MAX];
	char listener[ADDR_TEXT_MAX]; /* `unix:/path` */
	struct log_settings settings;
};

/* From the logger. */
enum logger_report_type {
	LOGGER_KEEP, /* fd: a pipe that main is to keep */
	LOGGER_DROP  /* it is at end of file */
};

struct logger_report {
	uint32_t type;
	uint32_t pad;
	struct stderr_msg which;
	char service[SETTINGS_NAME_MAX];
};

#endif
