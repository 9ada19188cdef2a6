/* SPDX-License-Identifier: ISC */
/*
 * What acceptors of built-in services and their sessions may do: accept, fork,
 * read and write what is open, look at the clock, reap and end their children.
 * Nothing is opened, connected or executed.
 *
 * The wide list is for instrumented builds, where the sanitizers' run-time, or
 * valgrind, does things of its own.  It is no sandbox.
 */
#include "config.h"

#ifdef HAVE_SECCOMP

#include <sys/mman.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>

#include "base/sys.h"
#include "sandbox/profile_rules.h"

/* What sessions are forked with, what glibc's fork asks for, nothing else. */
#define SESSION_FLAGS (SYS_END_SIGNAL | CLONE_PARENT_SETTID)
#define FORK_FLAGS    (SIGCHLD | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID)

#define NAMESPACE_FLAGS                                                        \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |         \
	    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

/* s390 has the stack first. */
#ifdef __s390__
#define CLONE_ARG 1
#else
#define CLONE_ARG 0
#endif

static const char *const builtin_calls[] = {
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
	/* where the vdso does not answer */
	"clock_getres", "clock_getres_time64", "clock_gettime",
	"clock_gettime64", "gettimeofday", "time",
	/* */
	"getrandom", "uname", "uretprobe"
};

#define RULE(call, ...)  REFUSE(call, 0, __VA_ARGS__)
#define RULE2(call, ...) REFUSE2(call, 0, __VA_ARGS__)

/*
 * Not MSG_FASTOPEN: it connects, and a listener that was shut down is a socket
 * that can.  Nor is anything sent elsewhere than to the other end.  Where libcs
 * call socketcall(2), no filter sees the flags.
 */
#define NO_FLAG_BUT(n, flags) ARG_MASK(n, 0xffffffffU & ~(flags), 0)
#define SEND_FLAGS            (unsigned int)(MSG_DONTWAIT | MSG_NOSIGNAL)

/* For both lists: what a libc falls back from, and sending. */
static const struct profile_rule common_rules[] = {
	{ .name = "clone3", .error = ENOSYS },
	{ .name = "openat2", .error = ENOSYS },
	{ .name = "fchmodat2", .error = ENOSYS },
#if !defined(__i386__) && !defined(__s390__)
	RULE("send", NO_FLAG_BUT(3, SEND_FLAGS)),
	RULE2("sendto", NO_FLAG_BUT(3, SEND_FLAGS), { 4, SCMP_CMP_EQ, 0, 0 }),
	RULE("sendmsg", NO_FLAG_BUT(2, SEND_FLAGS)),
#else
	{ .name = "send" },
	{ .name = "sendto" },
	{ .name = "sendmsg" },
#endif
};

static const struct profile_rule builtin_rules[] = {
	RULE("clone", ARG_MASK(CLONE_ARG, ~0ULL, SESSION_FLAGS)),
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
	/* pthread_once(3) aborts when it may not wake. */
	RULE("futex", ARG_INT(1, FUTEX_WAIT_PRIVATE)),
	RULE("futex", ARG_INT(1, FUTEX_WAKE_PRIVATE)),
	RULE2("setsockopt", ARG_INT(1, SOL_SOCKET), ARG_INT(2, SO_LINGER)),
	RULE2("setsockopt", ARG_INT(1, SOL_SOCKET), ARG_INT(2, SO_RCVTIMEO)),
	RULE2("setsockopt", ARG_INT(1, SOL_SOCKET), ARG_INT(2, SO_SNDTIMEO)),
};

static const char *const wide_calls[] = { "access", "arch_prctl",
	"clock_nanosleep", "dup", "dup2", "dup3", "epoll_wait", "faccessat",
	"faccessat2", "fcntl", "fcntl64", "flock", "fstat", "fstat64",
	"fstatfs", "fsync", "ftruncate", "futex", "futex_time64",
	"get_robust_list", "getcwd", "getdents", "getdents64", "getegid",
	"geteuid", "getgid", "getgroups", "getpgid", "getpgrp", "getresgid",
	"getresuid", "getrlimit", "getrusage", "getsid", "getuid", "kill",
	"lseek", "lstat", "lstat64", "membarrier", "memfd_create", "mincore",
	"mkdir", "mkdirat", "mlock", "mmap", "mmap2", "mprotect", "msync",
	"munlock", "nanosleep", "newfstatat", "open", "openat", "pipe", "pipe2",
	"prctl", "pread64", "prlimit64", "process_vm_readv", "ptrace",
	"pwrite64", "readlink", "readlinkat", "rename", "renameat", "rseq",
	"rt_sigpending", "rt_sigsuspend", "rt_sigtimedwait",
	"sched_getaffinity", "sched_getparam", "sched_getscheduler",
	"sched_yield", "set_tid_address", "setitimer", "setrlimit",
	"setsockopt", "sigaltstack", "stat", "stat64", "statfs", "statx",
	"sysinfo", "tgkill", "tkill", "timer_create", "timer_delete",
	"timer_settime", "ugetrlimit", "unlink", "unlinkat" };

static const struct profile_rule wide_rules[] = {
	RULE("clone", ARG_MASK(CLONE_ARG, NAMESPACE_FLAGS, 0)),
};

int
profile_builtin(scmp_filter_ctx ctx, bool wide)
{
	int error;

	error = profile_allow(ctx, builtin_calls, NELEMS(builtin_calls));
	if (error == 0)
		error = profile_add(ctx, common_rules, NELEMS(common_rules));
	if (error != 0)
		return error;
	if (!wide)
		return profile_add(ctx, builtin_rules, NELEMS(builtin_rules));
	error = profile_allow(ctx, wide_calls, NELEMS(wide_calls));
	if (error == 0)
		error = profile_add(ctx, wide_rules, NELEMS(wide_rules));
	return error;
}

#endif
