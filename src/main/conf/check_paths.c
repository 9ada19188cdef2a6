/* SPDX-License-Identifier: ISC */
/*
 * Programs and directories: whether they are there, seen from within chroot.
 */
#include "config.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "main/conf/check.h"
#include "main/conf/mem.h"
#include "main/conf/value.h"

/* openat2(2), which takes absolute links to begin at root as chroot does. */
static int
open_in_root(int root, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT,
	};

	return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

/* What is at path inside root (NULL: none).  NULL, or why it is not there. */
static const char *
look(const char *root, const char *path, struct stat *st)
{
	const char *why = NULL;
	char *whole;
	int fd, rootfd;

	if (root == NULL)
		return stat(path, st) == -1 ? strerror(errno) : NULL;
	rootfd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (rootfd == -1)
		return strerror(errno);
	fd = open_in_root(rootfd, path);
	if (fd == -1 && errno == ENOSYS) {
		whole = mem_printf("%s/%s", root, path);
		fd = open(whole, O_PATH | O_CLOEXEC);
		free(whole);
	}
	if (fd == -1 || fstat(fd, st) == -1)
		why = strerror(errno);
	if (fd != -1)
		close(fd);
	close(rootfd);
	return why;
}

static const char *
look_for_directory(const char *root, const char *path)
{
	struct stat st;
	const char *why = look(root, path, &st);

	if (why == NULL && !S_ISDIR(st.st_mode))
		why = strerror(ENOTDIR);
	return why;
}

static const char *
look_for_program(const char *root, const char *path)
{
	struct stat st;
	const char *why;

	if (path[0] != '/')
		return "must be an absolute path";
	why = look(root, path, &st);
	if (why == NULL && S_ISDIR(st.st_mode))
		why = strerror(EISDIR);
	if (why == NULL && !S_ISREG(st.st_mode))
		why = "not a regular file";
	if (why == NULL && (st.st_mode & 0111) == 0)
		why = "not executable";
	return why;
}

static void
check_program(const struct checked *c)
{
	const struct service_conf *sc = c->sc;
	const char *inside = sc->chroot == NULL ? "" : " (inside chroot)";
	struct stat st;
	const char *why;
	size_t i;

	why = look_for_program(sc->chroot, sc->exec.v[0].text);
	if (why != NULL)
		check_complain(c, "exec", 0, "%s%s: %s",
		    value_shown(sc->exec.v[0].text), inside, why);
	why = NULL;
	if (sc->directory != NULL)
		why = look_for_directory(sc->chroot, sc->directory);
	if (why != NULL)
		check_complain(c, "directory", 0, "%s%s: %s", sc->directory,
		    inside, why);
	for (i = 0; i < sc->writable.n; i++) {
		why = sc->writable.v[i].text[0] != '/' ?
		    "must be an absolute path" :
		    look(sc->chroot, sc->writable.v[i].text, &st);
		if (why != NULL)
			check_complain(c, "writable", i, "%s%s: %s",
			    value_shown(sc->writable.v[i].text), inside, why);
	}
}

void
check_paths(const struct checked *c)
{
	const struct service_conf *sc = c->sc;
	const char *why;

	if (sc->chroot != NULL) {
		why = look_for_directory(NULL, sc->chroot);
		if (why != NULL) {
			check_complain(c, "chroot", 0, "%s: %s", sc->chroot,
			    why);
			return;
		}
	}
	if (sc->exec.n > 0 && !check_is_wrong(c, "exec"))
		check_program(c);
}
