/* SPDX-License-Identifier: ISC */
/*
 * Every profile is loaded into a child of the test, which then tries what must
 * work and what must not.  The arguments are such that the kernel itself would
 * answer with another errno than the filter.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/sys.h"
#include "main/profile.h"
#include "cage.h"
#include "inject.h"
#include "runner.h"

#define HIGH          (1UL << 32) /* what an int argument does not show */
#define NO_SUCH_CALL  4242
#define SYS_OPENAT2   437
#define SYS_FCHMODAT2 452
#define NELEMS(a)     (sizeof(a) / sizeof((a)[0]))

/* Ends the attempt with -1 where a step of it fails. */
#define TRY(step)                                                              \
	do {                                                                   \
		if ((step) == -1)                                              \
			return -1;                                             \
	} while (0)

static int pair[2]; /* a socketpair, made before the lock */
static char *page;  /* mapped before the lock */

static void
prepare(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(page, MAP_FAILED);
}

static int
lock(const void *arg)
{
	struct sock_fprog prog;
	size_t n;

	if ((prog.filter = profile_build(*(const enum profile *)arg, &n)) ==
	    NULL)
		return -1;
	prog.len = (unsigned short)n;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}

static void
expect(enum profile p, const struct attempt *attempts, size_t n)
{
	const char *report;

	prepare();
	report = cage_try(lock, &p, attempts, n);
	ck_assert_msg(report == NULL, "%s", report);
}

/* ------------------------------------------------- what must work always */

static long
reap(pid_t pid)
{
	int status;

	TRY(waitpid(pid, &status, __WALL));
	errno = ECHILD;
	return status == 0 ? 0 : -1;
}

static long
fork_and_wait(void)
{
	pid_t pid;

	if ((pid = fork()) == 0)
		_exit(0);
	TRY(pid);
	return reap(pid);
}

/* As the acceptor forks its sessions. */
static long
clone_and_wait(void)
{
	long pid;
	int tid;

	pid = syscall(SYS_clone, SYS_END_SIGNAL | CLONE_PARENT_SETTID, 0, &tid,
	    0, 0);
	if (pid == 0)
		_exit(0);
	TRY(pid);
	return reap((pid_t)pid);
}

static long
end_a_child(int sig)
{
	struct timespec ts = { .tv_sec = 20 };
	pid_t pid;

	if ((pid = fork()) == 0) {
		(void)ppoll(NULL, 0, &ts, NULL);
		_exit(0);
	}
	TRY(pid);
	TRY(kill(pid, 0));
	TRY(kill(pid, sig));
	return waitpid(pid, NULL, 0);
}

static long
end_by_term(void)
{
	return end_a_child(SIGTERM);
}

static long
end_by_kill(void)
{
	return end_a_child(SIGKILL);
}

static long
peek_at_a_child(void)
{
	siginfo_t info;
	pid_t pid;

	if ((pid = fork()) == 0)
		_exit(0);
	TRY(pid);
	TRY(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
	return reap(pid);
}

static long
abort_in_a_child(void)
{
	int status;
	pid_t pid;

	if ((pid = fork()) == 0) {
		(void)syscall(SYS_tgkill, getpid(), gettid(), SIGABRT);
		_exit(1);
	}
	TRY(pid);
	TRY(waitpid(pid, &status, __WALL));
	errno = EINVAL;
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? 0 : -1;
}

static long
talk(void)
{
	struct pollfd pfd = { .fd = pair[1], .events = POLLIN };
	char c = 'x';

	TRY(send(pair[0], &c, 1, MSG_NOSIGNAL));
	TRY(write(pair[0], &c, 1));
	TRY(poll(&pfd, 1, 1000));
	TRY(recv(pair[1], &c, 1, MSG_PEEK));
	TRY(read(pair[1], &c, 1));
	return recv(pair[1], &c, 1, 0);
}

static long
pass_a_descriptor(void)
{
	union {
		struct cmsghdr h;
		char buf[CMSG_SPACE(sizeof(int))];
	} c = { .buf = { 0 } };
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &c,
		.msg_controllen = sizeof(c.buf) };

	c.h.cmsg_level = SOL_SOCKET;
	c.h.cmsg_type = SCM_RIGHTS;
	c.h.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&c.h), &pair[0], sizeof(int));
	TRY(sendmsg(pair[0], &msg, 0));
	return recvmsg(pair[1], &msg, 0);
}

