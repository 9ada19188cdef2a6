/* SPDX-License-Identifier: ISC */
/*
 * Mode and owner of a Unix path.  They are read and changed through a descriptor
 * of the inode, whatever the path comes to name meanwhile.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/sockios.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/io.h"
#include "listen/unixpath.h"
#include "names/names.h"

/* From <linux/un.h>, which conflicts with <sys/un.h>. */
#ifndef SIOCUNIXFILE
#define SIOCUNIXFILE (SIOCPROTOPRIVATE + 0)
#endif

int
unixowner_find(const struct service_conf *sc, uid_t *uid, gid_t *gid)
{
	*uid = geteuid();
	*gid = getegid();
	errno = EINVAL;
	if (sc->socket_user != NULL &&
	    names_id(sc->names, NAME_USER, sc->socket_user, uid) != NULL)
		return -1;
	if (sc->socket_group != NULL &&
	    names_id(sc->names, NAME_GROUP, sc->socket_group, gid) != NULL)
		return -1;
	return 0;
}

/* An O_PATH descriptor of the path's inode, or -1 with errno. */
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

int
unixowner_hold_new(const struct listener *l, struct stat *st)
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

int
unixowner_change(int fd, const struct stat *st, uid_t uid, gid_t gid)
{
	if (uid == st->st_uid)
		uid = (uid_t)-1;
	if (gid == st->st_gid)
		gid = (gid_t)-1;
	if (uid == (uid_t)-1 && gid == (gid_t)-1)
		return 0;
	return fchownat(fd, "", uid, gid, AT_EMPTY_PATH);
}

/* fchmod(2) of an O_PATH descriptor needs Linux 6.6: use its name. */
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
unixowner_apply(const struct listener *l, const struct service_conf *sc)
{
	int fd, rc = -1;
	struct stat st;
	uid_t uid;
	gid_t gid;

	if (l->path[0] == '@')
		return 0;
	if (unixowner_find(sc, &uid, &gid) == -1 ||
	    (fd = path_hold(l, &st)) == -1)
		return -1;
	/* In this order: main may have CAP_CHOWN only. */
	if (st.st_dev != l->made.st_dev || st.st_ino != l->made.st_ino)
		errno = ESTALE;
	else if ((rc = change_mode(fd, &st, sc->socket_mode)) == 0)
		rc = unixowner_change(fd, &st, uid, gid);
	io_close(fd);
	return rc;
}
