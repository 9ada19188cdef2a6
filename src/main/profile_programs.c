/* SPDX-License-Identifier: ISC */
/*
 * What programs may do.  Both profiles hold for the acceptor as well, which
 * accepts, forks, sets limits and executes under them.
 *
 * basic: everything but what no network service needs.
 * strict: the same, and of the rest only what stands in allowed_calls, in the
 * spirit of systemd's @system-service; no memory that is both writable and
 * executable, as systemd's MemoryDenyWriteExecute= has it; sockets of the
 * usual families only.  It is made as a filter that allows by default and
 * refuses every number up to the last known one that is not in the list: so
 * one table of rules on arguments serves both profiles.
 */
#include "config.h"

#ifdef HAVE_SECCOMP

#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>

#include "main/profile_rules.h"

#define LAST_FAMILY 64 /* above AF_MAX of any kernel to come soon */

/* s390 has the stack first. */
#ifdef __s390__
#define CLONE_ARG 1
#else
#define CLONE_ARG 0
#endif

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080 /* unshare only: clone has a signal there */
#endif
#ifndef __O_TMPFILE
#define __O_TMPFILE (O_TMPFILE & ~O_DIRECTORY)
#endif

/* Refused altogether, EPERM. */
static const char *const denied_calls[] = {
	/* mounts, and files by other ways than their path */
	"fsconfig", "fsmount", "fsopen", "fspick", "mount", "mount_setattr",
	"move_mount", "open_by_handle_at", "open_tree", "open_tree_attr",
	"pivot_root", "umount", "umount2",
	/* namespaces; clone and unshare have rules below */
	"setns",
	/* the kernel itself */
	"_sysctl", "acct", "bpf", "create_module", "delete_module",
	"finit_module", "get_kernel_syms", "init_module", "kexec_file_load",
	"kexec_load", "lsm_set_self_attr", "nfsservctl", "perf_event_open",
	"query_module", "quotactl", "quotactl_fd", "reboot", "setdomainname",
	"sethostname", "swapoff", "swapon", "syslog", "uselib", "vhangup",
	/* clocks */
	"adjtimex", "clock_adjtime", "clock_adjtime64", "clock_settime",
	"clock_settime64", "settimeofday", "stime",
	/* other processes */
	"kcmp", "lookup_dcookie", "pidfd_getfd", "process_vm_readv",
	"process_vm_writev", "ptrace", "userfaultfd",
	/* hardware */
	"ioperm", "iopl", "modify_ldt", "pciconfig_iobase", "pciconfig_read",
	"pciconfig_write", "s390_pci_mmio_read", "s390_pci_mmio_write", "vm86",
	"vm86old",
	/* keyrings */
	"add_key", "keyctl", "request_key",
	/* what goes past the filter, or past what watches files */
	"fanotify_init", "fanotify_mark", "io_uring_enter", "io_uring_register",
	"io_uring_setup"
};

#define DENY(call, a)                                                          \
	{                                                                      \
		.name = call, .error = EPERM, .nargs = 1, .arg = { a }         \
	}
#define DENY2(call, a, b)                                                      \
	{                                                                      \
		.name = call, .error = EPERM, .nargs = 2, .arg = { a, b }      \
	}

#define DENY_FLAG(call, n, flag) DENY(call, ARG_MASK(n, flag, flag))

#define DENY_NAMESPACES(call, n)                                               \
	DENY_FLAG(call, n, CLONE_NEWNS), DENY_FLAG(call, n, CLONE_NEWCGROUP),  \
	    DENY_FLAG(call, n, CLONE_NEWUTS),                                  \
	    DENY_FLAG(call, n, CLONE_NEWIPC),                                  \
	    DENY_FLAG(call, n, CLONE_NEWUSER),                                 \
	    DENY_FLAG(call, n, CLONE_NEWPID), DENY_FLAG(call, n, CLONE_NEWNET)

/* A mode with a set-user-ID or set-group-ID bit. */
#define DENY_SUID(call, n)                                                     \
	DENY_FLAG(call, n, S_ISUID), DENY_FLAG(call, n, S_ISGID)

