/* SPDX-License-Identifier: ISC */
/*
 * What a configuration must be beyond each of its values: names that exist,
 * programs that can be run, addresses that are used once.
 */
#ifndef TINED_CONFIG_CHECK_H
#define TINED_CONFIG_CHECK_H

#include "config/errors.h"
#include "config/types.h"

/* Adds what is wrong with the control socket, with each service, and with them
 * together; only the control socket where the reading was cut short. */
void check_config(struct config *c, struct errors *errors);

#endif
