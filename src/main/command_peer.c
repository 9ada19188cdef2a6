/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <stdio.h>

#include "base/clock.h"
#include "main/command_peer.h"

#define GROUPS_MAX 65536 /* NGROUPS_MAX of Linux */
#define LOG_MS     1000  /* between two refusals in the log */

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
	if (r->group == NULL)
		return false;
	for (i = 0; i < ngroups; i++)
		if (groups[i] == r->gid)
			return true;
	return p->gid == r->gid;
}

bool
command_peer_may(int fd, const struct ucred *p, const struct command_rights *r)
{
	static gid_t groups[GROUPS_MAX];
	socklen_t len = sizeof(groups);

	/* Where the kernel does not say, none are known. */
	if (r->group == NULL ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) == -1)
		len = 0;
	return command_peer_holds(p, groups, len / sizeof(*groups), r);
}

const char *
command_peer_refusal(const struct command_rights *r, char *buf, size_t size)
{
	if (r->group == NULL)
		return "not allowed: root may command tined, and there is no "
		       "control_group";
	snprintf(buf, size,
	    "not allowed: root and the group %s may command tined", r->group);
	return buf;
}

void
command_peer_log(struct log_pace *pace, const struct ucred *p, const char *verb,
    int code, const char *why)
{
	if (!log_may_say(pace, clock_ms()))
		return;
	log_event(LEVEL_WARNING, "command", "verb",
	    verb == NULL ? "unknown" : verb, "uid", LOG_NUMBER(p->uid), "pid",
	    LOG_NUMBER(p->pid), "exit", LOG_NUMBER(code), "msg", why,
	    pace->not_shown == 0 ? NULL : "not_shown",
	    LOG_NUMBER(pace->not_shown), NULL);
	pace->not_shown = 0;
}

int64_t
command_peer_log_more(struct log_pace *pace, int64_t now)
{
	if (pace->not_shown == 0)
		return 0;
	if (now - pace->last_ms < LOG_MS)
		return pace->last_ms + LOG_MS;
	log_event(LEVEL_WARNING, "command", "msg", "refused", "not_shown",
	    LOG_NUMBER(pace->not_shown), NULL);
	*pace = (struct log_pace) { .last_ms = now };
	return 0;
}