#define DENY_OPEN_SUID(call, n, flag, mode)                                    \
	DENY2(call, ARG_MASK((n), flag, flag), ARG_MASK((n) + 1, mode, mode))

#define DENY_OPENS_SUID(call, n)                                               \
	DENY_OPEN_SUID(call, n, O_CREAT, S_ISUID),                             \
	    DENY_OPEN_SUID(call, n, O_CREAT, S_ISGID),                         \
	    DENY_OPEN_SUID(call, n, __O_TMPFILE, S_ISUID),                     \
	    DENY_OPEN_SUID(call, n, __O_TMPFILE, S_ISGID)

static const struct profile_rule rules[] = {
	/* Their arguments stand in memory, where no filter sees them. */
	{ .name = "clone3", .error = ENOSYS },
	{ .name = "fchmodat2", .error = ENOSYS },
	{ .name = "openat2", .error = ENOSYS },

	DENY_NAMESPACES("clone", CLONE_ARG),
	DENY_NAMESPACES("unshare", 0),
	DENY_FLAG("unshare", 0, CLONE_NEWTIME),

	DENY_SUID("chmod", 1),
	DENY_SUID("fchmod", 1),
	DENY_SUID("fchmodat", 2),
	DENY_SUID("mkdir", 1),
	DENY_SUID("mkdirat", 2),
	DENY_SUID("mknod", 1),
	DENY_SUID("mknodat", 2),
	DENY_SUID("creat", 1),
	DENY_OPENS_SUID("open", 1),
	DENY_OPENS_SUID("openat", 2),

	/* Typing into somebody's terminal. */
	DENY("ioctl", ARG_INT(1, TIOCSTI)),
	DENY("ioctl", ARG_INT(1, TIOCLINUX)),
};

static const struct profile_rule strict_rules[] = {
#if !defined(__i386__) && !defined(__s390__) /* there it takes a struct */
	DENY_FLAG("mmap", 2, (PROT_WRITE | PROT_EXEC)),
#endif
	DENY_FLAG("mmap2", 2, (PROT_WRITE | PROT_EXEC)),
	DENY_FLAG("mprotect", 2, PROT_EXEC),
	DENY_FLAG("pkey_mprotect", 2, PROT_EXEC),
	DENY_FLAG("shmat", 2, SHM_EXEC),
};

static const int allowed_families[] = { AF_UNIX, AF_INET, AF_INET6,
	AF_NETLINK };

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
	"access", "chdir", "chmod", "chown", "chown32", "creat", "faccessat",
	"faccessat2", "fallocate", "fchdir", "fchmod", "fchmodat", "fchown",
	"fchown32", "fchownat", "fcntl", "fcntl64", "fgetxattr", "flistxattr",
	"fremovexattr", "fsetxattr", "fstat", "fstat64", "fstatat64", "fstatfs",
	"fstatfs64", "ftruncate", "ftruncate64", "futimesat", "getcwd",
	"getdents", "getdents64", "getxattr", "getxattrat", "inotify_add_watch",
	"inotify_init", "inotify_init1", "inotify_rm_watch", "lchown",
	"lchown32", "lgetxattr", "link", "linkat", "listxattr", "listxattrat",
	"llistxattr", "lremovexattr", "lsetxattr", "lstat", "lstat64", "mkdir",
	"mkdirat", "mknod", "mknodat", "name_to_handle_at", "newfstatat",
	"oldfstat", "oldlstat", "oldstat", "open", "openat", "readdir",
	"readlink", "readlinkat", "removexattr", "removexattrat", "rename",
	"renameat", "renameat2", "rmdir", "setxattr", "setxattrat", "stat",
	"stat64", "statfs", "statfs64", "statx", "symlink", "symlinkat",
	"truncate", "truncate64", "umask", "unlink", "unlinkat", "utime",
	"utimensat", "utimensat_time64", "utimes", "cachestat", "file_getattr",
	/* network */
	"accept", "accept4", "bind", "connect", "getpeername", "getsockname",
	"getsockopt", "listen", "recv", "recvfrom", "recvmmsg",
	"recvmmsg_time64", "recvmsg", "send", "sendmmsg", "sendmsg", "sendto",
	"setsockopt", "shutdown", "socket", "socketcall", "socketpair",
	/* memory, and what is shared */
	"brk", "get_mempolicy", "ipc", "madvise", "mbind", "membarrier",
	"memfd_create", "migrate_pages", "mincore", "mlock", "mlock2",
	"mlockall", "mmap", "mmap2", "move_pages", "mprotect", "mq_getsetattr",
	"mq_notify", "mq_open", "mq_timedreceive", "mq_timedreceive_time64",
	"mq_timedsend", "mq_timedsend_time64", "mq_unlink", "mremap", "mseal",
	"msgctl", "msgget", "msgrcv", "msgsnd", "msync", "munlock",
	"munlockall", "munmap", "pkey_alloc", "pkey_free", "pkey_mprotect",
	"process_madvise", "remap_file_pages", "semctl", "semget", "semop",
	"semtimedop", "semtimedop_time64", "set_mempolicy",
	"set_mempolicy_home_node", "shmat", "shmctl", "shmdt", "shmget",
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
	"getrandom", "oldolduname", "olduname", "sysinfo", "uname"
};

