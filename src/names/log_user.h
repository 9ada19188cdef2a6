/* SPDX-License-Identifier: ISC */
/*
 * Whom the logger runs as where main is root: a user that no service has, so
 * that none can signal or trace it.  That is LOG_USER; where there is no such
 * user it is a number that no user has.
 */
#ifndef TINED_MAIN_LOG_USER_H
#define TINED_MAIN_LOG_USER_H

#include <sys/types.h>

#include <stdbool.h>

#include "names/names.h"

#define LOG_USER TINED_USER "-log"

/* Adds what has to be looked up for it. */
void log_user_want(struct names *n);

/* Its ids; false where there is none, as in a user namespace that maps one. */
bool log_user(const struct names *n, uid_t *uid, gid_t *gid);

#endif
