/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <limits.h>
#include <sched.h>
#include <signal.h>

#include "acceptor/session.h"
#include "base/io.h"
#include "base/sys.h"
#include "service/stream.h"

/*
 * A listener on every address does not know which one the peer has chosen:
 * then the slot does not say it yet.
 */
SYS_HOT void
session_local(struct board_slot *slot, int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	if (slot->local.family != AF_UNSPEC)
		return;
	if (getsockname(fd, (struct sockaddr *)&ss, &len) == 0)
		addr_from_sockaddr((struct sockaddr *)&ss, &slot->local);
}

static SYS_HOT void __attribute__((noreturn))
run(struct session *s, void (*serve)(struct session *))
{
	if (s->fd > 3)
		io_close_range(3, (unsigned int)s->fd - 1);
	io_close_range((unsigned int)s->fd + 1, UINT_MAX);
	sys_open_signals();
	session_local(s->slot, s->fd);
	serve(s);
	sys_exit(0);
}

/*
 * fork(2) without what libc adds to it: the child is single-threaded, uses no
 * heap and runs no handlers.  The order of clone's arguments is that of every
 * architecture but s390 and cris as far as the parent's tid.
 */
SYS_HOT pid_t
session_fork(const struct spec *spec, struct board_slot *slot, int fd,
    void (*serve)(struct session *))
{
	struct session s = {
		.fd = fd, .spec = spec, .idle_ms = spec->idle_ms, .slot = slot
	};
	long pid;

	pid = SYS_CALL(SYS_clone, SYS_END_SIGNAL | CLONE_PARENT_SETTID, 0,
	    &slot->pid, 0, 0, 0);
	if (pid == 0)
		run(&s, serve);
	return (pid_t)pid;
}

void
session_farewell(struct session *s)
{
	stream_close(s);
}
