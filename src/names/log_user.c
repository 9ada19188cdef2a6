/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>

#include "names/log_user.h"
#include "names/rights.h"

/* Unused by systemd's UIDS-GIDS.md, and mapped in a container of 65536 ids. */
#define SPARE_FIRST 65530
#define SPARE_LAST  65533

void
log_user_want(struct names *n)
{
	char text[16];
	uid_t uid;

	names_want(n, NAME_IDENTITY, LOG_USER, NULL);
	for (uid = SPARE_FIRST; uid <= SPARE_LAST; uid++) {
		snprintf(text, sizeof(text), "%u", (unsigned int)uid);
		names_want(n, NAME_LOGIN, text, NULL);
	}
}

bool
log_user(const struct names *n, uid_t *uid, gid_t *gid)
{
	struct identity id;

	if (names_identity(n, LOG_USER, NULL, &id) == NULL && id.uid != 0 &&
	    rights_missing_alone(id.uid, id.gid) == NULL) {
		*uid = id.uid;
		*gid = id.gid;
		return true;
	}
	for (*uid = SPARE_LAST; *uid >= SPARE_FIRST; (*uid)--)
		if (names_login(n, *uid) == NULL &&
		    rights_missing_alone(*uid, *uid) == NULL) {
			*gid = *uid;
			return true;
		}
	return false;
}
