/* SPDX-License-Identifier: ISC */
/*
 * Unix listeners: unix(7).  Whoever holds PATH.lock owns PATH: only under the
 * lock is a stale socket looked at, removed and replaced.  A socket that is
 * bound but does not listen yet refuses connections, so mode and owner are
 * right before the first one can come.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "main/listen/lockfile.h"
#include "main/listen/tcpsock.h"
#include "main/listen/unixpath.h"
#include "main/names/names.h"

/* A path being taken. */
struct taking {
	struct listener *l;
	const struct service_conf *sc;
	struct listener_error *err;
};

static enum unixpath_result
fail(const struct taking *t, int exit_code, const char *verb, const char *why)
{
	listener_fail(t->err, exit_code, "%s: %s unix:%s: %s", t->sc->name,
	    verb, t->l->path, why);
	return UNIXPATH_FAILED;
}

static enum unixpath_result
busy(const struct taking *t, const char *why)
{
	(void)fail(t, EX_UNAVAILABLE, "bind", why);
	return UNIXPATH_BUSY;
}

/* A system call's failure, errno. */
static enum unixpath_result
fail_errno(const struct taking *t, const char *verb)
{
	const int code = errno == EACCES || errno == EPERM ? EX_NOPERM :
							     EX_UNAVAILABLE;

	return fail(t, code, verb,
	    errno == ENOENT ? "its directory does not exist" : strerror(errno));
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Whether nobody listens on the path's socket: 0, or why it is not so. */
static int
probe(const char *path)
{
	struct sockaddr_un sun;
	socklen_t len;
	int error, fd;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return errno;
	len = addr_to_sockaddr_un(path, &sun);
	error = connect(fd, (struct sockaddr *)&sun, len) == -1 ? errno :
								  EISCONN;
	close(fd);
	return error == ECONNREFUSED || error == ENOENT ? 0 : error;
}

/* Removes what a dead server left.  The lock keeps other tineds away; the
 * second look narrows the gap for anybody else. */
static enum unixpath_result
clear_stale(const struct taking *t)
{
	const char *path = t->l->path;
	struct stat before, now;
	int error;

	if (lstat(path, &before) == -1)
		return errno == ENOENT ? UNIXPATH_OPEN : fail_errno(t, "bind");
	if (!S_ISSOCK(before.st_mode))
		return fail(t, EX_UNAVAILABLE, "bind",
		    "it exists and is not a socket");
	error = probe(path);
	switch (error) {
	case 0:
		break;
	case EACCES:
	case EPERM:
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		errno = error;
		return fail_errno(t, "bind");
	default: /* live, or none of ours: EAGAIN, EPROTOTYPE... */
		return busy(t, "it is in use");
	}
	if (lstat(path, &now) == -1)
		return errno == ENOENT ? UNIXPATH_OPEN : fail_errno(t, "bind");
	if (!same_file(&before, &now))
		return busy(t, "it is in use");
	if (unlink(path) == -1 && errno != ENOENT)
		return fail_errno(t, "remove the stale");
	return UNIXPATH_OPEN;
}

/* Removes the path if it is still the socket that we bound. */
static void
path_remove(const struct listener *l)
{
	struct stat st;

	if (lstat(l->path, &st) == 0 && S_ISSOCK(st.st_mode) &&
	    st.st_dev == l->dev && st.st_ino == l->ino)
		(void)unlink(l->path);
}

static int
find_owner(const struct service_conf *sc, uid_t *uid, gid_t *gid)
{
	*uid = geteuid();
	*gid = getegid();
	if (sc->socket_user != NULL &&
	    names_user(sc->names, sc->socket_user, uid) != NULL)
		return -1;
	if (sc->socket_group != NULL &&
	    names_group(sc->names, sc->socket_group, gid) != NULL)
		return -1;
	return 0;
}

/* The path's inode, to be looked at and changed whatever the name comes to
 * mean: an O_PATH descriptor, or -1 with errno. */
static int
path_hold(const char *path, struct stat *st)
{
	int fd;

	fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return -1;
	if (fstat(fd, st) == 0 && S_ISSOCK(st->st_mode))
		return fd;
	close(fd);
	errno = ESTALE;
	return -1;
}

static int
change_owner(int fd, const struct stat *st, uid_t uid, gid_t gid)
{
	if (uid == st->st_uid)
		uid = (uid_t)-1;
	if (gid == st->st_gid)
		gid = (gid_t)-1;
	if (uid == (uid_t)-1 && gid == (gid_t)-1)
		return 0;
	return fchownat(fd, "", uid, gid, AT_EMPTY_PATH);
}

/* No fchmod(2) of an O_PATH descriptor before Linux 6.6: by its name. */
static int
change_mode(int fd, const struct stat *st, mode_t mode)
{
	char name[32];

	if ((st->st_mode & 07777) == mode)
		return 0;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return chmod(name, mode);
}

int
unixpath_apply(const struct listener *l, const struct service_conf *sc)
{
	int fd, rc, saved;
	struct stat st;
	uid_t uid;
	gid_t gid;

	if (l->path[0] == '@')
		return 0;
	if (find_owner(sc, &uid, &gid) == -1) {
		errno = EINVAL;
		return -1;
	}
	fd = path_hold(l->path, &st);
	if (fd == -1)
		return -1;
	if (st.st_dev != l->dev || st.st_ino != l->ino) {
		errno = ESTALE;
		rc = -1;
	} else {
		/* In this order: CAP_CHOWN may be all that main has. */
		rc = change_mode(fd, &st, sc->socket_mode);
		if (rc == 0)
			rc = change_owner(fd, &st, uid, gid);
	}
	saved = errno;
	close(fd);
	errno = saved;
	return rc;
}

/* Binds with the right mode from the start, then sees to the owner. */
static enum unixpath_result
path_bind(const struct taking *t, uid_t uid, gid_t gid)
{
	struct listener *l = t->l;
	struct sockaddr_un sun;
	struct stat st;
	socklen_t len;
	mode_t old;
	int fd, rc;

	len = addr_to_sockaddr_un(l->path, &sun);
	old = umask(~t->sc->socket_mode & 0777);
	rc = bind(l->fd, (struct sockaddr *)&sun, len);
	umask(old);
	if (rc == -1)
		return errno == EADDRINUSE ? busy(t, "it is in use") :
					     fail_errno(t, "bind");
	if (l->path[0] == '@')
		return UNIXPATH_OPEN;
	fd = path_hold(l->path, &st);
	if (fd == -1)
		return fail_errno(t, "find");
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	rc = change_owner(fd, &st, uid, gid);
	close(fd);
	return rc == 0 ? UNIXPATH_OPEN : fail_errno(t, "change the owner of");
}

static enum unixpath_result
lock_take(const struct taking *t)
{
	t->l->lock_fd = lockfile_take(t->l->path);
	if (t->l->lock_fd != -1)
		return UNIXPATH_OPEN;
	switch (errno) {
	case EWOULDBLOCK:
		return busy(t, "it is served by another process");
	case ELOOP:
		return fail(t, EX_UNAVAILABLE, "lock",
		    "the lock file beside it is no regular file");
	default:
		return fail_errno(t, "lock");
	}
}

static enum unixpath_result
path_take(const struct taking *t, uid_t uid, gid_t gid)
{
	enum unixpath_result result = UNIXPATH_OPEN;

	if (t->l->path[0] != '@') {
		result = lock_take(t);
		if (result == UNIXPATH_OPEN)
			result = clear_stale(t);
	}
	if (result != UNIXPATH_OPEN)
		return result;
	t->l->fd = socket(AF_UNIX, t->l->type | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	if (t->l->fd == -1)
		return fail_errno(t, "bind");
	result = path_bind(t, uid, gid);
	if (result == UNIXPATH_OPEN && tcpsock_listen(t->l->fd, t->sc) == -1)
		result = fail_errno(t, "listen on");
	return result;
}

enum unixpath_result
unixpath_open(struct listener *l, const struct service_conf *sc,
    struct listener_error *err)
{
	const struct taking t = { .l = l, .sc = sc, .err = err };
	enum unixpath_result result;
	uid_t uid;
	gid_t gid;

	if (find_owner(sc, &uid, &gid) == -1)
		return fail(&t, EX_CONFIG, "bind",
		    "socket_user or socket_group does not exist");
	result = path_take(&t, uid, gid);
	if (result != UNIXPATH_OPEN) {
		unixpath_remove(l);
		if (l->fd != -1)
			close(l->fd);
		l->fd = -1;
	}
	return result;
}

void
unixpath_remove(struct listener *l)
{
	if (l->ino != 0)
		path_remove(l);
	l->dev = l->ino = 0;
	lockfile_release(l->path, l->lock_fd);
	l->lock_fd = -1;
}
