/*
 * Whether users have the rights that the configuration needs: the user of a
 * service to execute its program, and the user of the installed unit to run
 * tined.  For -t, run by root: it starts processes that become those users, and
 * waits for them.
 */
#ifndef TINED_CONFIG_CHECK_RIGHTS_H
#define TINED_CONFIG_CHECK_RIGHTS_H

#include "config/errors.h"
#include "config/types.h"

/* Adds the user of the unit to the names that are looked up. */
void check_rights_want(struct names *n);

/* Adds what a user has no right to; file is the one that c was read from, or
 * NULL. */
void check_rights(const struct config *c, const char *file,
    struct errors *errors);

#endif
