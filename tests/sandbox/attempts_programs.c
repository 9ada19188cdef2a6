/* SPDX-License-Identifier: ISC */
/* What programs must be able to do, and what they must not, in basic and in
 * strict.  The kernel itself would answer these arguments otherwise. */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sandbox/attempts.h"

#define IOPRIO_WHO_PROCESS 1
#ifndef PR_SCHED_CORE
#define PR_SCHED_CORE 62
#endif

static long
execute(void)
{
	const char *argv[] = { "sh", "-c", "(ls / | cat) >/dev/null", NULL };
	const char *envp[] = { NULL };
	pid_t pid;

	if ((pid = fork()) == 0) {
		(void)syscall(SYS_execve, "/bin/sh", argv, envp);
		_exit(127);
	}
	TRY(pid);
	return ended_well(pid);
}

static void *
thread(void *arg)
{
	return arg;
}

static long
run_a_thread(void)
{
	pthread_t t;
	int error;

	if ((error = pthread_create(&t, NULL, thread, NULL)) != 0) {
		errno = error;
		return -1;
	}
	return -pthread_join(t, NULL);
}

static long
what_a_session_sets(void)
{
	struct rlimit rl = { 512, 512 };

	TRY(syscall(SYS_setpgid, 0, 0));
	TRY(syscall(SYS_setpriority, PRIO_PROCESS, 0, 19));
	TRY(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &rl, NULL));
	TRY(syscall(SYS_umask, 022));
	TRY(syscall(SYS_dup3, pair[0], 100, O_CLOEXEC));
	return syscall(SYS_fchdir, -1) == -1 && errno == EBADF ? 0 : -1;
}

long
change_a_mode(void)
{
	char name[] = "/tmp/check_profile.XXXXXX";
	int fd;

	TRY(fd = mkstemp(name));
	TRY(unlink(name));
	TRY(fchmod(fd, 0755 | S_ISVTX));
	return close(fd);
}

/* Of itself, by 0; of others it may read. */
static long
limits_of_others(void)
{
	struct rlimit rl;

	TRY(syscall(SYS_prlimit64, getpid(), RLIMIT_CORE, NULL, &rl));
	return syscall(SYS_prlimit64, getppid(), RLIMIT_CORE, NULL, &rl);
}

static long
own_scheduling(void)
{
	struct sched_param p = { .sched_priority = 0 };
	unsigned long cpus[16];
	long n;

	TRY(n = syscall(SYS_sched_getaffinity, 0, sizeof(cpus), cpus));
	TRY(syscall(SYS_sched_setaffinity, 0, n, cpus));
	TRY(syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, &p));
	TRY(syscall(SYS_sched_setparam, 0, &p));
	TRY(syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, 3 << 13));
	return syscall(SYS_getpriority, PRIO_USER, 0);
}

