/*
 * Whether main can change to another user.  Root cannot always: a container may
 * have dropped its capabilities, a user namespace may have no other users.
 */
#ifndef TINED_NAMES_RIGHTS_H
#define TINED_NAMES_RIGHTS_H

#include <sys/types.h>

#include "names/names.h"

/* Why an acceptor cannot change to that identity; NULL where it can, or has it
 * already. */
const char *rights_missing(const struct identity *id);

/* The same for a user without supplementary groups. */
const char *rights_missing_alone(uid_t uid, gid_t gid);

#endif
