/* SPDX-License-Identifier: ISC */
/*
 * fork(2) onto another stack.
 *
 * The acceptor's own stack is not inherited (fork.h): a session shares no page
 * with it, and the acceptor need not copy its page again after each fork.  The
 * session begins on a page that has not been written yet.  So its arguments
 * cannot be passed in memory: they stay in registers, which a fork copies.
 * CLONE_ONTO is 0 where this is not implemented, and with sanitizers, which
 * know one stack: then the session continues on an inherited stack.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <limits.h>
#include <sched.h>
#include <stddef.h>
#include <unistd.h>

#include "acceptor/fork/fork.h"
#include "base/io.h"
#include "base/sys.h"

/* Address space: pages come when they are written. */
#define SESSION_STACK (256UL * 1024)
#define LOOP_STACK    (1024UL * 1024)
#define LEAST_STACK   (4 * SESSION_STACK) /* else there is not enough room */

/* The slot has no local address yet where the listener has every address. */
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

/* Where a session begins and ends.  Not static: the assembler calls it. */
void session_enter(int fd, const struct settings *settings, int64_t idle_ms,
    struct scoreboard_slot *slot, service_function *serve)
    __attribute__((noreturn, used, visibility("hidden")));

SYS_HOT void
session_enter(int fd, const struct settings *settings, int64_t idle_ms,
    struct scoreboard_slot *slot, service_function *serve)
{
	struct session s = {
		.fd = fd, .settings = settings, .idle_ms = idle_ms, .slot = slot
	};

	/* It is 0 already.  If the first access were a read, the kernel would
	 * map 15 pages of the scoreboard around it, too. */
	atomic_store_explicit(&slot->in, 0, memory_order_relaxed);
	if (fd > 3)
		io_close_range(3, (unsigned int)fd - 1);
	io_close_range((unsigned int)fd + 1, UINT_MAX);
	session_local(slot, fd);
	serve(&s);
	sys_exit(0);
}

#if defined(WIDE_SANDBOX) && WIDE_SANDBOX
#define CLONE_ONTO 0
#elif defined(__x86_64__)
#define CLONE_ONTO 1
/*
 * As sys_call in base/sys.h.  The kernel's arguments are early-clobbered: no other
 * input may share a register with them, even if it has the same value.
 */
static inline long
clone_onto(void *stack, void *pid, const struct session *s,
    service_function *serve)
{
	long ret = SYS_clone, flags = SYS_SESSION_FLAGS;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "mov %[fd], %%rdi\n\t"
			 "mov %[settings], %%rsi\n\t"
			 "mov %[idle], %%rdx\n\t"
			 "mov %[slot], %%rcx\n\t"
			 "mov %[serve], %%r8\n\t"
			 "xor %%ebp, %%ebp\n\t" /* the outermost frame */
			 "call session_enter\n"
			 "1:"
			 : "+&a"(ret), "+&D"(flags), "+&S"(stack), "+&d"(pid)
			 : [fd] "r"((long)s->fd), [settings] "r"(s->settings),
			 [idle] "r"(s->idle_ms), [slot] "r"(s->slot),
			 [serve] "r"(serve)
			 : "rcx", "r11", "memory");
	return ret;
}
#elif defined(__aarch64__)
#define CLONE_ONTO 1
static inline long
clone_onto(void *stack, void *pid, const struct session *s,
    service_function *serve)
{
	register long x8 __asm__("x8") = SYS_clone;
	register long x0 __asm__("x0") = SYS_SESSION_FLAGS;
	register void *x1 __asm__("x1") = stack;
	register void *x2 __asm__("x2") = pid;

	__asm__ volatile("svc 0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x0, %[fd]\n\t"
			 "mov x1, %[settings]\n\t"
			 "mov x2, %[idle]\n\t"
			 "mov x3, %[slot]\n\t"
			 "mov x4, %[serve]\n\t"
			 "mov x29, xzr\n\t" /* the outermost frame */
			 "mov x30, xzr\n\t"
			 "bl session_enter\n"
			 "1:"
			 : "+&r"(x0), "+&r"(x1), "+&r"(x2)
			 : "r"(x8), [fd] "r"((long)s->fd),
			 [settings] "r"(s->settings), [idle] "r"(s->idle_ms),
			 [slot] "r"(s->slot), [serve] "r"(serve)
			 : "x3", "x4", "x30", "memory");
	return x0;
}
#else
#define CLONE_ONTO 0
#endif

/* On an inherited stack.  The order of clone's arguments is that of every
 * architecture but s390 and cris as far as the parent's tid. */
static SYS_HOT long
clone_here(const struct session *s, service_function *serve)
{
	long pid = SYS_CALL(SYS_clone, SYS_SESSION_FLAGS, 0, &s->slot->pid, 0,
	    0, 0);

	if (pid == 0)
		session_enter(s->fd, s->settings, s->idle_ms, s->slot, serve);
	return pid;
}

/*
 * fork(2) without libc's additions: the child is single-threaded, uses no heap
 * and has no handlers.
 */
SYS_HOT pid_t
session_fork(const struct session *s, void *stack, service_function *serve)
{
#if CLONE_ONTO
	if (stack != NULL)
		return (pid_t)sys_result(clone_onto(stack, &s->slot->pid, s,
		    serve));
#endif
	(void)stack;
	return (pid_t)clone_here(s, serve);
}

/* The room is in this frame: what run calls lies below it. */
static void __attribute__((noinline))
run_below(void **sessions, void (*run)(void *), void *arg)
{
	char room[SESSION_STACK];
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t low = ((uintptr_t)room + page - 1) & ~(page - 1);
	uintptr_t high = ((uintptr_t)room + sizeof(room)) & ~(page - 1);

	/* -fstack-clash-protection has written to each page: undo that. */
	madvise((void *)low, high - low, MADV_DONTNEED);
	/* For the part that exists; ENOMEM for the rest, which gets the same
	 * advice when the stack grows.  If it fails, forks cost more. */
	madvise((void *)(low - LOOP_STACK), LOOP_STACK, MADV_DONTFORK);
	*sessions = (void *)high;
	run(arg);
	*sessions = NULL;
}

void
stack_run(void **sessions, void (*run)(void *), void *arg)
{
	struct rlimit rl;

	*sessions = NULL;
	/* RLIMIT_STACK is inherited from the process that started tined. */
	if (CLONE_ONTO && getrlimit(RLIMIT_STACK, &rl) == 0 &&
	    rl.rlim_cur >= LEAST_STACK)
		run_below(sessions, run, arg);
	else
		run(arg);
}