static int programs_deny(scmp_filter_ctx ctx);
static int strict_deny_unlisted(scmp_filter_ctx ctx);
static int strict_deny_families(scmp_filter_ctx ctx);
static bool has_rule(int nr);

int
profile_programs(scmp_filter_ctx ctx, bool strict)
{
	int error;

	error = programs_deny(ctx);
	if (error == 0)
		error = profile_add(ctx, rules, NELEMS(rules));
	if (error != 0 || !strict)
		return error;
	error = profile_add(ctx, strict_rules, NELEMS(strict_rules));
	if (error == 0)
		error = strict_deny_families(ctx);
	if (error == 0)
		error = strict_deny_unlisted(ctx);
	return error;
}

static int
programs_deny(scmp_filter_ctx ctx)
{
	size_t i;
	int error, nr;

	for (i = 0; i < NELEMS(denied_calls); i++) {
		if ((nr = profile_number(denied_calls[i])) == -1)
			continue;
		error = seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO(EPERM), nr,
		    0, NULL);
		if (error != 0)
			return error;
	}
	return 0;
}

static int
strict_deny_families(scmp_filter_ctx ctx)
{
	struct profile_rule r = {
		.name = "socket", .error = EAFNOSUPPORT, .nargs = 1
	};
	size_t i;
	int error, family;

	for (family = 0; family <= LAST_FAMILY; family++) {
		for (i = 0; i < NELEMS(allowed_families); i++)
			if (allowed_families[i] == family)
				break;
		if (i < NELEMS(allowed_families))
			continue;
		r.arg[0] = (struct scmp_arg_cmp)ARG_INT(0, family);
		if ((error = profile_add(ctx, &r, 1)) != 0)
			return error;
	}
	return 0;
}

/* By number, so that those that libseccomp has no name for are in it, too. */
static int
strict_deny_unlisted(scmp_filter_ctx ctx)
{
	bool allowed[8192] = { false };
	size_t i;
	int error, first, last, nr;

	for (i = 0; i < NELEMS(allowed_calls); i++) {
		nr = profile_number(allowed_calls[i]);
		if (nr >= 0 && nr < (int)NELEMS(allowed))
			allowed[nr] = true;
	}
	last = profile_last();
	/* Of MIPS' ranges only the native one is ours. */
	first = last / 1000 * 1000;
	for (nr = first; nr <= last && nr < (int)NELEMS(allowed); nr++) {
		if (allowed[nr] || has_rule(nr))
			continue;
		error = seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO(EPERM), nr,
		    0, NULL);
		if (error != 0)
			return error;
	}
	return 0;
}

/* Whether the tables have refused that number already. */
static bool
has_rule(int nr)
{
	size_t i;

	for (i = 0; i < NELEMS(denied_calls); i++)
		if (profile_number(denied_calls[i]) == nr)
			return true;
	for (i = 0; i < NELEMS(rules); i++)
		if (profile_number(rules[i].name) == nr)
			return true;
	return false;
}

#endif
