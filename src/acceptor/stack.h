/* SPDX-License-Identifier: ISC */
/*
 * The stack of the acceptor and that of its sessions.
 *
 *	high	argv, the environment		inherited: the title that ps shows
 *		main's frames			inherited
 *		a session's stack		inherited, but nobody has written it
 *	low	the loop's frames		not inherited (MADV_DONTFORK)
 *
 * The acceptor writes its frames all the time.  Were they inherited, then each
 * fork would cost it the copy of a page, whose old one would stay with the
 * session; and each look of the kernel at such a page (reclaim, migration) would
 * search all the sessions, while forks wait.
 */
#ifndef TINED_ACCEPTOR_STACK_H
#define TINED_ACCEPTOR_STACK_H

#include "acceptor/acceptor.h"

/*
 * Runs run(a) in frames that no session inherits, and says in
 * a->session_stack where sessions begin; NULL where clone.h can't do that, or
 * RLIMIT_STACK leaves no room for it.
 */
void stack_run(struct acceptor *a, void (*run)(struct acceptor *));

#endif
