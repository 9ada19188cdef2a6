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
unsuitable(const struct stat *st, size_t max)
{
	if (S_ISDIR(st->st_mode))
		return strerror(EISDIR);
	if (!S_ISREG(st->st_mode))
		return "not a regular file";
	if ((unsigned long long)st->st_size > max)
		return "larger than 1 MiB";
	return NULL;
}

char *
file_read(const char *path, size_t max, size_t *len, struct stat *st,
    const char **why)
{
	char *text = NULL;
	ssize_t n;
	int fd;

	/* O_NONBLOCK: a FIFO must not hold up who looks at it. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1) {
		*why = strerror(errno);
		return NULL;
	}
	*why = fstat(fd, st) == -1 ? strerror(errno) : unsuitable(st, max);
	if (*why == NULL) {
		text = mem_array(max + 1, 1);
		n = io_read_all(fd, text, max);
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
