/* SPDX-License-Identifier: ISC */
/*
 * Unix listeners: unix(7).  The process that has locked PATH.lock owns PATH: a
 * stale socket is removed and replaced only under the lock.  A socket that is
 * bound but not listening refuses connections, so mode and owner are right
 * before the first one.
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

#include "base/io.h"
#include "listen/tcpsock.h"
#include "listen/unixowner.h"
#include "listen/unixpath.h"

/* A path that is being opened. */
struct claim {
	struct listener *l;
	const struct service_conf *sc;
	struct listener_error *err;
};

static enum unixpath_result
fail(const struct claim *t, int exit_code, const char *verb, const char *why)
{
	listener_fail(t->err, exit_code, "%s: %s unix:%s: %s", t->sc->name,
	    verb, t->l->path, why);
	return UNIXPATH_FAILED;
}

static enum unixpath_result
busy(const struct claim *t, const char *why)
{
	(void)fail(t, EX_UNAVAILABLE, "bind", why);
	return UNIXPATH_BUSY;
}

static enum unixpath_result
fail_errno(const struct claim *t, const char *verb)
{
	const int code = errno == EACCES || errno == EPERM ? EX_NOPERM :
							     EX_UNAVAILABLE;

	return fail(t, code, verb,
	    errno == ENOENT ? "the directory does not exist" : strerror(errno));
}

/*
 * Connects: 0 if it was refused, or the errno.  A stream is refused if no
 * process listens, a datagram socket only if no process has bound the path:
 * the kernel compares types (EPROTOTYPE) before it looks for a listener.  Both
 * work on every file system and across network namespaces.
 */
static int
probe(const char *path, int type)
{
	struct sockaddr_un sun;
	socklen_t len;
	int error, fd;

	fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return errno;
	len = addr_to_sockaddr_un(path, &sun);
	error = connect(fd, (struct sockaddr *)&sun, len) == -1 ? errno :
								  EISCONN;
	close(fd);
	return error == ECONNREFUSED || error == ENOENT ? 0 : error;
}

/*
 * Whether a socket without a listener may be removed.  That of another user
 * only if the lock file exists and is not locked, so that it was left by a
 * tined: it may have been given to socket_user.  Else that user may be about
 * to listen.
 */
static enum unixpath_result
may_remove(const struct claim *t, const struct stat *st)
{
	char why[96];

	if (probe(t->l->path, SOCK_DGRAM) != 0)
		return busy(t, "another process has bound it");
	if (st->st_uid == geteuid() ||
	    (t->l->lock.fd != -1 && t->l->lock.was_there))
		return UNIXPATH_OPEN;
	snprintf(why, sizeof(why),
	    "it belongs to uid %u, which may be about to serve it",
	    (unsigned int)st->st_uid);
	return busy(t, why);
}

/* Removes the socket of a dead server.  The lock excludes other tineds; the
 * second look narrows the race with any other process. */
static enum unixpath_result
remove_stale(const struct claim *t)
{
	const struct place *p = &t->l->place;
	enum unixpath_result result;
	struct stat before;
	int error;

	if (fstatat(p->dir, p->name, &before, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? UNIXPATH_OPEN : fail_errno(t, "bind");
	if (!S_ISSOCK(before.st_mode))
		return fail(t, EX_UNAVAILABLE, "bind",
		    "it exists and is not a socket");
	error = probe(t->l->path, SOCK_STREAM);
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
	default: /* in use, or unknown: EAGAIN, EPROTOTYPE... */
		return busy(t, "it is in use");
	}
	if ((result = may_remove(t, &before)) != UNIXPATH_OPEN)
		return result;
	/* It may listen by now. */
	if (probe(t->l->path, SOCK_STREAM) != 0 || !place_has(p, &before))
		return busy(t, "it is in use");
	if (unlinkat(p->dir, p->name, 0) == -1 && errno != ENOENT)
		return fail_errno(t, "remove the stale");
	return UNIXPATH_OPEN;
}

/* Removes the path if it is still the socket that was bound. */
static void
path_remove(const struct listener *l)
{
	const struct stat st = { .st_dev = l->dev, .st_ino = l->ino };

	if (place_has(&l->place, &st))
		(void)unlinkat(l->place.dir, l->place.name, 0);
}

/* Binds with the right mode from the start, then sets the owner. */
static enum unixpath_result
path_bind(const struct claim *t, uid_t uid, gid_t gid)
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
	fd = unixowner_hold_new(l, &st);
	if (fd == -1)
		return fail_errno(t, "find");
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	rc = unixowner_change(fd, &st, uid, gid);
	close(fd);
	return rc == 0 ? UNIXPATH_OPEN : fail_errno(t, "change the owner of");
}

/*
 * A lock file of another user, in a directory that all may write to, is not an
 * error: without the lock only files of main's user are removed, and bind(2)
 * gives a path to one process only.
 */
static enum unixpath_result
lock_take(const struct claim *t)
{
	struct listener *l = t->l;

	if (place_open(&l->place, l->path) == -1)
		return fail_errno(t, "bind");
	switch (lockfile_take(&l->place, &l->lock)) {
	case LOCKFILE_TAKEN:
	case LOCKFILE_FOREIGN:
		return UNIXPATH_OPEN;
	case LOCKFILE_HELD:
		return busy(t, "it is served by another process");
	case LOCKFILE_STRANGE:
		return fail(t, EX_UNAVAILABLE, "lock",
		    "PATH.lock is not a regular file");
	default:
		return fail_errno(t, "lock");
	}
}

static enum unixpath_result
path_take(const struct claim *t, uid_t uid, gid_t gid)
{
	enum unixpath_result result = UNIXPATH_OPEN;

	if (t->l->path[0] != '@') {
		result = lock_take(t);
		if (result == UNIXPATH_OPEN)
			result = remove_stale(t);
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
	const struct claim t = { .l = l, .sc = sc, .err = err };
	enum unixpath_result result;
	uid_t uid;
	gid_t gid;

	if (unixowner_find(sc, &uid, &gid) == -1)
		return fail(&t, EX_CONFIG, "bind",
		    "socket_user or socket_group does not exist");
	result = path_take(&t, uid, gid);
	if (result != UNIXPATH_OPEN) {
		unixpath_remove(l);
		io_close(l->fd);
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
	lockfile_release(&l->place, &l->lock);
	place_close(&l->place);
}
