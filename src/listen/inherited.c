/* SPDX-License-Identifier: ISC */
/*
 * Inherited listeners: sd_listen_fds_with_names(3).  The table is filled once,
 * at start; its descriptors stay open until main ends.
 */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sysexits.h>

#include <systemd/sd-daemon.h>

#include "base/io.h"
#include "listen/inherited.h"
#include "listen/tcpsock.h"

/* names[i] belongs to descriptor SD_LISTEN_FDS_START + i. */
static char **names;
static int nnames;

/* Why fd cannot be served; NULL if it can. */
static const char *
refusal(int fd)
{
	int domain;

	if (fcntl(fd, F_GETFD) == -1)
		return "not open";
	domain = tcpsock_option(fd, SOL_SOCKET, SO_DOMAIN, -1);
	if (domain == -1)
		return "not a socket";
	if (domain != AF_INET && domain != AF_INET6 && domain != AF_UNIX)
		return "not a TCP or Unix socket";
	if (tcpsock_option(fd, SOL_SOCKET, SO_TYPE, -1) != SOCK_STREAM)
		return "not a stream socket";
	if (tcpsock_option(fd, SOL_SOCKET, SO_ACCEPTCONN, 0) == 0)
		return "not listening";
	return NULL;
}

int
inherited_init(struct failure *err)
{
	const char *why;
	int i, fd, n;

	n = sd_listen_fds_with_names(1, &names);
	if (n < 0)
		return errors_fail(err, EX_CONFIG,
		    "LISTEN_FDS, LISTEN_FDNAMES: %s", strerror(-n));
	for (i = 0; i < n; i++) {
		fd = SD_LISTEN_FDS_START + i;
		why = refusal(fd);
		if (why == NULL && io_nonblock(fd, 1) == -1)
			why = strerror(errno);
		if (why != NULL)
			return errors_fail(err, EX_CONFIG,
			    "inherited descriptor %d (%s) cannot be served: "
			    "%s",
			    fd, names[i], why);
	}
	nnames = n;
	return 0;
}

int
inherited_open(struct listener *want)
{
	const char *name = strchr(want->text, ':') + 1; /* systemd:NAME */
	struct listener *l;
	int i, n = 0;

	for (i = 0; i < nnames; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		if ((l = listener_new(want->text)) == NULL)
			return -1;
		TAILQ_INSERT_BEFORE(want, l, entry);
		l->item = want->item;
		l->inherited = true;
		l->fd = fcntl(SD_LISTEN_FDS_START + i, F_DUPFD_CLOEXEC, 0);
		if (l->fd == -1 || listener_read(l) == -1)
			return -1;
		l->asked = l->local;
		n++;
	}
	return n;
}
