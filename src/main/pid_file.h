/* SPDX-License-Identifier: ISC */
/*
 * The pid file.  Anybody may read it, and who can open a file can lock it:
 * flock(2), and fcntl(2) for reading.  So what keeps a second main away is the
 * lock file beside it (lockfile.h), which only main's user can open, and on the
 * pid file itself only a lock for writing counts.
 *
 * It may be in a directory of another user's: no link is followed, in one step
 * with opening it, and no file of anybody else's is written to.
 */
#ifndef TINED_MAIN_PID_FILE_H
#define TINED_MAIN_PID_FILE_H

#include <sys/types.h>

#include <stddef.h>

#include "listen/lockfile.h"

struct pid_file {
	char *path;
	struct place place;
	struct lockfile lock;
	int fd; /* -1: there is none */
};

#define PID_FILE_NONE                                                          \
	{                                                                      \
		.place = { .dir = -1 }, .lock = { .fd = -1 }, .fd = -1         \
	}

/* Opens and locks it, for as long as main lives.  0, or an exit status and
 * why. */
int pid_file_take(struct pid_file *f, const char *path, char *why, size_t size);

/* Writes main's pid into it.  0, or -1 with errno. */
int pid_file_write(const struct pid_file *f);

/* Removes it if it is still ours, and lets it go. */
void pid_file_remove(struct pid_file *f);

#endif
