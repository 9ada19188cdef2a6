/* SPDX-License-Identifier: ISC */
/*
 * A service as the logger knows it: its name, those of its Unix listeners, and
 * the descriptors that come from its acceptors and programs.
 *
 * Each service has a set of its own for these, and gets as much of a turn as
 * any other, however many of them are ready.
 */
#ifndef TINED_MAIN_LOG_SERVICE_H
#define TINED_MAIN_LOG_SERVICE_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stdint.h>

#include "ipc/settings.h"
#include "ipc/watch.h"
#include "logger/logger.h"

struct log_service {
	struct watch watch; /* of its set; first: what ready() is given */
	TAILQ_ENTRY(log_service) entry;
	struct watch_set set;
	struct log_services *all;
	char name[SETTINGS_NAME_MAX]; /* "": main's own */
	char **listener;              /* by number; NULL: not a Unix one */
	uint32_t nlisteners;
	unsigned int users;        /* pipes, sockets, standard errors */
	bool left;                 /* by the last of them */
	struct stderr_limits most; /* of its programs' standard errors */
	uint32_t nkept;            /* of these, those that main keeps */
	int64_t said_ms;           /* when it was last said that these are
				       too many */
};

TAILQ_HEAD(log_service_list, log_service);

struct log_services {
	struct watch_set *watch; /* of the logger */
	struct log_service *own; /* main's, that is ready, or NULL */
	struct log_service_list list;
};

void log_services_init(struct log_services *all, struct watch_set *watch);

/* The service of that name, a new one where there is none; NULL with errno. */
struct log_service *log_service(struct log_services *all, const char *name);

/* A descriptor joins or leaves. */
void log_service_join(struct log_service *s);
void log_service_leave(struct log_service *s);

/* The name of a Unix listener, which may be set before anything has joined. */
void log_service_name(struct log_service *s, uint32_t index, const char *name);
const char *log_service_listener(const struct log_service *s, uint32_t index);

/* Whether nothing has joined any. */
bool log_services_idle(const struct log_services *all);

/* The end of a turn: reads main's own records, and forgets the services that
 * everything has left. */
void log_services_turn(struct log_services *all);

/* Reads what all of them but one (NULL: all) have now, until deadline
 * (clock_ms's).  Whether that was all. */
bool log_services_drain(struct log_services *all, const char *but,
    int64_t deadline);

#endif
