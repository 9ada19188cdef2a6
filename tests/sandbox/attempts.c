/* SPDX-License-Identifier: ISC */
/* The child with a profile, and what every profile refuses. */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>

#include "sandbox/attempts.h"
#include "runner.h"

#define ATTEMPTS_MAX  128
#define NO_SUCH_CALL  4242
#define SYS_OPENAT2   437
#define SYS_FCHMODAT2 452

int pair[2];
char *page;

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
	size_t n;
	const struct sock_filter *f = profile_build(*(const enum profile *)arg,
	    &n);
	struct sock_fprog prog;

	if (f == NULL)
		return -1;
	prog.len = (unsigned short)n;
	prog.filter = (struct sock_filter *)f; /* the kernel only reads it */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}

void
expect(enum profile p, const struct attempt *list, ...)
{
	static struct attempt all[ATTEMPTS_MAX];
	const char *report;
	size_t n = 0;
	va_list ap;

	va_start(ap, list);
	for (; list != NULL; list = va_arg(ap, const struct attempt *))
		for (; list->what != NULL; list++) {
			ck_assert_uint_lt(n, ATTEMPTS_MAX);
			all[n++] = *list;
		}
	va_end(ap);
	prepare();
	report = cage_try(lock, &p, all, n);
	ck_assert_msg(report == NULL, "%s", report);
}

CALL(no_such_call, NO_SUCH_CALL)
CALL(openat2_, SYS_OPENAT2, AT_FDCWD, "/", NULL, 0)
CALL(fchmodat2_, SYS_FCHMODAT2, AT_FDCWD, "/nowhere", 0644, 0)
CALL(clone3_, SYS_clone3, NULL, 0)
CALL(io_uring_, SYS_io_uring_setup, 1, NULL)
CALL(clone_user, SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0)
CALL(clone_net, SYS_clone, CLONE_NEWNET | SIGCHLD, 0, 0, 0, 0)
CALL(clone_pid, SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0)
CALL(clone_mount, SYS_clone, CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0)
CALL(clone_ipc, SYS_clone, CLONE_NEWIPC | SIGCHLD, 0, 0, 0, 0)
CALL(clone_uts, SYS_clone, CLONE_NEWUTS | SIGCHLD, 0, 0, 0, 0)
CALL(clone_cgroup, SYS_clone, CLONE_NEWCGROUP | SIGCHLD, 0, 0, 0, 0)

const struct attempt unknown_calls[] = {
	{ "an unknown number", no_such_call, ENOSYS },
	{ "openat2", openat2_, ENOSYS },
	{ "fchmodat2", fchmodat2_, ENOSYS },
	{ "clone3", clone3_, ENOSYS },
	{ "io_uring", io_uring_, EPERM },
	{ "clone, user namespace", clone_user, EPERM },
	{ "clone, network namespace", clone_net, EPERM },
	{ "clone, pid namespace", clone_pid, EPERM },
	{ "clone, mount namespace", clone_mount, EPERM },
	{ "clone, ipc namespace", clone_ipc, EPERM },
	{ "clone, uts namespace", clone_uts, EPERM },
	{ "clone, cgroup namespace", clone_cgroup, EPERM },
	{ .what = NULL },
};

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
#endif

const struct attempt foreign_calls[] = {
#ifdef __x86_64__
	{ "x32", x32_, ENOSYS },
	{ "i386", i386_, ENOSYS },
#endif
	{ .what = NULL },
};

SHARED_CALL(ioctl_, SYS_ioctl, -1, FIONREAD, NULL)
SHARED_CALL(ptrace_, SYS_ptrace, 0, 0, 0, 0)
SHARED_CALL(chroot_, SYS_chroot, "/nowhere")
SHARED_CALL(bpf_, SYS_bpf, 0, NULL, 0)
SHARED_CALL(pidfd_, SYS_pidfd_open, getpid(), 0)
SHARED_CALL(kill_hup, SYS_kill, 0x7ffffff0, SIGHUP)
SHARED_CALL(mmap_exec, SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC,
    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
SHARED_CALL(mprotect_exec, SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC)
