/* SPDX-License-Identifier: ISC */
/*
 * Opening configuration files.
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "config/file.h"

static const char *
unsuitable(const struct file *f)
{
	const struct file *up;

	if (S_ISDIR(f->st.st_mode))
		return strerror(EISDIR);
	if (!S_ISREG(f->st.st_mode))
		return "not a regular file";
	if ((unsigned long long)f->st.st_size > FILE_SIZE_MAX)
		return "larger than 1 MiB";
	if (f->depth == FILE_DEPTH_MAX)
		return "included too deeply";
	for (up = f->includer; up != NULL; up = up->includer)
		if (up->st.st_dev == f->st.st_dev &&
		    up->st.st_ino == f->st.st_ino)
			return "includes itself";
	return NULL;
}

char *
file_read(const char *path, struct file *f, size_t *len, const char **why)
{
	char *text = NULL;
	ssize_t n;
	int fd;

	f->depth = f->includer == NULL ? 0 : f->includer->depth + 1;
	/* O_NONBLOCK: a FIFO must not hold up who looks at it. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1) {
		*why = strerror(errno);
		return NULL;
	}
	*why = fstat(fd, &f->st) == -1 ? strerror(errno) : unsuitable(f);
	if (*why == NULL) {
		text = mem_array(FILE_SIZE_MAX + 1, 1);
		n = io_read_all(fd, text, FILE_SIZE_MAX);
		if (n == -1) {
			*why = strerror(errno);
			free(text);
			text = NULL;
		} else {
			*len = (size_t)n;
			text[n] = '\0';
		}
	}
	close(fd);
	return text;
}

char *
file_beside(const char *from, const char *path)
{
	const char *slash = strrchr(from, '/');

	if (path[0] == '/' || slash == NULL)
		return mem_strdup(path);
	return mem_printf("%.*s/%s", (int)(slash - from), from, path);
}
