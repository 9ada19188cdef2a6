/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "ipc/builtin.h"
#include "sandbox/ids.h"

static int ids_check(const struct settings *s, const char **noun);
static bool is_user(uid_t uid);
static bool is_group(gid_t gid);
static bool has_groups(const struct settings *s);
static bool may_stay(const struct settings *s);
static bool has_group(const gid_t *sorted, size_t n, gid_t gid);
static int gid_compare(const void *a, const void *b);

/* What is as wanted already may stay: a user namespace may deny setgroups(2),
 * and root may lack the capabilities to change anything. */
int
ids_take(const struct settings *s, const char **noun)
{
	const gid_t *groups = settings_bytes(s, s->groups);

	*noun = "setgroups";
	if (!has_groups(s) && setgroups(s->groups.count, groups) == -1 &&
	    !may_stay(s))
		return -1;
	*noun = "setresgid";
	if (!is_group(s->gid) && setresgid(s->gid, s->gid, s->gid) == -1)
		return -1;
	*noun = "setresuid";
	if (!is_user(s->uid) && setresuid(s->uid, s->uid, s->uid) == -1)
		return -1;
	return ids_check(s, noun);
}

int
ids_prove(const struct settings *s, const char **noun)
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

static bool
is_user(uid_t uid)
{
	uid_t real, effective, saved;

	return getresuid(&real, &effective, &saved) == 0 && real == uid &&
	    effective == uid && saved == uid;
}

static bool
is_group(gid_t gid)
{
	gid_t real, effective, saved;

	return getresgid(&real, &effective, &saved) == 0 && real == gid &&
	    effective == gid && saved == gid;
}

static int
ids_check(const struct settings *s, const char **noun)
{
	errno = EPERM;
	*noun = "user and group";
	if (!is_user(s->uid) || !is_group(s->gid))
		return -1;
	*noun = "groups";
	return has_groups(s) || (s->uid == 0 && may_stay(s)) ? 0 : -1;
}

/* The process's supplementary groups, sorted; the caller's.  NULL with errno. */
static gid_t *
own_groups(size_t *n)
{
	int count = getgroups(0, NULL);
	gid_t *got;

	if (count == -1)
		return NULL;
	if ((got = calloc((size_t)count + 1, sizeof(*got))) == NULL)
		return NULL;
	*n = (size_t)count;
	if (getgroups(count, got) == count)
		return got;
	free(got);
	return NULL;
}

/* The kernel gives them back as many as it was given. */
static bool
has_groups(const struct settings *s)
{
	const gid_t *groups = settings_bytes(s, s->groups);
	size_t i, n = 0;
	gid_t *got = own_groups(&n);
	bool same = got != NULL && n == s->groups.count;

	for (i = 0; i < n && same; i++)
		same = has_group(got, n, groups[i]);
	free(got);
	return same;
}

/* Whether this is that user and group, and has no group besides: the group
 * itself may be among the supplementary ones or not. */
static bool
may_stay(const struct settings *s)
{
	const gid_t *groups = settings_bytes(s, s->groups);
	size_t i, n, left = 0, want = 0;
	gid_t *got;
	bool same;

	if (!is_user(s->uid) || !is_group(s->gid) ||
	    (got = own_groups(&n)) == NULL)
		return false;
	for (i = 0; i < n; i++)
		left += got[i] != s->gid;
	same = true;
	for (i = 0; i < s->groups.count && same; i++) {
		want += groups[i] != s->gid;
		same = groups[i] == s->gid || has_group(got, n, groups[i]);
	}
	free(got);
	return same && want == left;
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
