/* SPDX-License-Identifier: ISC */
/*
 * Users and groups.  A name is looked for first, as chown(1) does, so a user
 * called "1000" is found by name; then decimal digits are a number.  The
 * highest number means "no change" to the kernel and is nobody's.
 */
#include "config.h"

#include <sys/types.h>

#include <bsd/stdlib.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "main/listen/identity.h"

#define GROUPS_MAX 65536 /* NGROUPS_MAX of Linux */

static int
number_of(const char *text, uint32_t *out)
{
	const char *error;
	long long n;

	if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0')
		return -1;
	n = strtonum(text, 0, UINT32_MAX - 1, &error);
	if (error != NULL)
		return -1;
	*out = (uint32_t)n;
	return 0;
}

/* The user of that name or number, also where there is no entry (*pw NULL). */
static const char *
find_user(const char *name, uid_t *uid, const struct passwd **pw)
{
	uint32_t n;

	errno = 0;
	*pw = getpwnam(name);
	if (*pw != NULL) {
		*uid = (*pw)->pw_uid;
		return NULL;
	}
	if (number_of(name, &n) == 0) {
		*uid = n;
		*pw = getpwuid(n);
		return NULL;
	}
	switch (errno) {
	case EIO:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return strerror(errno);
	default: /* getpwnam(3): the rest means that there is none */
		return "no such user";
	}
}

static int
list_groups(const char *user, struct identity *id)
{
	gid_t *groups, *more;
	int n = 32, room;

	for (groups = NULL;; groups = more) {
		room = n;
		more = reallocarray(groups, (size_t)room, sizeof(*groups));
		if (more == NULL)
			break;
		if (getgrouplist(user, id->gid, more, &n) != -1) {
			id->groups = more;
			id->ngroups = (size_t)n;
			return 0;
		}
		/* Not every NSS module says how many there are. */
		if (n <= room)
			n = room * 2;
		if (n > GROUPS_MAX)
			n = GROUPS_MAX;
		if (n == room) {
			groups = more;
			break;
		}
	}
	free(groups);
	return -1;
}

const char *
identity_look_up(const char *user, const char *group, struct identity *out)
{
	const struct passwd *pw;
	const char *why;
	char *name;
	int rc;

	memset(out, 0, sizeof(*out));
	why = find_user(user, &out->uid, &pw);
	if (why != NULL)
		return why;
	if (pw == NULL && group == NULL)
		return "no such user, so it needs a group of its own";
	if (pw != NULL)
		out->gid = pw->pw_gid;

	/* getgrouplist may use getpwnam's memory. */
	name = pw != NULL ? strdup(pw->pw_name) : NULL;
	if (pw != NULL && name == NULL)
		return "out of memory";
	if (group != NULL && identity_group(group, &out->gid) == -1) {
		free(name);
		return "no such group";
	}
	if (name == NULL) {
		out->groups = malloc(sizeof(*out->groups));
		if (out->groups == NULL)
			return "out of memory";
		out->groups[0] = out->gid;
		out->ngroups = 1;
		return NULL;
	}
	rc = list_groups(name, out);
	free(name);
	return rc == 0 ? NULL : "its groups cannot be listed";
}

void
identity_free(struct identity *id)
{
	free(id->groups);
	id->groups = NULL;
	id->ngroups = 0;
}

int
identity_user(const char *name, uid_t *uid)
{
	const struct passwd *pw;

	return find_user(name, uid, &pw) == NULL ? 0 : -1;
}

int
identity_group(const char *name, gid_t *gid)
{
	const struct group *gr;
	uint32_t n;

	gr = getgrnam(name);
	if (gr != NULL) {
		*gid = gr->gr_gid;
		return 0;
	}
	if (number_of(name, &n) == -1)
		return -1;
	*gid = n;
	return 0;
}
