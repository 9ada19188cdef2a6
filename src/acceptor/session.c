/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "acceptor/session.h"
#include "base/io.h"
#include "service/stream.h"

/* A listener on every address does not know which one the peer has chosen. */
void
session_local(const struct spec *spec, struct board_slot *slot, int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	if (spec->listener[slot->listener].exact != 0)
		return;
	if (getsockname(fd, (struct sockaddr *)&ss, &len) == 0)
		addr_from_sockaddr((struct sockaddr *)&ss, &slot->local);
}

static void __attribute__((noreturn)) run(const struct spec *spec,
    struct board_slot *slot, int fd, void (*serve)(struct session *))
{
	struct session s = { .fd = fd, .spec = spec, .slot = slot };
	sigset_t none;

	if (fd > 3)
		io_close_range(3, (unsigned int)fd - 1);
	io_close_range((unsigned int)fd + 1, UINT_MAX);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	session_local(spec, slot, fd);
	serve(&s);
	_exit(0);
}

/*
 * fork(2) without what libc adds to it: the child is single-threaded, uses no
 * heap and runs no handlers.  The order of clone's arguments is that of every
 * architecture but s390 and cris as far as the parent's tid.
 */
pid_t
session_fork(const struct spec *spec, struct board_slot *slot, int fd,
    void (*serve)(struct session *))
{
	long pid;

	pid = syscall(SYS_clone, (long)(SIGCHLD | CLONE_PARENT_SETTID), 0L,
	    &slot->pid, 0L, 0L);
	if (pid == 0)
		run(spec, slot, fd, serve);
	return (pid_t)pid;
}

void
session_farewell(struct session *s)
{
	stream_close(s);
}
