/* SPDX-License-Identifier: ISC */
/*
 * The pid file.  All users may read it, and so lock it with flock(2) and, for
 * reading, with fcntl(2).  So a second main is kept away by the lock file beside
 * it (listen/place.h), which only main's user can open; of the locks on the pid
 * file itself only one for writing counts.
 *
 * Its directory may be another user's: no link is followed when it is opened, and
 * no file of another user is written to.
 */
#ifndef TINED_MAIN_PID_FILE_H
#define TINED_MAIN_PID_FILE_H

#include "listen/listener.h"

struct pid_file {
	char *path;
	struct place place;
	int fd; /* -1: there is none */
};

#define PID_FILE_NONE                                                          \
	{                                                                      \
		.place = { .dir = -1, .lock = -1 }, .fd = -1                   \
	}

/* Opens and locks it, for as long as main lives.  0, or -1 with err, whose text
 * is the reason only. */
int pid_file_take(struct pid_file *f, const char *path, struct failure *err);

/* Writes main's pid into it.  0, or -1 with errno. */
int pid_file_write(const struct pid_file *f);

/* Removes it if it is still ours, and releases the locks. */
void pid_file_remove(struct pid_file *f);

#endif
