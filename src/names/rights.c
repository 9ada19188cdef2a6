/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "names/rights.h"
#include "sandbox/capability.h"
#include "sandbox/privs.h"

/* user_namespaces(7): whether there are ids beyond those that are mapped. */
static bool
is_mapped(const char *map, uint32_t id)
{
	unsigned long first, outer, count;
	bool found = false;
	FILE *f;

	if ((f = fopen(map, "re")) == NULL)
		return true; /* no /proc: not known */
	while (!found && fscanf(f, "%lu %lu %lu", &first, &outer, &count) == 3)
		found = id >= first && id - first < count;
	fclose(f);
	return found;
}

static bool
denies_setgroups(void)
{
	char word[8] = "";
	FILE *f;

	if ((f = fopen("/proc/self/setgroups", "re")) == NULL)
		return false;
	if (fgets(word, sizeof(word), f) == NULL)
		word[0] = '\0';
	fclose(f);
	return strncmp(word, "deny", 4) == 0;
}

const char *
rights_missing(const struct identity *id)
{
	const struct privs p = {
		.gid = id->gid, .groups = id->groups, .ngroups = id->ngroups
	};
	const bool groups = privs_has_groups(&p, true);

	if (groups && id->uid == getuid() && id->uid == geteuid() &&
	    id->gid == getgid() && id->gid == getegid())
		return NULL;
	if (!is_mapped("/proc/self/uid_map", id->uid) ||
	    !is_mapped("/proc/self/gid_map", id->gid))
		return "is not in this user namespace";
	/* -1: not known. */
	if (capability_has(CAP_SETUID) == 0 || capability_has(CAP_SETGID) == 0)
		return "requires CAP_SETUID and CAP_SETGID, which "
		       "this root lacks";
	if (!groups && denies_setgroups())
		return "has other groups, and this user namespace denies "
		       "setgroups(2)";
	return NULL;
}

const char *
rights_missing_alone(uid_t uid, gid_t gid)
{
	const struct identity id = { .uid = uid, .gid = gid };

	return rights_missing(&id);
}
