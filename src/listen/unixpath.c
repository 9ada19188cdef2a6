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
#include "listen/unixpath.h"

/* A path that is being opened. */
struct claim {
	struct listener *l;
	const struct service_conf *sc;
	struct failure *err;
	uid_t uid; /* the owner to be */
	gid_t gid;
};

static int
fail(const struct claim *t, int exit_code, const char *verb, const char *why)
{
	return errors_fail(t->err, exit_code, "%s: %s unix:%s: %s", t->sc->name,
	    verb, t->l->path, why);
}

static int
busy(const struct claim *t, const char *why)
{
	(void)fail(t, EX_UNAVAILABLE, "bind", why);
	t->err->busy = true;
	return -1;
}

static int
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
 * Whether a socket without a listener may be removed: 0, or -1 with err.  That of
 * another user only if the lock file exists and is not locked, so that it was
 * left by a tined: it may have been given to socket_user.  Else that user may be
 * about to listen.
 */
static int
may_remove(const struct claim *t, const struct stat *st)
{
	char why[96];

	if (probe(t->l->path, SOCK_DGRAM) != 0)
		return busy(t, "another process has bound it");
	if (st->st_uid == geteuid() ||
	    (t->l->place.lock != -1 && t->l->place.was_there))
		return 0;
	snprintf(why, sizeof(why),
	    "it belongs to uid %u, which may be about to serve it",
	    (unsigned int)st->st_uid);
	return busy(t, why);
}

/* Removes the socket of a dead server.  The lock excludes other tineds; the
 * second look narrows the race with any other process. */
static int
remove_stale(const struct claim *t)
{
	const struct place *p = &t->l->place;
	struct stat before;

	if (fstatat(p->dir, p->name, &before, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? 0 : fail_errno(t, "bind");
	if (!S_ISSOCK(before.st_mode))
		return fail(t, EX_UNAVAILABLE, "bind",
		    "it exists and is not a socket");
	errno = probe(t->l->path, SOCK_STREAM);
	switch (errno) {
	case 0:
		break;
	case EACCES:
	case EPERM:
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		return fail_errno(t, "bind");
	default: /* in use, or unknown: EAGAIN, EPROTOTYPE... */
		return busy(t, "it is in use");
	}
	if (may_remove(t, &before) == -1)
		return -1;
	/* It may listen by now. */
	if (probe(t->l->path, SOCK_STREAM) != 0 || !place_has(p, &before))
		return busy(t, "it is in use");
	if (unlinkat(p->dir, p->name, 0) == -1 && errno != ENOENT)
		return fail_errno(t, "remove the stale");
	return 0;
}

/*
 * A lock file of another user, in a directory that all may write to, is not an
 * error: without the lock only files of main's user are removed, and bind(2)
 * gives a path to one process only.
 */
static int
lock_take(const struct claim *t)
{
	if (place_open(&t->l->place, t->l->path) == -1)
		return fail_errno(t, "bind");
	switch (place_lock(&t->l->place)) {
	case PLACE_LOCKED:
	case PLACE_FOREIGN:
		return 0;
	case PLACE_HELD:
		return busy(t, "it is served by another process");
	case PLACE_STRANGE:
		return fail(t, EX_UNAVAILABLE, "lock",
		    "PATH.lock is not a regular file");
	default:
		return fail_errno(t, "lock");
	}
}

/* Binds with the right mode from the start. */
static int
path_bind(const struct claim *t)
{
	struct listener *l = t->l;
	struct sockaddr_un sun;
	socklen_t len;
	mode_t old;
	int rc;

	l->fd = socket(AF_UNIX, l->type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l->fd == -1)
		return fail_errno(t, "bind");
	len = addr_to_sockaddr_un(l->path, &sun);
	old = umask(~t->sc->socket_mode & 0777);
	rc = bind(l->fd, (struct sockaddr *)&sun, len);
	umask(old);
	if (rc == -1)
		return errno == EADDRINUSE ? busy(t, "it is in use") :
					     fail_errno(t, "bind");
	return 0;
}

/* Sets the owner of what was bound. */
static int
path_give(const struct claim *t)
{
	struct stat *made = &t->l->made;
	int fd, rc;

	fd = unixowner_hold_new(t->l, made);
	if (fd == -1) {
		made->st_ino = 0;
		return fail_errno(t, "find");
	}
	rc = unixowner_change(fd, made, t->uid, t->gid);
	io_close(fd);
	return rc == 0 ? 0 : fail_errno(t, "change the owner of");
}

static int
path_take(const struct claim *t)
{
	const bool is_path = t->l->path[0] != '@';

	if (is_path && (lock_take(t) == -1 || remove_stale(t) == -1))
		return -1;
	if (path_bind(t) == -1 || (is_path && path_give(t) == -1))
		return -1;
	return tcpsock_listen(t->l->fd, t->sc) == 0 ?
	    0 :
	    fail_errno(t, "listen on");
}

int
unixpath_open(struct listener *l, const struct service_conf *sc,
    struct failure *err)
{
	struct claim t = { .l = l, .sc = sc, .err = err };

	if (unixowner_find(sc, &t.uid, &t.gid) == -1)
		return fail(&t, EX_CONFIG, "bind",
		    "socket_user or socket_group does not exist");
	if (path_take(&t) == 0)
		return 0;
	unixpath_remove(l);
	io_close(l->fd);
	l->fd = -1;
	return -1;
}

void
unixpath_remove(struct listener *l)
{
	if (l->made.st_ino != 0 && place_has(&l->place, &l->made))
		(void)unlinkat(l->place.dir, l->place.name, 0);
	l->made.st_ino = 0;
	place_close(&l->place);
}
