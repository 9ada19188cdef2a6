/*
 * The lock file beside a Unix path: PATH.lock, locked with flock(2).
 */
#ifndef TINED_MAIN_LOCKFILE_H
#define TINED_MAIN_LOCKFILE_H

/*
 * Takes it, creating it where it is missing.  The descriptor (CLOEXEC), or -1
 * with errno: EWOULDBLOCK, another process has it; ELOOP, there is something
 * that is no regular file.
 */
int lockfile_take(const char *path);

/* Lets it go, and removes it, if it is an empty file of ours.  fd -1: nothing
 * happens. */
void lockfile_release(const char *path, int fd);

#endif
