/* SPDX-License-Identifier: ISC */
/*
 * Read ends of programs' standard errors, which outlive the logger here: it
 * asks main to keep a copy of those that it takes out of its queue (see
 * logger/stderr_pipe.h), and says when one is at its end.  The next logger gets
 * them all.
 *
 * They go by the service's name: programs may outlive the service.
 */
#ifndef TINED_MAIN_KEPT_H
#define TINED_MAIN_KEPT_H

#include <bsd/sys/queue.h>
#include <stdbool.h>
#include <stddef.h>

#include "logger/messages.h"

struct tined;
struct served;

struct kept {
	TAILQ_ENTRY(kept) entry;
	struct kept_service *of;
	struct stderr_msg which;
	int fd;
	bool told; /* to the logger that runs */
};

TAILQ_HEAD(kept_list, kept);

struct kept_service {
	TAILQ_ENTRY(kept_service) entry;
	char name[SETTINGS_NAME_MAX];
	struct kept_list untold;
	struct kept_list told;
	void *tree; /* tsearch(3)'s, of all of both lists */
};

TAILQ_HEAD(kept_services, kept_service);

struct kept_ends {
	struct kept_services services;
	size_t n; /* of all services */
};

void kept_init(struct kept_ends *all);

/* How many of a service's the logger may have; as many for each service that
 * has any, and half of the descriptors that a process may open for all. */
void kept_limits(const struct tined *t, const struct served *s,
    struct stderr_limits *out);

/* Obeys the logger; takes fd, which may be -1. */
void kept_report(struct tined *t, struct logger_report *r, int fd);

/* One that the logger does not have, of the service or (NULL) of any; NULL. */
struct kept *kept_untold(const struct kept_ends *all, const char *service);
void kept_told(struct kept *k);

/* There is another logger, which has none. */
void kept_tell_again(struct kept_ends *all);

#endif
