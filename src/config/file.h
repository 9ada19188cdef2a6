/* SPDX-License-Identifier: ISC */
/*
 * Opening configuration files.
 */
#ifndef TINED_CONFIG_FILE_H
#define TINED_CONFIG_FILE_H

#include <sys/stat.h>

#include <stddef.h>

/*
 * All of a regular file of at most max bytes, with a NUL behind it, the
 * caller's.  NULL with *why a reason (constant or strerror's).
 */
char *file_read(const char *path, size_t max, size_t *len, struct stat *st,
    const char **why);

/* path as seen from the file `from`: relative to its directory. */
char *file_beside(const char *from, const char *path);

#endif
