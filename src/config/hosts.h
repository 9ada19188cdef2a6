/* SPDX-License-Identifier: ISC */
/*
 * Host names among addresses to listen on and access rules.
 */
#ifndef TINED_CONFIG_HOSTS_H
#define TINED_CONFIG_HOSTS_H

#include "base/addr.h"
#include "config/errors.h"
#include "config/types.h"

/* Takes an address with a host and a port apart; false where it is another
 * one, or none. */
bool hosts_split(const char *text, struct addr_text *at);

/* Whether an access rule is an address or a network, not a host name. */
bool hosts_is_network(const char *text);

/* Whether it is a host name as in RFC 1123, and not a number: 10.0.0.300. */
bool hosts_is_name(const char *s);

/* Why a host that is listened on has no address; NULL where it has one. */
const char *hosts_listen_failure(const struct service_conf *sc, size_t item);

/* Warns of host names that have no address just now, for which a start would
 * fail.  That is not an error: tomorrow they may have one. */
void hosts_warn(const struct config *c, struct errors *errors);

#endif
