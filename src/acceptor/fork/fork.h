/* SPDX-License-Identifier: ISC */
/*
 * What makes a fork cheap.  It copies the mappings and page tables of the
 * acceptor, so there are few of them:
 *
 *	high	argv, the environment		inherited: the title that ps shows
 *		main's frames			inherited
 *		a session's stack		inherited, but not yet written
 *	low	the loop's frames		not inherited (MADV_DONTFORK)
 *
 * The acceptor writes its frames all the time.  If they were inherited, each
 * fork would cost it the copy of a page, and the old page would stay with the
 * session; and each look of the kernel at such a page (reclaim, migration)
 * would search all sessions, while forks wait.
 */
#ifndef TINED_ACCEPTOR_FORK_H
#define TINED_ACCEPTOR_FORK_H

#include <sys/types.h>

#include "ipc/scoreboard.h"
#include "service/service.h"

/*
 * Joins the program's mappings.  The linker leaves headers and relocations, the
 * text, the constants, the relocated constants (RELRO), .data and .bss; they
 * become the text, one shared mapping of constants, which fork does not copy,
 * and one of variables.  The constants are then a sealed memfd, never writable
 * again.  Call it while there is one thread.  What fails is left as it was: it
 * works, and costs more.
 */
void image_pack(void);

/*
 * Calls run(arg) in frames that no session inherits, with *sessions the stack
 * on which sessions begin; NULL where clone.h cannot do that, or RLIMIT_STACK
 * leaves no room for it.
 */
void stack_run(void **sessions, void (*run)(void *), void *arg);

/*
 * Forks a session, on stack or, where that is NULL, on the caller's: serve runs
 * with a copy of *s, and the process exits.  The kernel has stored the pid in
 * the slot before the child runs (CLONE_PARENT_SETTID): an acceptor that dies
 * at any moment leaves no session whose pid is unknown.  Returns the pid, or -1
 * with errno.  s->fd stays the caller's.
 */
pid_t session_fork(const struct session *s, void *stack,
    void (*serve)(struct session *));

/* Fills in the slot's local address where the listener did not know it. */
void session_local(struct scoreboard_slot *slot, int fd);

/* Serves nothing: ends a connection without a reset, see stream_close. */
void session_close(struct session *s);

#endif