SHARED_CALL(mmap_wx, SYS_mmap, NULL, 4096, PROT_WRITE | PROT_EXEC,
    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
CALL(unshare_user, SYS_unshare, CLONE_NEWUSER)
CALL(unshare_time, SYS_unshare, 0x80)
CALL(unshare_files, SYS_unshare, CLONE_FILES)
CALL(setns_, SYS_setns, -1, 0)
CALL(mount_, SYS_mount, NULL, NULL, NULL, 0, NULL)
CALL(umount_, SYS_umount2, "/nowhere", 0)
CALL(fsopen_, SYS_fsopen, NULL, 0)
CALL(open_tree_, SYS_open_tree, -1, "x", 0)
CALL(pivot_, SYS_pivot_root, "/nowhere", "/nowhere")
CALL(module_, SYS_finit_module, -1, NULL, 0)
CALL(kexec_, SYS_kexec_load, 0, 0, NULL, 0xffffUL << 16)
CALL(reboot_, SYS_reboot, 0, 0, 0, NULL)
CALL(swapon_, SYS_swapon, "/nowhere", 0)
CALL(settime_, SYS_clock_settime, 99, NULL)
CALL(adjtimex_, SYS_adjtimex, NULL)
CALL(perf_, SYS_perf_event_open, NULL, 0, 0, -1, 0)
CALL(keyctl_, SYS_keyctl, 0xffff, 0, 0, 0, 0)
CALL(add_key_, SYS_add_key, NULL, NULL, NULL, 0, 0)
CALL(vm_readv, SYS_process_vm_readv, 0x7ffffff0, NULL, 0, NULL, 0, 0)
CALL(userfaultfd_, SYS_userfaultfd, ~0U)
CALL(handle_, SYS_open_by_handle_at, -1, NULL, 0)
CALL(chmod_suid, SYS_fchmodat, -1, "x", 04755)
CALL(chmod_sgid, SYS_fchmod, -1, 02755)
CALL(open_suid, SYS_openat, -1, "x", O_CREAT | O_WRONLY, 04755)
CALL(open_sgid, SYS_openat, -1, "x", O_CREAT | O_WRONLY, 02755)
CALL(tmpfile_suid, SYS_openat, -1, "x", O_TMPFILE | O_WRONLY, 04755)
CALL(open_stray_mode, SYS_openat, -1, "x", O_RDONLY, 06755)
CALL(mknod_suid, SYS_mknodat, -1, "x", S_IFREG | 04755, 0)
CALL(mkdir_sgid, SYS_mkdirat, -1, "x", 02755)
CALL(sti_, SYS_ioctl, -1, TIOCSTI, NULL)
CALL(sti_high, SYS_ioctl, -1, HIGH | TIOCSTI, NULL)
CALL(limit_of_main, SYS_prlimit64, 0x7ffffff0, RLIMIT_CORE, page, NULL)
CALL(limit_by_pid, SYS_prlimit64, getpid(), RLIMIT_CORE, page, NULL)
CALL(limit_of_nobody, SYS_prlimit64, -1, RLIMIT_CORE, page, NULL)
CALL(nice_another, SYS_setpriority, PRIO_PROCESS, 0x7ffffff0, 19)
CALL(nice_by_pid, SYS_setpriority, PRIO_PROCESS, getpid(), 19)
CALL(nice_a_group, SYS_setpriority, PRIO_PGRP, 0, 19)
CALL(nice_a_user, SYS_setpriority, PRIO_USER, 0, 19)
CALL(ioprio_another, SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0x7ffffff0, 3 << 13)
CALL(ioprio_a_group, SYS_ioprio_set, 2, 0, 3 << 13)
CALL(ioprio_a_user, SYS_ioprio_set, 3, 0, 3 << 13)
CALL(affinity_another, SYS_sched_setaffinity, 0x7ffffff0, 8, page)
CALL(affinity_by_pid, SYS_sched_setaffinity, getpid(), 8, page)
CALL(attr_another, SYS_sched_setattr, 0x7ffffff0, page, 0)
CALL(param_another, SYS_sched_setparam, 0x7ffffff0, page)
CALL(scheduler_another, SYS_sched_setscheduler, 0x7ffffff0, 0, page)
CALL(migrate_another, SYS_migrate_pages, 0x7ffffff0, 1, page, page)
CALL(move_another, SYS_move_pages, 0x7ffffff0, 0, NULL, NULL, NULL, 0)
CALL(core_cookie, SYS_prctl, PR_SCHED_CORE, 99, 0, 0, 0)

const struct attempt programs_can[] = {
	{ "ioctl", ioctl_, EBADF },
	{ "pidfd_open", pidfd_, 0 },
	{ "execve", execute, 0 },
	{ "threads", run_a_thread, 0 },
	{ "limits of others, to read", limits_of_others, 0 },
	{ "its own scheduling", own_scheduling, 0 },
	{ "unshare, files", unshare_files, 0 },
	{ "open, mode without O_CREAT", open_stray_mode, EBADF },
	{ "kill, another signal", kill_hup, ESRCH },
	{ "what a session sets", what_a_session_sets, 0 },
	{ .what = NULL },
};

const struct attempt programs_cannot[] = {
	{ "unshare, user namespace", unshare_user, EPERM },
	{ "unshare, time namespace", unshare_time, EPERM },
	{ "setns", setns_, EPERM },
	{ "mount", mount_, EPERM },
	{ "umount2", umount_, EPERM },
	{ "fsopen", fsopen_, EPERM },
	{ "open_tree", open_tree_, EPERM },
	{ "pivot_root", pivot_, EPERM },
	{ "finit_module", module_, EPERM },
	{ "kexec_load", kexec_, EPERM },
	{ "reboot", reboot_, EPERM },
	{ "swapon", swapon_, EPERM },
	{ "clock_settime", settime_, EPERM },
	{ "adjtimex", adjtimex_, EPERM },
	{ "ptrace", ptrace_, EPERM },
	{ "bpf", bpf_, EPERM },
	{ "perf_event_open", perf_, EPERM },
	{ "keyctl", keyctl_, EPERM },
	{ "add_key", add_key_, EPERM },
	{ "process_vm_readv", vm_readv, EPERM },
	{ "userfaultfd", userfaultfd_, EPERM },
	{ "open_by_handle_at", handle_, EPERM },
	{ "chmod, set-user-ID", chmod_suid, EPERM },
	{ "chmod, set-group-ID", chmod_sgid, EPERM },
	{ "open, set-user-ID", open_suid, EPERM },
	{ "open, set-group-ID", open_sgid, EPERM },
	{ "O_TMPFILE, set-user-ID", tmpfile_suid, EPERM },
	{ "mknod, set-user-ID", mknod_suid, EPERM },
	{ "mkdir, set-group-ID", mkdir_sgid, EPERM },
	{ "prlimit64, another", limit_of_main, EPERM },
	{ "prlimit64, itself by number", limit_by_pid, EPERM },
	{ "prlimit64, -1", limit_of_nobody, EPERM },
	{ "setpriority, another", nice_another, EPERM },
	{ "setpriority, itself by number", nice_by_pid, EPERM },
	{ "setpriority, a group", nice_a_group, EPERM },
	{ "setpriority, a user", nice_a_user, EPERM },
	{ "ioprio_set, another", ioprio_another, EPERM },
	{ "ioprio_set, a group", ioprio_a_group, EPERM },
	{ "ioprio_set, a user", ioprio_a_user, EPERM },
	{ "sched_setaffinity, another", affinity_another, EPERM },
	{ "sched_setaffinity, by number", affinity_by_pid, EPERM },
	{ "sched_setattr, another", attr_another, EPERM },
	{ "sched_setparam, another", param_another, EPERM },
	{ "sched_setscheduler, another", scheduler_another, EPERM },
	{ "migrate_pages, another", migrate_another, EPERM },
	{ "move_pages, another", move_another, EPERM },
	{ "prctl PR_SCHED_CORE", core_cookie, EPERM },
	{ "ioctl TIOCSTI", sti_, EPERM },
	{ "ioctl TIOCSTI, high bits", sti_high, EPERM },
	{ .what = NULL },
};
