/* SPDX-License-Identifier: ISC */
/*
 * The user of the logger where main is root: one that no service has, so that
 * none can signal or trace the logger.  LOG_USER, or if that does not exist an
 * unused number.
 */
#ifndef TINED_NAMES_LOG_USER_H
#define TINED_NAMES_LOG_USER_H

#include <sys/types.h>

#include <stdbool.h>

#include "names/names.h"

#define LOG_USER TINED_USER "-log"

/* Adds the names that log_user needs. */
void log_user_want(struct names *n);

/* Its ids.  False where there is none, as in a user namespace with one id. */
bool log_user(const struct names *n, uid_t *uid, gid_t *gid);

#endif
