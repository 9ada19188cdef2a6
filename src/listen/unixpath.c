/* SPDX-License-Identifier: ISC */
/*
 * Unix listeners: unix(7).  Whoever holds PATH.lock owns PATH: only under the
 * lock is a stale socket looked at, removed and replaced.  A socket that is
 * bound but does not listen yet refuses connections, so mode and owner are
 * right before the first one can come.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <linux/sockios.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "listen/claim.h"
#include "listen/stale.h"
#include "listen/tcpsock.h"
#include "listen/unixpath.h"
#include "names/names.h"

/* Of <linux/un.h>, which cannot be had together with <sys/un.h>. */
#ifndef SIOCUNIXFILE
#define SIOCUNIXFILE (SIOCPROTOPRIVATE + 0)
#endif

/* Removes the path if it is still the socket that we bound. */
static void
path_remove(const struct listener *l)
{
	const struct stat st = { .st_dev = l->dev, .st_ino = l->ino };

	if (place_has(&l->place, &st))
		(void)unlinkat(l->place.dir, l->place.name, 0);
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
path_hold(const struct listener *l, struct stat *st)
{
	int fd;

	fd = openat(l->place.dir, l->place.name,
	    O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return -1;
	if (fstat(fd, st) == 0 && S_ISSOCK(st->st_mode))
		return fd;
	close(fd);
	errno = ESTALE;
	return -1;
}

/*
 * The same just after bind: what we bound and nothing that has taken its place.
 * The kernel says which it is to who has CAP_NET_ADMIN; else it must be ours
 * and new, which is enough where main cannot give it to another user anyway.
 */
static int
path_hold_new(const struct listener *l, struct stat *st)
{
	int fd;

	fd = ioctl(l->fd, SIOCUNIXFILE, 0);
	if (fd == -1) {
		if ((fd = path_hold(l, st)) == -1)
			return -1;
		if (st->st_uid == geteuid() && st->st_nlink == 1)
			return fd;
	} else if (fstat(fd, st) == 0 && place_has(&l->place, st))
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
	fd = path_hold(l, &st);
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
		return errno == EADDRINUSE ? claim_busy(t, "it is in use") :
					     claim_errno(t, "bind");
	if (l->path[0] == '@')
		return UNIXPATH_OPEN;
	fd = path_hold_new(l, &st);
	if (fd == -1)
		return claim_errno(t, "find");
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	rc = change_owner(fd, &st, uid, gid);
	close(fd);
	return rc == 0 ? UNIXPATH_OPEN : claim_errno(t, "change the owner of");
}

/* A lock file of another user's in a directory that everybody may write to
 * does not keep us away: without ours nothing is removed that is not main's
 * user's own, and bind(2) gives a path to one only. */
static enum unixpath_result
lock_take(const struct claim *t)
{
	struct listener *l = t->l;

	if (place_open(&l->place, l->path) == -1)
		return claim_errno(t, "bind");
	switch (lockfile_take(&l->place, &l->lock)) {
	case LOCKFILE_TAKEN:
	case LOCKFILE_FOREIGN:
		return UNIXPATH_OPEN;
	case LOCKFILE_HELD:
		return claim_busy(t, "it is served by another process");
	case LOCKFILE_STRANGE:
		return claim_fail(t, EX_UNAVAILABLE, "lock",
		    "the lock file beside it is no regular file");
	default:
		return claim_errno(t, "lock");
	}
}

static enum unixpath_result
path_take(const struct claim *t, uid_t uid, gid_t gid)
{
	enum unixpath_result result = UNIXPATH_OPEN;

	if (t->l->path[0] != '@') {
		result = lock_take(t);
		if (result == UNIXPATH_OPEN)
			result = stale_clear(t);
	}
	if (result != UNIXPATH_OPEN)
		return result;
	t->l->fd = socket(AF_UNIX, t->l->type | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	if (t->l->fd == -1)
		return claim_errno(t, "bind");
	result = path_bind(t, uid, gid);
	if (result == UNIXPATH_OPEN && tcpsock_listen(t->l->fd, t->sc) == -1)
		result = claim_errno(t, "listen on");
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

	if (find_owner(sc, &uid, &gid) == -1)
		return claim_fail(&t, EX_CONFIG, "bind",
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
	lockfile_release(&l->place, &l->lock);
	place_close(&l->place);
}
