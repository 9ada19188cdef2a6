/* SPDX-License-Identifier: ISC */
/* What the probe tries with system calls by their numbers. */
#include "config.h"

#include <sys/syscall.h>

#include <asm/ioctls.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "behaviour/probe.h"

/* The same numbers on every architecture, and newer than some libc. */
#define NR_IO_URING_SETUP 425
#define NR_CLONE3         435
#define NR_OPENAT2        437
#define NR_PIDFD_GETFD    438
#define NR_FCHMODAT2      452
#define NR_OPEN_TREE      428
#define NR_FSOPEN         430
#define NR_UNKNOWN        600
#define NR_UNKNOWN_LAST   1000

#define NO_PID  0x7ffffffeL
#define NOWHERE (long)"/nonexistent/x"

/* Calls whose arguments are all wrong: who gets as far as that may call. */
static const struct call {
	const char *name;
	long nr;
	long arg[5];
} calls[] = {
	{ "mount", SYS_mount, { 0, NOWHERE, 0, 0, 0 } },
	{ "umount2", SYS_umount2, { NOWHERE, 0 } },
	{ "pivot_root", SYS_pivot_root, { NOWHERE, NOWHERE } },
	{ "open_tree", NR_OPEN_TREE, { -1, NOWHERE, -1 } },
	{ "fsopen", NR_FSOPEN, { 0, -1 } },
	{ "open_by_handle_at", SYS_open_by_handle_at, { -1, 0, 0 } },
	{ "setns", SYS_setns, { -1, 0 } },
	{ "init_module", SYS_init_module, { 0, 0, 0 } },
	{ "finit_module", SYS_finit_module, { -1, 0, 0 } },
	{ "delete_module", SYS_delete_module, { 0, 0 } },
	{ "kexec_load", SYS_kexec_load, { 0, 0, 0, -1 } },
	{ "bpf", SYS_bpf, { -1, 0, 0 } },
	{ "perf_event_open", SYS_perf_event_open, { 0, 0, -1, -1, -1 } },
	{ "quotactl", SYS_quotactl, { -1, 0, 0, 0 } },
	{ "acct", SYS_acct, { NOWHERE } },
	{ "swapon", SYS_swapon, { NOWHERE, 0 } },
	{ "swapoff", SYS_swapoff, { NOWHERE } },
	{ "reboot", SYS_reboot, { 0, 0, 0, 0 } },
	{ "sethostname", SYS_sethostname, { 0, -1 } },
	{ "syslog", SYS_syslog, { -1, 0, 0 } },
	{ "adjtimex", SYS_adjtimex, { 0 } },
	{ "clock_settime", SYS_clock_settime, { 0, 0 } },
	{ "settimeofday", SYS_settimeofday, { 1, 0 } },
	{ "ptrace", SYS_ptrace, { 16, NO_PID, 0, 0 } },
	{ "process_vm_readv", SYS_process_vm_readv, { NO_PID, 0, 0, 0, 0 } },
	{ "kcmp", SYS_kcmp, { NO_PID, NO_PID, 0, 0, 0 } },
	{ "pidfd_getfd", NR_PIDFD_GETFD, { -1, -1, 0 } },
	{ "userfaultfd", SYS_userfaultfd, { -1 } },
	{ "add_key", SYS_add_key, { 1, 0, 0, 0, 0 } },
	{ "keyctl", SYS_keyctl, { -1, 0, 0, 0, 0 } },
	{ "fanotify_init", SYS_fanotify_init, { -1, -1 } },
	{ "io_uring_setup", NR_IO_URING_SETUP, { 0, 0 } },
	{ "clone3", NR_CLONE3, { 0, 0 } },
	{ "openat2", NR_OPENAT2, { -1, 0, 0, 0 } },
	{ "fchmodat2", NR_FCHMODAT2, { -1, NOWHERE, 0, 0 } },
	{ "chroot", SYS_chroot, { NOWHERE } },
	{ "ioctl TIOCSTI", SYS_ioctl, { 0, TIOCSTI, 0 } },
	{ "ioctl TIOCSTI, upper bits", SYS_ioctl,
	    { 0, (long)(1ULL << 40 | TIOCSTI), 0 } },
	{ "ioctl TIOCLINUX", SYS_ioctl, { 0, TIOCLINUX, 0 } },
	{ "ioctl FIONREAD", SYS_ioctl, { 0, FIONREAD, 0 } },
};

static const struct {
	const char *name;
	int flag;
} namespaces[] = {
	{ "mount", CLONE_NEWNS },
	{ "cgroup", CLONE_NEWCGROUP },
	{ "uts", CLONE_NEWUTS },
	{ "ipc", CLONE_NEWIPC },
	{ "user", CLONE_NEWUSER },
	{ "pid", CLONE_NEWPID },
	{ "net", CLONE_NEWNET },
};

static int
do_call(int i)
{
	const struct call *c = &calls[i];

	return (int)syscall(c->nr, c->arg[0], c->arg[1], c->arg[2], c->arg[3],
	    c->arg[4]);
}

static int
do_unknown(int nr)
{
	for (; nr <= NR_UNKNOWN_LAST; nr++)
		if (syscall(nr, 0, 0, 0, 0, 0) != -1 || errno != ENOSYS)
			return -1;
	errno = ENOSYS;
	return -1;
}

static int
do_unshare(int i)
{
	return unshare(namespaces[i].flag);
}

static int
do_clone(int i)
{
	long pid = syscall(SYS_clone, (long)(SIGCHLD | namespaces[i].flag), 0L,
	    0L, 0L, 0L);

	if (pid == 0)
		_exit(0);
	return pid == -1 ? -1 : 0;
}

void
try_calls(void)
{
	char name[TMP_ROOM];
	size_t i;

	for (i = 0; i < NELEMS(calls); i++)
		try(calls[i].name, do_call, (int)i);
	try("unknown numbers", do_unknown, NR_UNKNOWN);
	for (i = 0; i < NELEMS(namespaces); i++) {
		snprintf(name, sizeof(name), "unshare %s", namespaces[i].name);
		try(name, do_unshare, (int)i);
		snprintf(name, sizeof(name), "clone %s", namespaces[i].name);
		try(name, do_clone, (int)i);
	}
}
