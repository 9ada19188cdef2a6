/* SPDX-License-Identifier: ISC */
/*
 * The system calls of a session, inlined.
 *
 * A child faults in the pages of program text that it executes, 64 KiB at a time.
 * The wrappers of libc are spread over a static program, so each one that a
 * session called could cost a page fault, which is more than the call.  As with
 * the wrappers a failure is -1 with errno.  Builds with sanitizers use the
 * wrappers, which they intercept.
 */
#ifndef TINED_BASE_SYS_H
#define TINED_BASE_SYS_H

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

/*
 * The signal at the end of a built-in session.  Not SIGCHLD, of which only one is
 * kept pending: an acceptor that misses a pid must ask for all children, which
 * the kernel walks through.  Real-time signals are queued, each with its pid.
 * (For a program it is SIGCHLD: execve sets that.)
 */
#define SYS_END_SIGNAL 40

/* clone(2)'s flags for such a session. */
#define SYS_SESSION_FLAGS (SYS_END_SIGNAL | CLONE_PARENT_SETTID)

/* Code that runs between fork and exit is together in the program, too. */
#define SYS_HOT __attribute__((hot))

#if defined(WIDE_SANDBOX) && WIDE_SANDBOX
#define SYS_CALL(nr, a, b, c, d, e, f) syscall(nr, a, b, c, d, e, f)
#elif defined(__x86_64__)
/* System V ABI, AMD64 supplement, A.2.1. */
static inline long
sys_call(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
			 "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}
#elif defined(__aarch64__)
static inline long
sys_call(long nr, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
}
#else
#define SYS_CALL(nr, a, b, c, d, e, f) syscall(nr, a, b, c, d, e, f)
#endif

#ifndef SYS_CALL
#define SYS_RAW 1 /* there is sys_call, which does not set errno */
static inline long
sys_result(long ret)
{
	if (ret >= 0 || ret < -4095)
		return ret;
	errno = (int)-ret;
	return -1;
}
#define SYS_CALL(nr, a, b, c, d, e, f)                                         \
	sys_result(sys_call(nr, (long)(a), (long)(b), (long)(c), (long)(d),    \
	    (long)(e), (long)(f)))
#endif

static inline ssize_t
sys_read(int fd, void *buf, size_t size)
{
	return SYS_CALL(SYS_read, fd, buf, size, 0, 0, 0);
}

static inline ssize_t
sys_write(int fd, const void *buf, size_t size)
{
	return SYS_CALL(SYS_write, fd, buf, size, 0, 0, 0);
}

static inline ssize_t
sys_send(int fd, const void *buf, size_t size, int flags)
{
	return SYS_CALL(SYS_sendto, fd, buf, size, flags, 0, 0);
}

static inline int
sys_setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	return (int)SYS_CALL(SYS_setsockopt, fd, level, name, value, len, 0);
}

/*
 * accept4 with SOCK_CLOEXEC; a failure is returned as -errno.  It fails whenever
 * no connection is pending, and errno is on a page that all sessions have
 * inherited: writing it would copy that page.
 */
static inline int
sys_accept(int fd, struct sockaddr *sa, socklen_t *len)
{
#ifdef SYS_RAW
	return (int)sys_call(SYS_accept4, fd, (long)sa, (long)len, SOCK_CLOEXEC,
	    0, 0);
#else
	int conn = accept4(fd, sa, len, SOCK_CLOEXEC);

	return conn == -1 ? -errno : conn;
#endif
}

/* Signals that no process blocks: those of a crash and of a watchdog. */
#define SYS_SIGNAL(sig) (UINT64_C(1) << ((sig)-1))
#define SYS_FATAL                                                              \
	(SYS_SIGNAL(SIGABRT) | SYS_SIGNAL(SIGBUS) | SYS_SIGNAL(SIGFPE) |       \
	    SYS_SIGNAL(SIGILL) | SYS_SIGNAL(SIGSEGV) | SYS_SIGNAL(SIGSYS) |    \
	    SYS_SIGNAL(SIGTRAP))

/*
 * Blocks all signals but those in open.  They are not ignored, because ignored
 * signals stay so after execve, and to reset them takes a call for each.  Not
 * sigprocmask(3), which leaves two signals open that libc uses.
 */
static inline int
sys_block_all_but(uint64_t open)
{
	uint64_t mask = ~open;
	unsigned long set[8 / sizeof(unsigned long)];
	size_t i;

	for (i = 0; i < sizeof(set) / sizeof(set[0]); i++, mask >>= 32)
		set[i] = (unsigned long)mask;
	return (int)SYS_CALL(SYS_rt_sigprocmask, SIG_SETMASK, set, 0, 8, 0, 0);
}

static inline void __attribute__((noreturn)) sys_exit(int status)
{
	for (;;)
		SYS_CALL(SYS_exit_group, status, 0, 0, 0, 0, 0);
}

#endif
