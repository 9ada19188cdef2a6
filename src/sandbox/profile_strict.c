/* SPDX-License-Identifier: ISC */
/*
 * strict: what basic allows and is in allowed_calls, similar to systemd's
 * @system-service; no memory that is both writable and executable, like
 * systemd's MemoryDenyWriteExecute=; sockets of the usual kinds only.
 * The filter allows by default and refuses every number up to the last known one
 * that is not in the list, so that basic's rules on arguments apply here, too.
 */
#include "config.h"

#ifdef HAVE_SECCOMP

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>

#include "sandbox/profile_rules.h"

static const char *const allowed_calls[] = {
	/* input and output */
	"_llseek", "_newselect", "close", "close_range", "copy_file_range",
	"dup", "dup2", "dup3", "epoll_create", "epoll_create1", "epoll_ctl",
	"epoll_ctl_old", "epoll_pwait", "epoll_pwait2", "epoll_wait",
	"epoll_wait_old", "eventfd", "eventfd2", "fadvise64", "fadvise64_64",
	"arm_fadvise64_64", "fdatasync", "flock", "fsync", "io_cancel",
	"io_destroy", "io_getevents", "io_pgetevents", "io_pgetevents_time64",
	"io_setup", "io_submit", "ioctl", "lseek", "pipe", "pipe2", "poll",
	"ppoll", "ppoll_time64", "pread64", "preadv", "preadv2", "pselect6",
	"pselect6_time64", "pwrite64", "pwritev", "pwritev2", "read",
	"readahead", "readv", "select", "sendfile", "sendfile64", "splice",
	"sync", "sync_file_range", "sync_file_range2", "syncfs", "tee",
	"vmsplice", "write", "writev",
	/* files */
	"access", "chdir", "creat", "faccessat", "faccessat2", "fallocate",
	"fchdir", "fcntl", "fcntl64", "fgetxattr", "flistxattr", "fstat",
	"fstat64", "fstatat64", "fstatfs", "fstatfs64", "ftruncate",
	"ftruncate64", "getcwd", "getdents", "getdents64", "getxattr",
	"getxattrat", "inotify_add_watch", "inotify_init", "inotify_init1",
	"inotify_rm_watch", "lgetxattr", "link", "linkat", "listxattr",
	"listxattrat", "llistxattr", "lstat", "lstat64", "mkdir", "mkdirat",
	"mknod", "mknodat", "name_to_handle_at", "newfstatat", "oldfstat",
	"oldlstat", "oldstat", "open", "openat", "readdir", "readlink",
	"readlinkat", "rename", "renameat", "renameat2", "rmdir", "stat",
	"stat64", "statfs", "statfs64", "statx", "symlink", "symlinkat",
	"truncate", "truncate64", "umask", "unlink", "unlinkat", "cachestat",
	"file_getattr",
	/* network */
	"accept", "accept4", "bind", "connect", "getpeername", "getsockname",
	"getsockopt", "listen", "recv", "recvfrom", "recvmmsg",
	"recvmmsg_time64", "recvmsg", "send", "sendmmsg", "sendmsg", "sendto",
	"setsockopt", "shutdown", "socket", "socketcall", "socketpair",
	/* memory */
	"brk", "get_mempolicy", "madvise", "mbind", "membarrier",
	"migrate_pages", "mincore", "mlock", "mlock2", "mlockall", "mmap",
	"mmap2", "move_pages", "mprotect", "mremap", "mseal", "msync",
	"munlock", "munlockall", "munmap", "pkey_alloc", "pkey_free",
	"pkey_mprotect", "process_madvise", "remap_file_pages", "set_mempolicy",
	"set_mempolicy_home_node",
	/* processes and threads */
	"arch_prctl", "clone", "execve", "execveat", "exit", "exit_group",
	"fork", "futex", "futex_requeue", "futex_time64", "futex_wait",
	"futex_waitv", "futex_wake", "get_robust_list", "get_thread_area",
	"getcpu", "getpgid", "getpgrp", "getpid", "getppid", "getpriority",
	"getrlimit", "getrusage", "getsid", "gettid", "ioprio_get",
	"ioprio_set", "map_shadow_stack", "nice", "personality", "pidfd_open",
	"prctl", "prlimit64", "riscv_flush_icache", "riscv_hwprobe", "rseq",
	"sched_get_priority_max", "sched_get_priority_min", "sched_getaffinity",
	"sched_getattr", "sched_getparam", "sched_getscheduler",
	"sched_rr_get_interval", "sched_rr_get_interval_time64",
	"sched_setaffinity", "sched_setattr", "sched_setparam",
	"sched_setscheduler", "sched_yield", "set_robust_list",
	"set_thread_area", "set_tid_address", "setpgid", "setpriority",
	"setrlimit", "setsid", "swapcontext", "ugetrlimit", "unshare",
	"uretprobe", "vfork", "wait4", "waitid", "waitpid",
	/* a program may confine itself further */
	"capget", "capset", "landlock_add_rule", "landlock_create_ruleset",
	"landlock_restrict_self", "seccomp",
	/* users: without a capability they change little */
	"getegid", "getegid32", "geteuid", "geteuid32", "getgid", "getgid32",
	"getgroups", "getgroups32", "getresgid", "getresgid32", "getresuid",
	"getresuid32", "getuid", "getuid32", "setfsgid", "setfsgid32",
	"setfsuid", "setfsuid32", "setgid", "setgid32", "setgroups",
	"setgroups32", "setregid", "setregid32", "setresgid", "setresgid32",
	"setresuid", "setresuid32", "setreuid", "setreuid32", "setuid",
	"setuid32",
	/* signals */
	"kill", "pause", "pidfd_send_signal", "restart_syscall", "rt_sigaction",
	"rt_sigpending", "rt_sigprocmask", "rt_sigqueueinfo", "rt_sigreturn",
	"rt_sigsuspend", "rt_sigtimedwait", "rt_sigtimedwait_time64",
	"rt_tgsigqueueinfo", "sigaction", "sigaltstack", "signal", "signalfd",
	"signalfd4", "sigpending", "sigprocmask", "sigreturn", "sigsuspend",
	"tgkill", "tkill",
	/* time */
	"alarm", "clock_getres", "clock_getres_time64", "clock_gettime",
	"clock_gettime64", "clock_nanosleep", "clock_nanosleep_time64",
	"getitimer", "gettimeofday", "nanosleep", "setitimer", "time",
	"timer_create", "timer_delete", "timer_getoverrun", "timer_gettime",
	"timer_gettime64", "timer_settime", "timer_settime64", "timerfd_create",
	"timerfd_gettime", "timerfd_gettime64", "timerfd_settime",
	"timerfd_settime64", "times",
	/* */
	"getrandom", "oldolduname", "olduname", "sysinfo", "uname", NULL
};

