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
#include "logger/emit.h"

/* A descriptor of a service; the first member of what reads it. */
struct log_source {
	struct watch watch; /* first; fd -1: there is nothing to read */
	TAILQ_ENTRY(log_source) entry;
	struct log_service *service;
	dev_t dev; /* of the file */
	ino_t ino;
};

TAILQ_HEAD(log_source_list, log_source);

struct log_service {
	struct watch watch; /* first; of its set */
	TAILQ_ENTRY(log_service) entry;
	struct watch_set set;
	struct log_services *all;
	char name[SETTINGS_NAME_MAX]; /* "": main */
	char **listener;              /* names by number, or NULL */
	uint32_t nlisteners;
	struct log_source_list sources;
	bool left;                 /* the last of them is gone */
	struct stderr_limits most; /* of its programs' standard errors */
	uint32_t nkept;            /* standard errors that main keeps */
	int64_t warned_ms;         /* when too many were last reported */
};

TAILQ_HEAD(log_service_list, log_service);

struct log_services {
	struct watch_set *watch; /* of the logger */
	struct emit *emit;
	struct log_service *own; /* main's, when it is ready, or NULL */
	struct log_service_list list;
};

void log_services_init(struct log_services *all, struct watch_set *watch,
    struct emit *emit);

/* The service of that name, made if there is none; NULL with errno. */
struct log_service *log_service(struct log_services *all, const char *name);

/*
 * Makes a source of size bytes, zeroed behind the struct log_source that it
 * begins with, and calls ready when fd is readable; -1: there is nothing to
 * read.  Owns fd.  NULL with errno; then fd is closed.
 */
void *log_source_new(struct log_service *s, size_t size, int fd,
    void (*ready)(struct watch *w));

/* Closes its descriptor and frees it. */
void log_source_free(struct log_source *src);

/* The source that reads the same pipe or socket as fd, or NULL. */
struct log_source *log_source_find(const struct log_service *s, int fd);

/* Reads once.  False where there is nothing now; else *n is the count, 0 at end
 * of file, or -1 with errno where reading has failed too often. */
bool log_source_read(struct log_source *src, void *buf, size_t size,
    ssize_t *n);

/* Logs a message about the service; error may be NULL. */
void log_service_say(const struct log_service *s, enum level level,
    const char *msg, const char *error);

/* The name of a Unix listener, which may be set before there is a source. */
void log_service_name(struct log_service *s, uint32_t index, const char *name);
const char *log_service_listener(const struct log_service *s, uint32_t index);

/* Whether no service has a source. */
bool log_services_idle(const struct log_services *all);

/* The end of a turn: reads main's own records, and frees the services whose last
 * source is gone. */
void log_services_turn(struct log_services *all);

/* Reads what all services but one (NULL: all) have now, until deadline
 * (clock_ms).  Whether that was all. */
bool log_services_drain(struct log_services *all, const char *but,
    int64_t deadline);

#endif