static long
names_and_timeouts(void)
{
	struct timeval tv = { .tv_sec = 1 };
	struct linger l = { 1, 1 };
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	TRY(getsockname(pair[0], (struct sockaddr *)&ss, &len));
	len = sizeof(ss);
	TRY(getpeername(pair[0], (struct sockaddr *)&ss, &len));
	TRY(setsockopt(pair[0], SOL_SOCKET, SO_LINGER, &l, sizeof(l)));
	TRY(setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)));
	return setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
}

static long
descriptor_flags(void)
{
	TRY(fcntl(pair[0], F_SETFD, FD_CLOEXEC));
	TRY(fcntl(pair[0], F_GETFD));
	TRY(fcntl(pair[0], F_SETFL, fcntl(pair[0], F_GETFL) | O_NONBLOCK));
	return fcntl(pair[0], F_SETFL, 0);
}

static long
memory(void)
{
	void *p = malloc(4 << 20); /* mapped */

	if (p == NULL)
		return -1;
	memset(p, 1, 4 << 20);
	free(p);
	return (long)syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_WRITE);
}

static long
the_clock(void)
{
	struct timespec ts;

	return syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &ts);
}

static long
the_host_name(void)
{
	struct utsname u;

	return uname(&u);
}

static long
random_bytes(void)
{
	char b[16];

	return syscall(SYS_getrandom, b, sizeof(b), 0);
}

static long
close_the_rest(void)
{
	return syscall(SYS_close_range, 1000, ~0U, 0);
}

static long
accept_somebody(void)
{
	return accept4(pair[0], NULL, NULL, SOCK_CLOEXEC);
}

