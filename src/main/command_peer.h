/* SPDX-License-Identifier: ISC */
/*
 * Who may give commands: root, the members of control_group, and main's own user
 * unless that may be a program's.  Decided by the ids that the kernel knows of
 * the connection, without any look-up.
 */
#ifndef TINED_MAIN_COMMAND_PEER_H
#define TINED_MAIN_COMMAND_PEER_H

#include <sys/socket.h>
#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

#include "logger/log.h"

struct command_rights {
	uid_t own;         /* main's user */
	bool own_may;      /* it may: no program has run as this user */
	const char *group; /* control_group; NULL: none */
	gid_t gid;
};

/* The peer's ids at the time it connected; pid 0: of another pid namespace.  0,
 * or -1 with errno. */
int command_peer_read(int fd, struct ucred *p);

/* Whether these credentials suffice. */
bool command_peer_holds(const struct ucred *p, const gid_t *groups,
    size_t ngroups, const struct command_rights *r);

/* The same, with the groups that the kernel knows of the connection. */
bool command_peer_may(int fd, const struct ucred *p,
    const struct command_rights *r);

/* Why another peer may not, in buf. */
const char *command_peer_refusal(const struct command_rights *r, char *buf,
    size_t size);

/* Logs a refused connection or request, one line a second; verb NULL: unknown. */
void command_peer_log(struct log_pace *pace, const struct ucred *p,
    const char *verb, int code, const char *why);

/* Logs how many the last second has had besides the one line.  When to call
 * again, or 0. */
int64_t command_peer_log_more(struct log_pace *pace, int64_t now);

#endif