/* Landlock has no right for a file's attributes, so only services that may write
 * files have these. */
static const char *const attribute_calls[] = { "chmod", "chown", "chown32",
	"fchmod", "fchmodat", "fchown", "fchown32", "fchownat", "fremovexattr",
	"fsetxattr", "futimesat", "lchown", "lchown32", "lremovexattr",
	"lsetxattr", "removexattr", "removexattrat", "setxattr", "setxattrat",
	"utime", "utimensat", "utimensat_time64", "utimes", NULL };

static const struct profile_rule rules[] = {
#if !defined(__i386__) && !defined(__s390__) /* there it takes a struct */
	DENY_FLAG("mmap", 2, (PROT_WRITE | PROT_EXEC)),
#endif
	DENY_FLAG("mmap2", 2, (PROT_WRITE | PROT_EXEC)),
	DENY_FLAG("mprotect", 2, PROT_EXEC),
	DENY_FLAG("pkey_mprotect", 2, PROT_EXEC),
	/* A lease would delay other processes that open the file. */
	DENY("fcntl", ARG_INT(1, F_SETLEASE)),
	DENY("fcntl64", ARG_INT(1, F_SETLEASE)),
	{ .name = NULL },
};

/* ioctl(2) on attributes and whole files, by the type in the number: of most file
 * systems, xfs, ext2's versions, btrfs and reflinks. */
#define DENY_IOCTLS(type)                                                      \
	REFUSE("ioctl", ENOTTY, ARG_MASK(1, 0xff00, (type) << 8))

static const struct profile_rule attribute_rules[] = {
	DENY_IOCTLS('f'),
	DENY_IOCTLS('X'),
	DENY_IOCTLS('v'),
	DENY_IOCTLS(0x94),
	{ .name = NULL },
};

/*
 * Allows 0, the usual one, and 0xffffffff, which reads the present one: in every
 * other number a bit that is set precedes one that is not.
 */
static void
deny_personalities(struct profile_filter *f)
{
	struct profile_rule r[] = { { .name = "personality", .error = EPERM },
		{ .name = NULL } };
	unsigned int bit, next;

	for (bit = 0; bit < 32; bit++) {
		next = (bit + 1) % 32;
		r[0].arg[0] = (struct scmp_arg_cmp)ARG_MASK(0,
		    1U << bit | 1U << next, 1U << bit);
		profile_add(f, r);
	}
}

/* By number, so that calls that libseccomp has no name for are included. */
static void
deny_unlisted(struct profile_filter *f)
{
	int last = profile_last(), nr;

	/* Of MIPS' ranges only the native one. */
	for (nr = last / 1000 * 1000; nr <= last && nr < PROFILE_CALLS; nr++)
		if (!f->decided[nr])
			profile_call(f, EPERM, nr);
}

void
profile_strict(struct profile_filter *f)
{
	profile_basic(f);
	profile_add(f, rules);
	deny_personalities(f);
	profile_sockets(f);
	profile_calls(f, PROFILE_LEAVE, allowed_calls);
	if (f->writes)
		profile_calls(f, PROFILE_LEAVE, attribute_calls);
	else
		profile_add(f, attribute_rules);
	deny_unlisted(f);
}

#endif
