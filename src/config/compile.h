/* SPDX-License-Identifier: ISC */
/*
 * From a service's configuration to the settings that an acceptor is given:
 * names become addresses and numbers, by the configuration's table of them,
 * and sandbox profiles become BPF.
 */
#ifndef TINED_CONFIG_COMPILE_H
#define TINED_CONFIG_COMPILE_H

#include "config/errors.h"
#include "config/types.h"

/* Whether every name in the access rules of all services has an address; asked
 * before anything is opened.  0, or -1 with err. */
int compile_check(const struct config *c, struct failure *err);

/* The sealed settings of a service with n open listeners, or -1 with err. */
int compile_settings(const struct config *c, const struct service_conf *sc,
    const struct settings_listener *listeners, size_t n, struct failure *err);

#endif
