/* SPDX-License-Identifier: ISC */
/*
 * The profiles of programs, basic and strict.  Each is loaded into a child of
 * the test, which then tries what must work and what must not.  The arguments
 * are such that the kernel itself would answer with another errno than the
 * filter.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
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

#include "main/attempts.h"
#include "inject.h"
#include "runner.h"

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

static long
modes(void)
{
	char name[] = "/tmp/check_profile.XXXXXX";
	int fd;

	TRY(fd = mkstemp(name));
	TRY(unlink(name));
	TRY(fchmod(fd, 0755 | S_ISVTX));
	return close(fd);
}

static long
sockets(void)
{
	TRY(socket(AF_INET, SOCK_STREAM, 0));
	TRY(socket(AF_INET6, SOCK_DGRAM, 0));
	TRY(socket(AF_UNIX, SOCK_STREAM, 0));
	return socket(AF_NETLINK, SOCK_RAW, 0);
}

CALL(mmap_wx, SYS_mmap, NULL, 4096, PROT_WRITE | PROT_EXEC,
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
CALL(packet_, SYS_socket, AF_PACKET, -1, 0)
CALL(vsock_, SYS_socket, AF_VSOCK, -1, 0)
CALL(vsock_high, SYS_socket, HIGH | AF_VSOCK, -1, 0)
CALL(alg_, SYS_socket, AF_ALG, -1, 0)
CALL(sysfs_, SYS_sysfs, 99, 0, 0)
CALL(gap_, 400)

static const struct attempt programs_can[] = {
	{ "ioctl", ioctl_, EBADF },
	{ "pidfd_open", pidfd_, 0 },
	{ "execve", execute, 0 },
	{ "threads", run_a_thread, 0 },
	{ "chmod", modes, 0 },
	{ "sockets", sockets, 0 },
	{ "unshare, files", unshare_files, 0 },
	{ "open, mode without O_CREAT", open_stray_mode, EBADF },
	{ "kill, another signal", kill_hup, ESRCH },
	{ "what a session sets", what_a_session_sets, 0 },
	{ .what = NULL },
};

static const struct attempt programs_cannot[] = {
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
	{ "ioctl TIOCSTI", sti_, EPERM },
	{ "ioctl TIOCSTI, high bits", sti_high, EPERM },
	{ .what = NULL },
};

START_TEST(basic_leaves_programs_what_they_need)
{
	static const struct attempt attempts[] = {
		{ "mmap, writable and executable", mmap_wx, 0 },
		{ "chroot", chroot_, ENOENT },
		{ .what = NULL },
	};

	expect(PROFILE_BASIC, works_always, attempts, programs_can, NULL);
}
END_TEST

START_TEST(basic_refuses_what_no_service_needs)
{
	expect(PROFILE_BASIC, foreign_calls, unknown_calls, programs_cannot,
	    NULL);
}
END_TEST

START_TEST(strict_leaves_programs_what_they_need)
{
	static const struct attempt attempts[] = {
		{ "mmap, executable", mmap_exec, 0 },
		{ .what = NULL },
	};

	expect(PROFILE_STRICT, works_always, attempts, programs_can, NULL);
}
END_TEST

START_TEST(strict_refuses_more)
{
	static const struct attempt attempts[] = {
		{ "mmap, writable and executable", mmap_wx, EPERM },
		{ "mprotect, executable", mprotect_exec, EPERM },
		{ "chroot", chroot_, EPERM },
		{ "AF_PACKET", packet_, EAFNOSUPPORT },
		{ "AF_VSOCK", vsock_, EAFNOSUPPORT },
		{ "AF_VSOCK, high bits", vsock_high, EAFNOSUPPORT },
		{ "AF_ALG", alg_, EAFNOSUPPORT },
		{ "sysfs", sysfs_, EPERM },
		{ "a number between", gap_, EPERM },
		{ .what = NULL },
	};

	expect(PROFILE_STRICT, foreign_calls, unknown_calls, programs_cannot,
	    attempts, NULL);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	runner_add(tc, lack, basic_leaves_programs_what_they_need);
	runner_add(tc, lack, basic_refuses_what_no_service_needs);
	runner_add(tc, lack, strict_leaves_programs_what_they_need);
	runner_add(tc, lack, strict_refuses_more);
}

int
main(void)
{
	if (!profile_available()) {
		puts("1..0 # SKIP built without libseccomp");
		return 0;
	}
	return runner_main("profile_programs", add);
}
