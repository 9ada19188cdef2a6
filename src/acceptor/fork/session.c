/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <limits.h>
#include <signal.h>

#include "acceptor/fork/clone.h"
#include "acceptor/fork/fork.h"
#include "base/io.h"
#include "base/sys.h"
#include "service/stream.h"

/*
 * A listener on every address does not know which one the peer has chosen:
 * then the slot does not say it yet.
 */
SYS_HOT void
session_local(struct scoreboard_slot *slot, int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	if (slot->local.family != AF_UNSPEC)
		return;
	if (getsockname(fd, (struct sockaddr *)&ss, &len) == 0)
		addr_from_sockaddr((struct sockaddr *)&ss, &slot->local);
}

SYS_HOT void
session_enter(int fd, const struct settings *settings, int64_t idle_ms,
    struct scoreboard_slot *slot, void (*serve)(struct session *))
{
	struct session s = {
		.fd = fd, .settings = settings, .idle_ms = idle_ms, .slot = slot
	};

	/* It is 0.  A first access that reads would have the kernel map 15
	 * pages of the board around it, too. */
	atomic_store_explicit(&slot->in, 0, memory_order_relaxed);
	if (fd > 3)
		io_close_range(3, (unsigned int)fd - 1);
	io_close_range((unsigned int)fd + 1, UINT_MAX);
	session_local(slot, fd);
	serve(&s);
	sys_exit(0);
}

/* On an inherited stack.  The order of clone's arguments is that of every
 * architecture but s390 and cris as far as the parent's tid. */
static SYS_HOT long
clone_here(const struct session *s, void (*serve)(struct session *))
{
	long pid = SYS_CALL(SYS_clone, CLONE_FLAGS, 0, &s->slot->pid, 0, 0, 0);

	if (pid == 0)
		session_enter(s->fd, s->settings, s->idle_ms, s->slot, serve);
	return pid;
}

#if CLONE_ONTO
#define clone_there(stack, s, serve)                                           \
	sys_result(clone_onto(stack, &(s)->slot->pid, s, serve))
#else
#define clone_there(stack, s, serve) clone_here(s, serve)
#endif

/*
 * fork(2) without what libc adds to it: the child is single-threaded, uses no
 * heap and runs no handlers.
 */
SYS_HOT pid_t
session_fork(const struct session *s, void *stack,
    void (*serve)(struct session *))
{
	return (pid_t)(stack == NULL ? clone_here(s, serve) :
				       clone_there(stack, s, serve));
}

void
session_close(struct session *s)
{
	stream_close(s);
}
