/* SPDX-License-Identifier: ISC */
/*
 * The names in a configuration, of hosts, ports, users and groups: which have to
 * be looked up, and those of hosts that have no address.
 */
#ifndef TINED_CONFIG_LOOKUPS_H
#define TINED_CONFIG_LOOKUPS_H

#include "base/addr.h"
#include "config/errors.h"
#include "config/types.h"
#include "names/names.h"

/* Adds all names of c to its own; those of hosts where hosts says so. */
void lookups_want(const struct config *c, bool hosts);

/* Adds the names of a service, whose user may not be settled yet. */
void lookups_want_service(struct names *n, const struct service_conf *sc,
    bool hosts);

/* Takes an address with a host and a port apart; false where it is another
 * one, or none. */
bool lookups_split(const char *text, struct addr_text *at);

/* Whether an access rule is an address or a network, not a host name. */
bool lookups_is_network(const char *text);

/* Whether it is a host name as in RFC 1123, and not a number: 10.0.0.300. */
bool lookups_is_host(const char *s);

/* Why the host of an item of one of the service's lists has no address; NULL
 * where it has one, or is not a host. */
const char *lookups_failure(const struct service_conf *sc, const struct list *l,
    size_t item);

/* Warns of host names that have no address just now, for which a start would
 * fail.  That is not an error: tomorrow they may have one. */
void lookups_warn(const struct config *c, struct errors *errors);

#endif
