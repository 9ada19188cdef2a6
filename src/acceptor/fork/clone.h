/* SPDX-License-Identifier: ISC */
/*
 * fork(2) onto another stack.
 *
 * The acceptor's own stack is not inherited (stack.h): a session shares no page
 * with it, and the acceptor need not copy its page again after each fork.  The
 * session begins on a page that nobody has written yet.  So nothing can be
 * handed over in memory: its arguments stay in registers, which a fork copies.
 * Where this is not known how to do CLONE_ONTO is 0: the session goes on where
 * it is, on an inherited stack.  So with sanitizers, which know one stack.
 */
#ifndef TINED_ACCEPTOR_CLONE_H
#define TINED_ACCEPTOR_CLONE_H

#include <sys/types.h>

#include <sched.h>

#include "base/sys.h"
#include "service/service.h"

#define CLONE_FLAGS (SYS_END_SIGNAL | CLONE_PARENT_SETTID)

/* Where a session begins; it ends there, too. */
void session_enter(int fd, const struct settings *settings, int64_t idle_ms,
    struct scoreboard_slot *slot, void (*serve)(struct session *))
    __attribute__((noreturn, used, visibility("hidden")));

#if defined(WIDE_SANDBOX) && WIDE_SANDBOX
#define CLONE_ONTO 0
#elif defined(__x86_64__)
#define CLONE_ONTO 1
/*
 * As sys_call in base/sys.h.  What the kernel reads is early-clobbered: no
 * other input may share a register with it, though it has the same value.
 */
static inline long
clone_onto(void *stack, void *pid, const struct session *s,
    void (*serve)(struct session *))
{
	long ret = SYS_clone, flags = CLONE_FLAGS;

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
    void (*serve)(struct session *))
{
	register long x8 __asm__("x8") = SYS_clone;
	register long x0 __asm__("x0") = CLONE_FLAGS;
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

#endif
