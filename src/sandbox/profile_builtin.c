/* SPDX-License-Identifier: ISC */
/*
 * What acceptors of built-in services and their sessions may do: accept, fork,
 * read and write what is open, read the clock, reap and end their children.
 * Nothing is opened, connected or executed.
 */
#include "config.h"

#ifdef HAVE_SECCOMP

#include <sys/mman.h>
#include <sys/socket.h>

#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>

#include "base/sys.h"
#include "sandbox/profile_rules.h"

/* As glibc forks. */
#define FORK_FLAGS (SIGCHLD | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID)

static const char *const calls[] = {
	/* connections */
	"accept4", "close", "close_range", "getpeername", "getsockname",
	"getsockopt", "poll", "ppoll", "ppoll_time64", "read", "readv", "recv",
	"recvfrom", "recvmsg", "shutdown", "write", "writev",
	/* processes */
	"exit", "exit_group", "getpid", "getppid", "gettid", "set_robust_list",
	"wait4", "waitid", "waitpid",
	/* signals */
	"restart_syscall", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
	"sigreturn",
	/* memory */
	"brk", "madvise", "mremap", "munmap",
	/* where the vdso does not suffice */
	"clock_getres", "clock_getres_time64", "clock_gettime",
	"clock_gettime64", "gettimeofday", "time",
	/* */
	"getrandom", "uname", "uretprobe", NULL
};

#define RULE(call, ...) REFUSE(call, 0, __VA_ARGS__)

/*
 * Not MSG_FASTOPEN: it connects, which a listener that was shut down can still
 * do.  No address: data goes to the peer only.  Where libcs call socketcall(2) a
 * filter cannot see the flags.
 */
#define NO_FLAG_BUT(n, flags) ARG_MASK(n, 0xffffffffU & ~(flags), 0)
#define SEND_FLAGS            (unsigned int)(MSG_DONTWAIT | MSG_NOSIGNAL)

static const struct profile_rule rules[] = {
#if !defined(__i386__) && !defined(__s390__)
	RULE("send", NO_FLAG_BUT(3, SEND_FLAGS)),
	RULE("sendto", NO_FLAG_BUT(3, SEND_FLAGS), { 4, SCMP_CMP_EQ, 0, 0 }),
	RULE("sendmsg", NO_FLAG_BUT(2, SEND_FLAGS)),
#else
	{ .name = "send" },
	{ .name = "sendto" },
	{ .name = "sendmsg" },
#endif
	/* as sessions are forked, as glibc forks, nothing else */
	RULE("clone", ARG_MASK(CLONE_ARG, ~0ULL, SYS_SESSION_FLAGS)),
	RULE("clone", ARG_MASK(CLONE_ARG, ~0ULL, FORK_FLAGS)),
	RULE("kill", ARG_INT(1, 0)),
	RULE("kill", ARG_INT(1, SIGTERM)),
	RULE("kill", ARG_INT(1, SIGKILL)),
	RULE("tgkill", ARG_INT(2, SIGABRT)), /* abort(3) */
	RULE("mmap", ARG_MASK(2, PROT_EXEC, 0)),
	RULE("mmap2", ARG_MASK(2, PROT_EXEC, 0)),
	RULE("mprotect", ARG_MASK(2, PROT_EXEC, 0)),
	RULE("fcntl", ARG_INT(1, F_GETFD)),
	RULE("fcntl", ARG_INT(1, F_SETFD)),
	RULE("fcntl", ARG_INT(1, F_GETFL)),
	RULE("fcntl", ARG_INT(1, F_SETFL)),
	RULE("fcntl64", ARG_INT(1, F_GETFD)),
	RULE("fcntl64", ARG_INT(1, F_SETFD)),
	RULE("fcntl64", ARG_INT(1, F_GETFL)),
	RULE("fcntl64", ARG_INT(1, F_SETFL)),
	/* pthread_once(3) aborts if it cannot wake others. */
	RULE("futex", ARG_INT(1, FUTEX_WAIT_PRIVATE)),
	RULE("futex", ARG_INT(1, FUTEX_WAKE_PRIVATE)),
	RULE("setsockopt", ARG_INT(1, SOL_SOCKET), ARG_INT(2, SO_LINGER)),
	RULE("setsockopt", ARG_INT(1, SOL_SOCKET), ARG_INT(2, SO_RCVTIMEO)),
	RULE("setsockopt", ARG_INT(1, SOL_SOCKET), ARG_INT(2, SO_SNDTIMEO)),
	{ .name = NULL },
};

void
profile_builtin(struct profile_filter *f)
{
	profile_calls(f, 0, calls);
	profile_add(f, rules);
}

#endif
