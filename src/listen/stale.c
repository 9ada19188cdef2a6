/* SPDX-License-Identifier: ISC */
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

#include "listen/bound.h"
#include "listen/stale.h"

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

/*
 * Whether what nobody listens on may be removed.  Another user's socket only
 * where a lock file that is nobody's any more tells that a tined has left it:
 * it may have been given to socket_user.  Else that user may be about to
 * listen.
 */
static enum unixpath_result
may_remove(const struct claim *t, const struct stat *st)
{
	char why[96];

	if (bound_is(st))
		return claim_busy(t, "another process is about to serve it");
	if (st->st_uid == geteuid() ||
	    (t->l->lock.fd != -1 && t->l->lock.was_there))
		return UNIXPATH_OPEN;
	snprintf(why, sizeof(why),
	    "it belongs to uid %u, who may be about to serve it",
	    (unsigned int)st->st_uid);
	return claim_busy(t, why);
}

/* Removes what a dead server left.  The lock keeps other tineds away; the
 * second look narrows the gap for anybody else. */
enum unixpath_result
stale_clear(const struct claim *t)
{
	const struct place *p = &t->l->place;
	enum unixpath_result result;
	struct stat before;
	int error;

	if (fstatat(p->dir, p->name, &before, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? UNIXPATH_OPEN : claim_errno(t, "bind");
	if (!S_ISSOCK(before.st_mode))
		return claim_fail(t, EX_UNAVAILABLE, "bind",
		    "it exists and is not a socket");
	error = probe(t->l->path);
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
		return claim_errno(t, "bind");
	default: /* live, or none of ours: EAGAIN, EPROTOTYPE... */
		return claim_busy(t, "it is in use");
	}
	if ((result = may_remove(t, &before)) != UNIXPATH_OPEN)
		return result;
	/* It may have begun to listen meanwhile. */
	if (probe(t->l->path) != 0 || !place_has(p, &before))
		return claim_busy(t, "it is in use");
	if (unlinkat(p->dir, p->name, 0) == -1 && errno != ENOENT)
		return claim_errno(t, "remove the stale");
	return UNIXPATH_OPEN;
}
