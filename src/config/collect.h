/*
 * Which names a configuration has to have looked up.
 */
#ifndef TINED_MAIN_COLLECT_H
#define TINED_MAIN_COLLECT_H

#include <stdbool.h>

#include "config/conf.h"
#include "names/names.h"

/* Adds what the logger runs as. */
void collect_logger(struct names *n);

/* Adds control_group. */
void collect_control(struct names *n, const struct config *c);

/* Adds the names of a service, whose user may not be settled yet; those of
 * hosts where hosts says so. */
void collect_service(struct names *n, const struct service_conf *sc,
    bool hosts);

/* Whether no user was named, so that the default one serves. */
bool collect_is_default(const char *user);

#endif
