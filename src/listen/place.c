/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/string.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "listen/place.h"

int
place_open(struct place *p, const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];
	size_t len = 0;

	p->dir = -1;
	p->name = slash == NULL ? path : slash + 1;
	if (slash != NULL)
		len = slash == path ? 1 : (size_t)(slash - path);
	if (len >= sizeof(dir)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strlcpy(dir, slash == NULL ? "." : path, len == 0 ? 2 : len + 1);
	p->dir = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return p->dir == -1 ? -1 : 0;
}

void
place_close(struct place *p)
{
	if (p->dir != -1)
		close(p->dir);
	p->dir = -1;
}

bool
place_has(const struct place *p, const struct stat *st)
{
	struct stat there;

	return fstatat(p->dir, p->name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    there.st_dev == st->st_dev && there.st_ino == st->st_ino;
}

bool
place_is_ours(const struct place *p, uid_t uid)
{
	struct stat dir;

	return uid == geteuid() ||
	    (fstat(p->dir, &dir) == 0 && uid == dir.st_uid);
}

bool
place_trusts(const struct place *p, const struct stat *st)
{
	return st->st_nlink <= 1 && place_is_ours(p, st->st_uid);
}
