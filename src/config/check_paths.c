/* SPDX-License-Identifier: ISC */
/*
 * Programs and directories: whether they are there, seen from within chroot.
 */
#include "config.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/capability.h>
#include <linux/openat2.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "config/checks.h"
#include "config/unit.h"

/* What a path leads to. */
struct found {
	struct stat st;
	char real[PATH_MAX]; /* outside of chroot, without links, or "" */
	char root[PATH_MAX]; /* chroot likewise; "" is the system's root */
};

static void
real_path(int fd, char *buf, size_t size)
{
	char link[32];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, buf, size - 1);
	buf[n > 0 && buf[0] == '/' ? n : 0] = '\0';
}

/* openat2(2) resolves absolute links inside root, as chroot(2) would. */
static int
open_path(const char *root, int rootfd, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT };
	char *whole;
	int fd;

	if (root == NULL)
		return open(path, O_PATH | O_CLOEXEC);
	fd = (int)syscall(SYS_openat2, rootfd, path, &how, sizeof(how));
	if (fd == -1 && errno == ENOSYS) {
		whole = mem_printf("%s/%s", root, path);
		fd = open(whole, O_PATH | O_CLOEXEC);
		free(whole);
	}
	return fd;
}

/* What is at path inside root (NULL: none).  NULL, or why it is not there. */
static const char *
look(const char *root, const char *path, struct found *f)
{
	const char *why = NULL;
	int fd, rootfd = -1;

	f->real[0] = f->root[0] = '\0';
	if (root != NULL) {
		rootfd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (rootfd == -1)
			return strerror(errno);
		real_path(rootfd, f->root, sizeof(f->root));
	}
	fd = open_path(root, rootfd, path);
	if (fd == -1 || fstat(fd, &f->st) == -1)
		why = strerror(errno);
	else
		real_path(fd, f->real, sizeof(f->real));
	io_close(fd);
	io_close(rootfd);
	return why;
}

static const char *
look_for_directory(const char *root, const char *path, struct found *f)
{
	const char *why = look(root, path, f);

	if (why == NULL && !S_ISDIR(f->st.st_mode))
		why = strerror(ENOTDIR);
	return why;
}

static const char *
look_for_program(const char *root, const char *path, struct found *f)
{
	const char *why;

	if (path[0] != '/')
		return "must be an absolute path";
	why = look(root, path, f);
	if (why == NULL && S_ISDIR(f->st.st_mode))
		why = strerror(EISDIR);
	if (why == NULL && !S_ISREG(f->st.st_mode))
		why = "not a regular file";
	if (why == NULL && (f->st.st_mode & 0111) == 0)
		why = "not executable";
	/* Without root the program runs as the present user. */
	if (why == NULL && root == NULL && geteuid() != 0 &&
	    faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == -1)
		why = strerror(errno);
	return why;
}

/* As the acceptor decides it: mounting is a privilege. */
static bool
has_private_tmp(const struct service_conf *sc)
{
	return sc->sandbox == SANDBOX_STRICT && geteuid() == 0 &&
	    prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) == 1;
}

/* NULL, or the reason if the service's private /tmp hides what was found. */
static const char *
hidden_by_tmp(const struct service_conf *sc, const struct found *f)
{
	size_t n = strcmp(f->root, "/") == 0 ? 0 : strlen(f->root);

	if (!has_private_tmp(sc) || strncmp(f->real, f->root, n) != 0 ||
	    strncmp(f->real + n, "/tmp/", 5) != 0)
		return NULL;
	return "with sandbox = strict the service has a /tmp of its own, "
	       "which is empty: it must be elsewhere";
}

/* Reports why a path is unsuitable, or that it is hidden. */
static void
judge(const struct checked *c, const char *directive, size_t item,
    const char *path, const char *why, const struct found *f)
{
	if (why == NULL)
		why = hidden_by_tmp(c->sc, f);
	if (why != NULL)
		checks_complain(c, directive, item, "%s%s: %s",
		    unit_shown(path),
		    c->sc->chroot == NULL ? "" : " (inside chroot)", why);
}

static void
check_program(const struct checked *c)
{
	const struct service_conf *sc = c->sc;
	const char *path = sc->exec.v[0].text, *why;
	struct found f;
	size_t i;

	why = look_for_program(sc->chroot, path, &f);
	judge(c, "exec", 0, path, why, &f);
	why = look_for_directory(sc->chroot, sc->directory, &f);
	judge(c, "directory", 0, sc->directory, why, &f);
	for (i = 0; i < sc->writable.n; i++) {
		path = sc->writable.v[i].text;
		why = path[0] != '/' ? "must be an absolute path" :
				       look(sc->chroot, path, &f);
		judge(c, "writable", i, path, why, &f);
	}
}

void
check_paths(const struct checked *c)
{
	const struct service_conf *sc = c->sc;
	const char *why = NULL;
	struct found f;

	if (sc->chroot != NULL)
		why = look_for_directory(NULL, sc->chroot, &f);
	if (why != NULL)
		checks_refuse(c, "chroot", 0, sc->chroot, why);
	else if (sc->exec.n > 0 && !checks_is_wrong(c, "exec"))
		check_program(c);
}
