/* SPDX-License-Identifier: ISC */
/*
 * From text to a configuration: parse, merge the defaults, convert by the
 * table, check.
 */
#ifndef TINED_CONFIG_CONF_H
#define TINED_CONFIG_CONF_H

#include "config/errors.h"
#include "config/types.h"

/*
 * A configuration is made in two steps, and nothing in them blocks.  The first
 * reads it, which fills in names.  These are looked up (names/lookup.h), and
 * then the second checks everything that can be checked without opening a
 * listener: names, values, ranges, users, programs, duplicates.  0, or -1 when
 * there was any error in either step; errors holds them all, and may hold
 * warnings as well when it succeeds.  The caller frees it in any case.
 */
struct config *config_read(const struct config_source *src,
    struct errors *errors);
int config_check(struct config *c, struct errors *errors);

/* Frees it, and the older ones. */
void config_free(struct config *c);

/* The service of that name; NULL. */
struct service_conf *config_service(const struct config *c, const char *name);

/* Whether two services have the same value of every directive, and the same
 * answers for the names in them.  A host of b's without an answer is not a
 * difference: its listeners stay open. */
bool config_same_service(const struct service_conf *a,
    const struct service_conf *b);

#endif
