/*
 * Whether main can become another user.  Root cannot always: a container may
 * have taken its capabilities, a user namespace may have no other users.
 */
#ifndef TINED_MAIN_RIGHTS_H
#define TINED_MAIN_RIGHTS_H

#include <sys/types.h>

#include <stdbool.h>

#include "names/names.h"

/* Why an acceptor could not become that; NULL where it can, or is it. */
const char *rights_missing(const struct identity *id);

/* The same for a user that has no groups but its own. */
const char *rights_missing_alone(uid_t uid, gid_t gid);

#endif
