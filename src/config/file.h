/* SPDX-License-Identifier: ISC */
/*
 * Opening configuration files.
 */
#ifndef TINED_CONFIG_FILE_H
#define TINED_CONFIG_FILE_H

#include <sys/stat.h>

#include <stddef.h>

#define FILE_SIZE_MAX  (1u << 20)
#define FILE_DEPTH_MAX 10 /* of includes */

struct file {
	struct stat st;
	const struct file *includer; /* that of the caller; NULL: none */
	unsigned int depth;          /* of includes */
};

/*
 * All of a regular file of at most FILE_SIZE_MAX, with a NUL behind it, the
 * caller's.  NULL with *why a reason (constant or strerror's), also where it
 * includes itself, by f->includer.
 */
char *file_read(const char *path, struct file *f, size_t *len,
    const char **why);

/* path as seen from the file `from`: relative to its directory. */
char *file_beside(const char *from, const char *path);

#endif
