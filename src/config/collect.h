/* SPDX-License-Identifier: ISC */
/*
 * Which names a configuration has to have looked up.
 */
#ifndef TINED_CONFIG_COLLECT_H
#define TINED_CONFIG_COLLECT_H

#include "config/types.h"
#include "names/names.h"

/* Adds all names of c to its own; those of hosts where hosts says so. */
void collect_names(const struct config *c, bool hosts);

/* Adds the names of a service, whose user may not be settled yet. */
void collect_service(struct names *n, const struct service_conf *sc,
    bool hosts);

/* Whether no user was named, so that the default one serves. */
bool collect_is_default(const char *user);

#endif