static long
wake_nobody(void)
{
	static uint32_t word;

	return syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

#define WORKS_ALWAYS                                                           \
	{ "clone", clone_and_wait, 0 }, { "fork", fork_and_wait, 0 },          \
	    { "kill TERM", end_by_term, 0 }, { "kill KILL", end_by_kill, 0 },  \
	    { "waitid", peek_at_a_child, 0 },                                  \
	    { "abort", abort_in_a_child, 0 },                                  \
	    { "socket input and output", talk, 0 },                            \
	    { "SCM_RIGHTS", pass_a_descriptor, 0 },                            \
	    { "socket names, timeouts", names_and_timeouts, 0 },               \
	    { "fcntl", descriptor_flags, 0 }, { "memory", memory, 0 },         \
	    { "clock_gettime", the_clock, 0 }, { "uname", the_host_name, 0 },  \
	    { "getrandom", random_bytes, 0 },                                  \
	    { "close_range", close_the_rest, 0 },                              \
	    { "accept4", accept_somebody, EINVAL },                            \
	{                                                                      \
		"futex", wake_nobody, 0                                        \
	}

/* ------------------------------------------------------ what is refused */

#define CALL(name, ...)                                                        \
	static long name(void)                                                 \
	{                                                                      \
		return (long)syscall(__VA_ARGS__);                             \
	}

CALL(no_such_call, NO_SUCH_CALL)
CALL(openat2_, SYS_OPENAT2, AT_FDCWD, "/", NULL, 0)
CALL(fchmodat2_, SYS_FCHMODAT2, AT_FDCWD, "/nowhere", 0644, 0)
CALL(clone3_, SYS_clone3, NULL, 0)
CALL(io_uring_, SYS_io_uring_setup, 1, NULL)
CALL(openat_, SYS_openat, AT_FDCWD, "/nowhere", O_RDONLY, 0)
CALL(execve_, SYS_execve, "/nowhere", NULL, NULL)
CALL(execveat_, SYS_execveat, -1, "", NULL, NULL, 0x1000)
CALL(socket_, SYS_socket, AF_UNIX, SOCK_STREAM, 0)
CALL(connect_, SYS_connect, -1, NULL, 0)
CALL(bind_, SYS_bind, -1, NULL, 0)
CALL(listen_, SYS_listen, -1, 0)
CALL(ptrace_, SYS_ptrace, 0, 0, 0, 0)
CALL(ioctl_, SYS_ioctl, -1, FIONREAD, NULL)
CALL(prctl_, SYS_prctl, PR_SET_NAME, "x", 0, 0, 0)
CALL(setuid_, SYS_setuid, 12345)
CALL(chroot_, SYS_chroot, "/nowhere")
CALL(memfd_, SYS_memfd_create, "x", 0)
CALL(dup_, SYS_dup, -1)
CALL(dupfd_, SYS_fcntl, -1, F_DUPFD, 0)
CALL(bpf_, SYS_bpf, 0, NULL, 0)
CALL(seccomp_, SYS_seccomp, 99, 0, NULL)
CALL(setpgid_, SYS_setpgid, 0, 0)
CALL(prlimit_, SYS_prlimit64, 0, RLIMIT_CORE, NULL, NULL)
CALL(pidfd_, SYS_pidfd_open, getpid(), 0)
CALL(pipe2_, SYS_pipe2, pair, -1)
CALL(unlink_, SYS_unlinkat, -1, "x", 0)
CALL(kill_hup, SYS_kill, 0x7ffffff0, SIGHUP)
CALL(kill_hup_high, SYS_kill, 0x7ffffff0, HIGH | SIGHUP)
CALL(kill_zero_high, SYS_kill, getpid(), HIGH)
CALL(tgkill_term, SYS_tgkill, 0x7ffffff0, 0x7ffffff0, SIGTERM)
CALL(debug_option, SYS_setsockopt, pair[0], SOL_SOCKET, SO_PRIORITY, NULL, 0)
CALL(clone_vm, SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0)
CALL(clone_bare, SYS_clone, SIGCHLD, 0, 0, 0, 0)
CALL(clone_user, SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0)
CALL(clone_net, SYS_clone, CLONE_NEWNET | SIGCHLD, 0, 0, 0, 0)
CALL(clone_pid, SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0)
CALL(clone_mount, SYS_clone, CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0)
CALL(clone_ipc, SYS_clone, CLONE_NEWIPC | SIGCHLD, 0, 0, 0, 0)
CALL(clone_uts, SYS_clone, CLONE_NEWUTS | SIGCHLD, 0, 0, 0, 0)
CALL(clone_cgroup, SYS_clone, CLONE_NEWCGROUP | SIGCHLD, 0, 0, 0, 0)
CALL(mmap_exec, SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC,
    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
CALL(mmap_wx, SYS_mmap, NULL, 4096, PROT_WRITE | PROT_EXEC,
    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
CALL(mprotect_exec, SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC)

#define UNKNOWN_CALLS                                                          \
	{ "an unknown number", no_such_call, ENOSYS },                         \
	    { "openat2", openat2_, ENOSYS },                                   \
	    { "fchmodat2", fchmodat2_, ENOSYS },                               \
	    { "clone3", clone3_, ENOSYS }, { "io_uring", io_uring_, EPERM },   \
	    { "clone, user namespace", clone_user, EPERM },                    \
	    { "clone, network namespace", clone_net, EPERM },                  \
	    { "clone, pid namespace", clone_pid, EPERM },                      \
	    { "clone, mount namespace", clone_mount, EPERM },                  \
	    { "clone, ipc namespace", clone_ipc, EPERM },                      \
	    { "clone, uts namespace", clone_uts, EPERM },                      \
	{                                                                      \
		"clone, cgroup namespace", clone_cgroup, EPERM                 \
	}

#ifdef __x86_64__
CALL(x32_, 0x40000000 | SYS_getpid)

/* getpid by the 32-bit system call; the result, not errno, in eax. */
static long
i386_(void)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(20)
			 : "memory", "r8", "r9", "r10", "r11");
	if ((int)result < 0) {
		errno = -(int)result;
		return -1;
	}
	return result;
}

#define FOREIGN_CALLS { "x32", x32_, ENOSYS }, { "i386", i386_, ENOSYS },
#else
#define FOREIGN_CALLS
#endif

START_TEST(a_builtin_can_do_what_serving_needs)
{
	static const struct attempt attempts[] = { WORKS_ALWAYS };

	expect(PROFILE_BUILTIN, attempts, NELEMS(attempts));
}
END_TEST

START_TEST(a_builtin_can_do_nothing_else)
{
	static const struct attempt attempts[] = {
		FOREIGN_CALLS UNKNOWN_CALLS,
		{ "openat", openat_, EPERM },
		{ "execve", execve_, EPERM },
		{ "execveat", execveat_, EPERM },
		{ "socket", socket_, EPERM },
		{ "connect", connect_, EPERM },
		{ "bind", bind_, EPERM },
		{ "listen", listen_, EPERM },
		{ "ptrace", ptrace_, EPERM },
		{ "ioctl", ioctl_, EPERM },
		{ "prctl", prctl_, EPERM },
		{ "setuid", setuid_, EPERM },
		{ "chroot", chroot_, EPERM },
		{ "memfd_create", memfd_, EPERM },
		{ "dup", dup_, EPERM },
		{ "fcntl F_DUPFD", dupfd_, EPERM },
		{ "bpf", bpf_, EPERM },
		{ "seccomp", seccomp_, EPERM },
		{ "setpgid", setpgid_, EPERM },
		{ "prlimit64", prlimit_, EPERM },
		{ "pidfd_open", pidfd_, EPERM },
		{ "pipe2", pipe2_, EPERM },
		{ "unlinkat", unlink_, EPERM },
		{ "kill HUP", kill_hup, EPERM },
		{ "kill HUP, high bits", kill_hup_high, EPERM },
		{ "kill 0, high bits", kill_zero_high, 0 },
		{ "tgkill TERM", tgkill_term, EPERM },
		{ "setsockopt", debug_option, EPERM },
		{ "clone like vfork", clone_vm, EPERM },
		{ "clone unlike fork", clone_bare, EPERM },
		{ "mmap, executable", mmap_exec, EPERM },
		{ "mprotect, executable", mprotect_exec, EPERM },
	};

	expect(PROFILE_BUILTIN, attempts, NELEMS(attempts));
}
END_TEST

static long
open_and_map(void)
{
	int fd;

	TRY(fd = open("/proc/self/maps", O_RDONLY));
	TRY(close(fd));
	return mmap_exec();
}

START_TEST(a_wide_builtin_still_cannot_execute_or_connect)
{
	static const struct attempt attempts[] = {
		WORKS_ALWAYS,
		FOREIGN_CALLS UNKNOWN_CALLS,
		{ "open and map", open_and_map, 0 },
		{ "prctl", prctl_, 0 },
		{ "execve", execve_, EPERM },
		{ "execveat", execveat_, EPERM },
		{ "socket", socket_, EPERM },
		{ "connect", connect_, EPERM },
		{ "bpf", bpf_, EPERM },
		{ "setuid", setuid_, EPERM },
	};

	expect(PROFILE_BUILTIN_WIDE, attempts, NELEMS(attempts));
}
END_TEST

/* ------------------------------------------------------------- programs */

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
	return reap(pid);
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

#define PROGRAMS_CAN                                                           \
	{ "ioctl", ioctl_, EBADF }, { "pidfd_open", pidfd_, 0 },               \
	    { "execve", execute, 0 }, { "threads", run_a_thread, 0 },          \
	    { "chmod", modes, 0 }, { "sockets", sockets, 0 },                  \
	    { "unshare, files", unshare_files, 0 },                            \
	    { "open, mode without O_CREAT", open_stray_mode, EBADF },          \
	    { "kill, another signal", kill_hup, ESRCH },                       \
	{                                                                      \
		"what a session sets", what_a_session_sets, 0                  \
	}

#define PROGRAMS_CANNOT                                                        \
	{ "unshare, user namespace", unshare_user, EPERM },                    \
	    { "unshare, time namespace", unshare_time, EPERM },                \
	    { "setns", setns_, EPERM }, { "mount", mount_, EPERM },            \
	    { "umount2", umount_, EPERM }, { "fsopen", fsopen_, EPERM },       \
	    { "open_tree", open_tree_, EPERM },                                \
	    { "pivot_root", pivot_, EPERM },                                   \
	    { "finit_module", module_, EPERM },                                \
	    { "kexec_load", kexec_, EPERM }, { "reboot", reboot_, EPERM },     \
	    { "swapon", swapon_, EPERM },                                      \
	    { "clock_settime", settime_, EPERM },                              \
	    { "adjtimex", adjtimex_, EPERM }, { "ptrace", ptrace_, EPERM },    \
	    { "bpf", bpf_, EPERM }, { "perf_event_open", perf_, EPERM },       \
	    { "keyctl", keyctl_, EPERM }, { "add_key", add_key_, EPERM },      \
	    { "process_vm_readv", vm_readv, EPERM },                           \
	    { "userfaultfd", userfaultfd_, EPERM },                            \
	    { "open_by_handle_at", handle_, EPERM },                           \
	    { "chmod, set-user-ID", chmod_suid, EPERM },                       \
	    { "chmod, set-group-ID", chmod_sgid, EPERM },                      \
	    { "open, set-user-ID", open_suid, EPERM },                         \
	    { "open, set-group-ID", open_sgid, EPERM },                        \
	    { "O_TMPFILE, set-user-ID", tmpfile_suid, EPERM },                 \
	    { "mknod, set-user-ID", mknod_suid, EPERM },                       \
	    { "mkdir, set-group-ID", mkdir_sgid, EPERM },                      \
	    { "ioctl TIOCSTI", sti_, EPERM },                                  \
	{                                                                      \
		"ioctl TIOCSTI, high bits", sti_high, EPERM                    \
	}

START_TEST(basic_leaves_programs_what_they_need)
{
	static const struct attempt attempts[] = {
		WORKS_ALWAYS,
		{ "mmap, writable and executable", mmap_wx, 0 },
		{ "chroot", chroot_, ENOENT },
		PROGRAMS_CAN,
	};

	expect(PROFILE_BASIC, attempts, NELEMS(attempts));
}
END_TEST

START_TEST(basic_refuses_what_no_service_needs)
{
	static const struct attempt attempts[] = { FOREIGN_CALLS UNKNOWN_CALLS,
		PROGRAMS_CANNOT };

	expect(PROFILE_BASIC, attempts, NELEMS(attempts));
}
END_TEST

START_TEST(strict_leaves_programs_what_they_need)
{
	static const struct attempt attempts[] = { WORKS_ALWAYS,
		{ "mmap, executable", mmap_exec, 0 }, PROGRAMS_CAN };

	expect(PROFILE_STRICT, attempts, NELEMS(attempts));
}
END_TEST

START_TEST(strict_refuses_more)
{
	static const struct attempt attempts[] = {
		FOREIGN_CALLS UNKNOWN_CALLS,
		PROGRAMS_CANNOT,
		{ "mmap, writable and executable", mmap_wx, EPERM },
		{ "mprotect, executable", mprotect_exec, EPERM },
		{ "chroot", chroot_, EPERM },
		{ "AF_PACKET", packet_, EAFNOSUPPORT },
		{ "AF_VSOCK", vsock_, EAFNOSUPPORT },
		{ "AF_VSOCK, high bits", vsock_high, EAFNOSUPPORT },
		{ "AF_ALG", alg_, EAFNOSUPPORT },
		{ "sysfs", sysfs_, EPERM },
		{ "a number between", gap_, EPERM },
	};

	expect(PROFILE_STRICT, attempts, NELEMS(attempts));
}
END_TEST

START_TEST(no_profile_is_longer_than_the_kernel_takes)
{
	struct sock_filter *f;
	size_t n;
	int p;

	for (p = PROFILE_BUILTIN; p <= PROFILE_STRICT; p++) {
		n = 0;
		f = profile_build((enum profile)p, &n);
		ck_assert_ptr_nonnull(f);
		ck_assert_uint_gt(n, 8);
		ck_assert_uint_le(n, BPF_MAXINSNS);
		free(f);
	}
}
END_TEST

/* A service that two mains build must not look changed to a reload. */
START_TEST(a_profile_is_the_same_each_time)
{
	struct sock_filter *a, *b;
	size_t na, nb;

	a = profile_build(PROFILE_STRICT, &na);
	b = profile_build(PROFILE_STRICT, &nb);
	ck_assert_uint_eq(na, nb);
	ck_assert_mem_eq(a, b, na * sizeof(*a));
	free(a);
	free(b);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	/* The test itself would not survive it when it is instrumented. */
	if (!WIDE_SANDBOX) {
		runner_add(tc, lack, a_builtin_can_do_what_serving_needs);
		runner_add(tc, lack, a_builtin_can_do_nothing_else);
	}
	runner_add(tc, lack, a_wide_builtin_still_cannot_execute_or_connect);
	runner_add(tc, lack, basic_leaves_programs_what_they_need);
	runner_add(tc, lack, basic_refuses_what_no_service_needs);
	runner_add(tc, lack, strict_leaves_programs_what_they_need);
	runner_add(tc, lack, strict_refuses_more);
	tcase_add_test(tc, no_profile_is_longer_than_the_kernel_takes);
	tcase_add_test(tc, a_profile_is_the_same_each_time);
}

int
main(void)
{
	if (!profile_available()) {
		puts("1..0 # SKIP built without libseccomp");
		return 0;
	}
	return runner_main("profile", add);
}
