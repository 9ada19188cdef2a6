/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include <stddef.h>
#include <unistd.h>

#include "acceptor/fork/clone.h"
#include "acceptor/fork/fork.h"

/* Address space: pages come when they are written. */
#define SESSION_STACK (256UL * 1024)
#define LOOP_STACK    (1024UL * 1024)
#define LEAST_STACK   (4 * SESSION_STACK) /* or there is no room to spare */

#if CLONE_ONTO

/* The room is in this frame: what run calls lies below it. */
static void __attribute__((noinline))
run_below(void **sessions, void (*run)(void *), void *arg)
{
	char room[SESSION_STACK];
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t low = ((uintptr_t)room + page - 1) & ~(page - 1);
	uintptr_t high = ((uintptr_t)room + sizeof(room)) & ~(page - 1);

	/* -fstack-clash-protection has written to each page: not so, then. */
	madvise((void *)low, high - low, MADV_DONTNEED);
	/* As far as there is a stack yet: ENOMEM tells of the rest.  It grows
	 * with the same advice.  Were it not taken, forks would cost more. */
	madvise((void *)(low - LOOP_STACK), LOOP_STACK, MADV_DONTFORK);
	*sessions = (void *)high;
	run(arg);
	*sessions = NULL;
}

/* RLIMIT_STACK is inherited from whoever started tined. */
static bool
has_room(void)
{
	struct rlimit rl;

	return getrlimit(RLIMIT_STACK, &rl) == 0 && rl.rlim_cur >= LEAST_STACK;
}

void
stack_run(void **sessions, void (*run)(void *), void *arg)
{
	*sessions = NULL;
	if (has_room())
		run_below(sessions, run, arg);
	else
		run(arg);
}

#else

void
stack_run(void **sessions, void (*run)(void *), void *arg)
{
	*sessions = NULL;
	run(arg);
}

#endif
