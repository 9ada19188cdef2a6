/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/prctl.h>

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/privs.h"

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
gid_compare(const void *a, const void *b)
{
	const gid_t x = *(const gid_t *)a, y = *(const gid_t *)b;

	return (x > y) - (x < y);
}

/* Sorts groups, each once, without that one; returns how many they are. */
static size_t
sort_but(gid_t *v, size_t n, gid_t but)
{
	size_t i, left = 0;

	qsort(v, n, sizeof(*v), gid_compare);
	for (i = 0; i < n; i++)
		if (v[i] != but && (left == 0 || v[i] != v[left - 1]))
			v[left++] = v[i];
	return left;
}

bool
privs_has_groups(const struct privs *p, bool loosely)
{
	const gid_t but = loosely ? p->gid : (gid_t)-1; /* -1: none */
	const int count = getgroups(0, NULL);
	size_t n = count == -1 ? 0 : (size_t)count, nwant = p->ngroups;
	gid_t *own = calloc(n + nwant + 1, sizeof(*own)), *want;
	bool same = count != -1 && own != NULL &&
	    getgroups(count, own) == count;

	if (same) {
		want = own + n;
		if (nwant > 0)
			memcpy(want, p->groups, nwant * sizeof(*want));
		n = sort_but(own, n, but);
		nwant = sort_but(want, nwant, but);
		same = n == nwant && memcmp(own, want, n * sizeof(*own)) == 0;
	}
	free(own);
	return same;
}

static int
check(const struct privs *p, const char **noun)
{
	errno = EPERM;
	*noun = "user and group";
	if (!is_user(p->uid) || !is_group(p->gid))
		return -1;
	*noun = "groups";
	return privs_has_groups(p, false) ||
		(p->uid == 0 && privs_has_groups(p, true)) ?
	    0 :
	    -1;
}

/* What is set already is not set again: a user namespace may deny setgroups(2),
 * and root may lack the capabilities to change anything. */
int
privs_take(const struct privs *p, const char **noun)
{
	*noun = "setgroups";
	if (!privs_has_groups(p, false) &&
	    setgroups(p->ngroups, p->groups) == -1 &&
	    !(is_user(p->uid) && is_group(p->gid) && privs_has_groups(p, true)))
		return -1;
	*noun = "setresgid";
	if (!is_group(p->gid) && setresgid(p->gid, p->gid, p->gid) == -1)
		return -1;
	*noun = "setresuid";
	if (!is_user(p->uid) && setresuid(p->uid, p->uid, p->uid) == -1)
		return -1;
	return check(p, noun);
}

int
privs_prove(const struct privs *p, const char **noun)
{
	if (p->uid == 0)
		return 0;
	errno = EPERM;
	*noun = "root could be regained";
	if ((p->keep & (uint64_t)1 << CAP_SETUID) == 0 &&
	    setresuid(0, 0, 0) == 0)
		return -1;
	errno = EPERM;
	*noun = "root's group could be regained";
	if ((p->keep & (uint64_t)1 << CAP_SETGID) == 0 && p->gid != 0 &&
	    setresgid(0, 0, 0) == 0)
		return -1;
	return check(p, noun);
}

/* Sets an attribute of the process and reads it back. */
static int
set_attribute(int set, unsigned long value, int get)
{
	int is;

	if (prctl(set, value, 0, 0, 0) == -1 ||
	    (is = prctl(get, 0, 0, 0, 0)) == -1)
		return -1;
	if ((unsigned long)is == value)
		return 0;
	errno = EPERM;
	return -1;
}

int
privs_no_new(void)
{
	return set_attribute(PR_SET_NO_NEW_PRIVS, 1, PR_GET_NO_NEW_PRIVS);
}

int
privs_hide_memory(void)
{
	return set_attribute(PR_SET_DUMPABLE, 0, PR_GET_DUMPABLE);
}
