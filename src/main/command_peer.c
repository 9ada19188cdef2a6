/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>

#include "main/command_peer.h"

#define GROUPS_MAX 65536 /* NGROUPS_MAX of Linux */

int
command_peer_read(int fd, struct command_peer *p)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1)
		return -1;
	p->uid = cred.uid;
	p->gid = cred.gid;
	p->pid = cred.pid;
	return 0;
}

bool
command_peer_holds(const struct command_peer *p, const gid_t *groups,
    size_t ngroups, const struct command_rights *r)
{
	size_t i;

	if (p->uid == 0 || (r->own_may && p->uid == r->own))
		return true;
	if (!r->has_group)
		return false;
	for (i = 0; i < ngroups; i++)
		if (groups[i] == r->group)
			return true;
	return p->gid == r->group;
}

/* The supplementary groups of the peer, to be freed; NULL: none known. */
static gid_t *
read_groups(int fd, size_t *n)
{
	socklen_t len = 0;
	gid_t *groups, none;

	*n = 0;
	/* Fails with ERANGE, and sets the length. */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, &none, &len) == 0 ||
	    errno != ERANGE || len > GROUPS_MAX * sizeof(*groups))
		return NULL;
	groups = malloc(len);
	if (groups == NULL)
		return NULL;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) == -1) {
		free(groups);
		return NULL;
	}
	*n = len / sizeof(*groups);
	return groups;
}

bool
command_peer_may(int fd, const struct command_peer *p,
    const struct command_rights *r)
{
	gid_t *groups = NULL;
	size_t n = 0;
	bool may;

	if (command_peer_holds(p, NULL, 0, r))
		return true;
	if (r->has_group)
		groups = read_groups(fd, &n);
	may = command_peer_holds(p, groups, n, r);
	free(groups);
	return may;
}
