/* SPDX-License-Identifier: ISC */
/*
 * Cheap forks.  fork(2) copies the mappings and page tables of the acceptor, so
 * there are few of them:
 *
 *	high	argv, the environment		inherited: the title in ps
 *		main's frames			inherited
 *		a session's stack		inherited, but not yet written
 *	low	the loop's frames		not inherited (MADV_DONTFORK)
 *
 * The acceptor writes its frames all the time.  If they were inherited, each
 * fork would cost it the copy of a page, and the session would keep the old page;
 * and when the kernel handles such a page (reclaim, migration) it would search
 * all sessions, while forks wait.
 */
#ifndef TINED_ACCEPTOR_FORK_H
#define TINED_ACCEPTOR_FORK_H

#include <sys/types.h>

#include "ipc/scoreboard.h"
#include "service/stream.h"

/*
 * Joins the program's mappings.  The linker makes headers and relocations, the
 * text, the constants, the relocated constants (RELRO), .data and .bss; they
 * become the text, one shared mapping of constants, which fork does not copy,
 * and one of variables.  The constants are then in a sealed memfd, never writable
 * again.  Needs a single thread.  On errors the mappings stay as they were, and
 * forks cost more.
 */
void image_pack(void);

/*
 * Calls run(arg) in frames that no session inherits, with *sessions the stack on
 * which sessions begin; NULL where that is not implemented, or RLIMIT_STACK is
 * too low.
 */
void stack_run(void **sessions, void (*run)(void *), void *arg);

/*
 * Forks a session, on stack or, where that is NULL, on the caller's: serve runs
 * with a copy of *s, and the process exits.  The kernel stores the pid in the
 * slot before the child runs (CLONE_PARENT_SETTID): whenever the acceptor dies,
 * the pid of each session is known.  Returns the pid, or -1 with errno.  s->fd
 * stays the caller's.
 */
pid_t session_fork(const struct session *s, void *stack,
    service_function *serve);

/* Fills in the slot's local address where the listener has every address. */
void session_local(struct scoreboard_slot *slot, int fd);

#endif
