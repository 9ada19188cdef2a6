/* SPDX-License-Identifier: ISC */
/*
 * A path whose directory is held open: what is done with its last name is done
 * in that directory, whatever the directory's own path comes to mean.
 */
#ifndef TINED_MAIN_PLACE_H
#define TINED_MAIN_PLACE_H

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

/* Whether that is, by itself, what is there now. */
bool place_has(const struct place *p, const struct stat *st);

/* Whether what that user has put there may be tined's own: the user is main's,
 * or the directory's owner, who can put anything there. */
bool place_is_ours(const struct place *p, uid_t uid);

/* Whether a file there may be taken for one of tined's own: it is such a
 * user's, and has no other name, so that it is no file from elsewhere. */
bool place_trusts(const struct place *p, const struct stat *st);

#endif
