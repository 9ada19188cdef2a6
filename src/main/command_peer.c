/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include "main/command_peer.h"

#define GROUPS_MAX 65536 /* NGROUPS_MAX of Linux */

int
command_peer_read(int fd, struct ucred *p)
{
	socklen_t len = sizeof(*p);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, p, &len);
}

bool
command_peer_holds(const struct ucred *p, const gid_t *groups, size_t ngroups,
    const struct command_rights *r)
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

bool
command_peer_may(int fd, const struct ucred *p, const struct command_rights *r)
{
	static gid_t groups[GROUPS_MAX];
	socklen_t len = sizeof(groups);

	/* Where the kernel does not say, none are known. */
	if (!r->has_group ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) == -1)
		len = 0;
	return command_peer_holds(p, groups, len / sizeof(*groups), r);
}
