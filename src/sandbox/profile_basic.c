/* SPDX-License-Identifier: ISC */
/*
 * basic: programs may do everything except what no network service needs.  The
 * acceptor, which accepts, forks, sets limits and executes, has the same profile.
 * strict includes these rules.
 */
#include "config.h"

#ifdef HAVE_SECCOMP

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>

#include "sandbox/profile_rules.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080 /* unshare only: clone has a signal there */
#endif
#ifndef __O_TMPFILE
#define __O_TMPFILE (O_TMPFILE & ~O_DIRECTORY)
#endif
#ifndef PR_SCHED_CORE
#define PR_SCHED_CORE 62
#endif
#define IOPRIO_WHO_PROCESS 1 /* ioprio_set(2); in no header before 5.15 */

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
	/* what bypasses the filter, or the monitoring of files */
	"fanotify_init", "fanotify_mark", "io_uring_enter", "io_uring_register",
	"io_uring_setup", NULL
};

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
	DENY(call, ARG_MASK((n), flag, flag), ARG_MASK((n) + 1, mode, mode))

#define DENY_OPENS_SUID(call, n)                                               \
	DENY_OPEN_SUID(call, n, O_CREAT, S_ISUID),                             \
	    DENY_OPEN_SUID(call, n, O_CREAT, S_ISGID),                         \
	    DENY_OPEN_SUID(call, n, __O_TMPFILE, S_ISUID),                     \
	    DENY_OPEN_SUID(call, n, __O_TMPFILE, S_ISGID)

static const struct profile_rule rules[] = {
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

	/*
	 * Limits and scheduling of other processes.  A filter does not know
	 * the caller's pid, nor those of its threads: only 0, the calling
	 * thread, is allowed.  A group and a user are others.
	 */
	DENY("prlimit64", ARG_NOT(0, 0), ARG_NOT(2, 0)),
	DENY("setpriority", ARG_NOT(0, PRIO_PROCESS)),
	DENY("setpriority", ARG_NOT(1, 0)),
	DENY("ioprio_set", ARG_NOT(0, IOPRIO_WHO_PROCESS)),
	DENY("ioprio_set", ARG_NOT(1, 0)),
	DENY("sched_setaffinity", ARG_NOT(0, 0)),
	DENY("sched_setattr", ARG_NOT(0, 0)),
	DENY("sched_setparam", ARG_NOT(0, 0)),
	DENY("sched_setscheduler", ARG_NOT(0, 0)),
	DENY("migrate_pages", ARG_NOT(0, 0)),
	DENY("move_pages", ARG_NOT(0, 0)),
	DENY("prctl", ARG_INT(0, PR_SCHED_CORE)),

	/* Input to another's terminal. */
	DENY("ioctl", ARG_INT(1, TIOCSTI)),
	DENY("ioctl", ARG_INT(1, TIOCLINUX)),
	{ .name = NULL },
};

void
profile_basic(struct profile_filter *f)
{
	profile_calls(f, EPERM, denied_calls);
	profile_add(f, rules);
}

#endif
