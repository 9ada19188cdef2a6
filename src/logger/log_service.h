/* SPDX-License-Identifier: ISC */
/*
 * The logger's account of a service: its name, the names of its Unix listeners,
 * and the descriptors that come from its acceptors and programs.
 *
 * Each service has a watch_set of its own, so that all get an equal share of a
 * turn, however many of their descriptors are ready.
 */
#ifndef TINED_LOGGER_LOG_SERVICE_H
#define TINED_LOGGER_LOG_SERVICE_H

#include <sys/queue.h>

#include <stdbool.h>
#include <stdint.h>

#include "ipc/settings.h"
#include "ipc/watch.h"
#include "logger/messages.h"

struct log_service {
	struct watch watch; /* first; of its set */
	TAILQ_ENTRY(log_service) entry;
	struct watch_set set;
	struct log_services *all;
	char name[SETTINGS_NAME_MAX]; /* "": main */
	char **listener;              /* names by number, or NULL */
	uint32_t nlisteners;
	unsigned int users;        /* pipes, sockets, standard errors */
	bool left;                 /* the last of them has left */
	struct stderr_limits most; /* of its programs' standard errors */
	uint32_t nkept;            /* standard errors that main keeps */
	int64_t warned_ms;         /* when too many were last reported */
};

TAILQ_HEAD(log_service_list, log_service);

struct log_services {
	struct watch_set *watch; /* of the logger */
	struct log_service *own; /* main's, when it is ready, or NULL */
	struct log_service_list list;
};

void log_services_init(struct log_services *all, struct watch_set *watch);

/* The service of that name, made if there is none; NULL with errno. */
struct log_service *log_service(struct log_services *all, const char *name);

/* Counts the descriptors of a service. */
void log_service_join(struct log_service *s);
void log_service_leave(struct log_service *s);

/* The name of a Unix listener, which may be set before any descriptor has
 * joined. */
void log_service_name(struct log_service *s, uint32_t index, const char *name);
const char *log_service_listener(const struct log_service *s, uint32_t index);

/* Whether no service has a descriptor. */
bool log_services_idle(const struct log_services *all);

/* The end of a turn: reads main's own records, and frees the services whose last
 * descriptor has left. */
void log_services_turn(struct log_services *all);

/* Reads what all services but one (NULL: all) have now, until deadline
 * (clock_ms).  Whether that was all. */
bool log_services_drain(struct log_services *all, const char *but,
    int64_t deadline);

#endif
