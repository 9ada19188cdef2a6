/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "acceptor/ids.h"
#include "base/builtin.h"

static int ids_check(const struct spec *s, const char **noun);
static int groups_check(const gid_t *groups, size_t n);
static bool has_group(const gid_t *sorted, size_t n, gid_t gid);
static int gid_compare(const void *a, const void *b);

int
ids_take(const struct spec *s, const char **noun)
{
	const gid_t *groups = spec_bytes(s, s->groups);

	*noun = "setgroups";
	if (setgroups(s->groups.count, groups) == -1)
		return -1;
	*noun = "setresgid";
	if (setresgid(s->gid, s->gid, s->gid) == -1)
		return -1;
	*noun = "setresuid";
	if (setresuid(s->uid, s->uid, s->uid) == -1)
		return -1;
	return ids_check(s, noun);
}

int
ids_prove(const struct spec *s, const char **noun)
{
	const uint64_t keep = s->builtin == BUILTIN_NONE ? s->capabilities : 0;

	if (s->uid == 0)
		return 0;
	*noun = "root could be regained";
	if ((keep & (uint64_t)1 << CAP_SETUID) == 0 &&
	    setresuid(0, 0, 0) == 0) {
		errno = EPERM;
		return -1;
	}
	*noun = "root's group could be regained";
	if ((keep & (uint64_t)1 << CAP_SETGID) == 0 && s->gid != 0 &&
	    setresgid(0, 0, 0) == 0) {
		errno = EPERM;
		return -1;
	}
	return ids_check(s, noun);
}

static int
ids_check(const struct spec *s, const char **noun)
{
	uid_t ruid, euid, suid;
	gid_t rgid, egid, sgid;

	*noun = "user and group";
	if (getresuid(&ruid, &euid, &suid) == -1 ||
	    getresgid(&rgid, &egid, &sgid) == -1)
		return -1;
	if (ruid != s->uid || euid != s->uid || suid != s->uid ||
	    rgid != s->gid || egid != s->gid || sgid != s->gid) {
		errno = EPERM;
		return -1;
	}
	*noun = "groups";
	return groups_check(spec_bytes(s, s->groups), s->groups.count);
}

/* The kernel gives them back sorted, as many as it was given. */
static int
groups_check(const gid_t *groups, size_t n)
{
	gid_t *got;
	size_t i = 0;
	int count;

	if ((count = getgroups(0, NULL)) == -1)
		return -1;
	if (count == (int)n) {
		if ((got = calloc(n + 1, sizeof(*got))) == NULL)
			return -1;
		if (getgroups(count, got) == count)
			while (i < n && has_group(got, n, groups[i]))
				i++;
		free(got);
		if (i == n)
			return 0;
	}
	errno = EPERM;
	return -1;
}

static bool
has_group(const gid_t *sorted, size_t n, gid_t gid)
{
	return bsearch(&gid, sorted, n, sizeof(gid), gid_compare) != NULL;
}

static int
gid_compare(const void *a, const void *b)
{
	const gid_t x = *(const gid_t *)a, y = *(const gid_t *)b;

	return (x > y) - (x < y);
}
