/* SPDX-License-Identifier: ISC */
/*
 * A path whose directory is held open: operations on its last component stay
 * in that directory, even if its path comes to name another one.
 */
#ifndef TINED_LISTEN_PLACE_H
#define TINED_LISTEN_PLACE_H

#include <sys/stat.h>
#include <sys/types.h>

#include <stdbool.h>

struct place {
	int dir;          /* -1: none */
	const char *name; /* the end of the path that it was opened with */
};

/* 0, or -1 with errno. */
int place_open(struct place *p, const char *path);
void place_close(struct place *p);

/* Whether that is the file there now (no symbolic link is followed). */
bool place_has(const struct place *p, const struct stat *st);

/* Whether files of that user may be tined's: main's user, or the owner of the
 * directory, who can put anything there. */
bool place_is_ours(const struct place *p, uid_t uid);

/* Whether a file there may be tined's own: such a user's, without another
 * name, so that it is not a file from elsewhere. */
bool place_trusts(const struct place *p, const struct stat *st);

#endif
