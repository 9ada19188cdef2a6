/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/syscall.h>

#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "names/rights.h"

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

/* Whether a capability is effective; true where that is not known. */
static bool
has_capability(unsigned int cap)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { { 0 } };

	if (syscall(SYS_capget, &head, data) == -1)
		return true;
	return (data[cap / 32].effective >> cap % 32 & 1) != 0;
}

/* Copies all groups but gid; returns how many they are. */
static size_t
copy_but(gid_t gid, const gid_t *v, size_t n, gid_t *to)
{
	size_t i, left = 0;

	for (i = 0; i < n; i++)
		if (v[i] != gid)
			to[left++] = v[i];
	return left;
}

/* Whether main has exactly these groups; the gid itself may or may not be one of
 * them. */
static bool
has_groups(const struct identity *id)
{
	static gid_t own[NAME_GROUPS_MAX], want[NAME_GROUPS_MAX];
	const int n = getgroups(NAME_GROUPS_MAX, own);
	size_t nown, nwant;

	if (n == -1)
		return false;
	nown = copy_but(id->gid, own, (size_t)n, own);
	nwant = copy_but(id->gid, id->groups, id->ngroups, want);
	return nown == nwant && names_same_set(own, want, nown, sizeof(*own));
}

const char *
rights_missing(const struct identity *id)
{
	const bool groups = has_groups(id);

	if (groups && id->uid == getuid() && id->uid == geteuid() &&
	    id->gid == getgid() && id->gid == getegid())
		return NULL;
	if (!is_mapped("/proc/self/uid_map", id->uid) ||
	    !is_mapped("/proc/self/gid_map", id->gid))
		return "is not in this user namespace";
	if (!has_capability(CAP_SETUID) || !has_capability(CAP_SETGID))
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
