/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>

#include "main/names/log_user.h"

/*
 * Numbers that no system gives to users: systemd's UIDS-GIDS.md has them as
 * unused, and a container that maps 65536 of them has these.
 */
#define SPARE_FIRST 65530
#define SPARE_LAST  65533

/* Whether this user namespace has that number; see user_namespaces(7). */
static bool
is_mapped(const char *map, uid_t id)
{
	unsigned long first, outer, count;
	bool found = false;
	FILE *f;

	if ((f = fopen(map, "re")) == NULL)
		return true; /* no /proc: as far as is known */
	while (!found && fscanf(f, "%lu %lu %lu", &first, &outer, &count) == 3)
		found = id >= first && id - first < count;
	fclose(f);
	return found;
}

static bool
can_be_had(uid_t uid, gid_t gid)
{
	return is_mapped("/proc/self/uid_map", uid) &&
	    is_mapped("/proc/self/gid_map", gid);
}

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
	    can_be_had(id.uid, id.gid)) {
		*uid = id.uid;
		*gid = id.gid;
		return true;
	}
	for (*uid = SPARE_LAST; *uid >= SPARE_FIRST; (*uid)--)
		if (names_login(n, *uid) == NULL && can_be_had(*uid, *uid)) {
			*gid = *uid;
			return true;
		}
	return false;
}
