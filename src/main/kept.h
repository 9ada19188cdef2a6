/* SPDX-License-Identifier: ISC */
/*
 * Read ends of programs' standard errors, which must outlive the logger: it
 * asks main to keep a copy of those that it takes out of its queue (see
 * logger/stderr_pipe.h), and says when one has come to its end.  The next logger
 * gets them all.  Programs may outlive their service, so they are kept by its
 * name.
 */
#ifndef TINED_MAIN_KEPT_H
#define TINED_MAIN_KEPT_H

#include <bsd/sys/queue.h>
#include <stddef.h>

#include "logger/messages.h"
#include "main/served.h"

struct kept {
	TAILQ_ENTRY(kept) entry;
	char service[SETTINGS_NAME_MAX];
	struct stderr_msg which;
	int fd;
};

TAILQ_HEAD(kept_list, kept);

/* Zeroed but for the list, which is initialised, it is empty. */
struct kept_ends {
	struct kept_list list;
	struct kept *untold; /* the first that the logger does not have, nor any
				after it; or NULL */
	void *tree;          /* the same, for tfind(3) */
	size_t n;
};

/* How many of a service's the logger may have: each of the services that log
 * standard errors has the same share of half of the descriptors. */
void kept_limits(const struct served_list *list, const struct served *s,
    struct stderr_limits *out);

/* Does what the logger asks for.  Takes fd, which may be -1. */
void kept_report(struct kept_ends *all, struct logger_report *r, int fd);

#endif
