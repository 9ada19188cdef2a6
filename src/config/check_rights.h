/*
 * Whether those who will serve can do what the configuration asks of them: the
 * user of a service that its program is executed by, and the user that the
 * installed unit runs tined as.  For -t, run by root: it starts processes that
 * become those users, and waits for them.
 */
#ifndef TINED_CONFIG_CHECK_RIGHTS_H
#define TINED_CONFIG_CHECK_RIGHTS_H

#include "config/errors.h"
#include "config/types.h"

/* Adds what has to be looked up for it. */
void check_rights_want(struct names *n);

/* Adds what they cannot; file is the one that c was read from, or NULL. */
void check_rights(const struct config *c, const char *file,
    struct errors *errors);

#endif
