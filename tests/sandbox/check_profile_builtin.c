/* SPDX-License-Identifier: ISC */
/*
 * The profiles of built-in services.  Each is loaded into a child of the test,
 * which then tries what must work and what must not.  The arguments are such
 * that the kernel itself would answer with another errno than the filter.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "sandbox/attempts.h"
#include "inject.h"
#include "runner.h"

CALL(openat_, SYS_openat, AT_FDCWD, "/nowhere", O_RDONLY, 0)
CALL(execve_, SYS_execve, "/nowhere", NULL, NULL)
CALL(execveat_, SYS_execveat, -1, "", NULL, NULL, 0x1000)
CALL(socket_, SYS_socket, AF_UNIX, SOCK_STREAM, 0)
CALL(connect_, SYS_connect, -1, NULL, 0)
CALL(bind_, SYS_bind, -1, NULL, 0)
CALL(listen_, SYS_listen, -1, 0)
CALL(prctl_, SYS_prctl, PR_SET_NAME, "x", 0, 0, 0)
CALL(setuid_, SYS_setuid, 12345)
CALL(memfd_, SYS_memfd_create, "x", 0)
CALL(dup_, SYS_dup, -1)
CALL(dupfd_, SYS_fcntl, -1, F_DUPFD, 0)
CALL(seccomp_, SYS_seccomp, 99, 0, NULL)
CALL(setpgid_, SYS_setpgid, 0, 0)
CALL(prlimit_, SYS_prlimit64, 0, RLIMIT_CORE, NULL, NULL)
CALL(pipe2_, SYS_pipe2, pair, -1)
CALL(unlink_, SYS_unlinkat, -1, "x", 0)
CALL(kill_hup_high, SYS_kill, 0x7ffffff0, HIGH | SIGHUP)
CALL(kill_zero_high, SYS_kill, getpid(), HIGH)
CALL(tgkill_term, SYS_tgkill, 0x7ffffff0, 0x7ffffff0, SIGTERM)
CALL(debug_option, SYS_setsockopt, pair[0], SOL_SOCKET, SO_PRIORITY, NULL, 0)
CALL(send_fastopen, SYS_sendto, -1, "x", 1, MSG_FASTOPEN, NULL, 0)
CALL(send_fastopen_more, SYS_sendto, -1, "x", 1,
    HIGH | MSG_FASTOPEN | MSG_NOSIGNAL, NULL, 0)
CALL(send_to_address, SYS_sendto, pair[0], "x", 1, MSG_NOSIGNAL, page, 16)
CALL(sendmsg_fastopen, SYS_sendmsg, -1, NULL, MSG_FASTOPEN)
CALL(sendmmsg_, SYS_sendmmsg, -1, NULL, 0, 0)
CALL(clone_vm, SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0)
CALL(clone_bare, SYS_clone, SIGCHLD, 0, 0, 0, 0)

START_TEST(a_builtin_can_do_what_serving_needs)
{
	expect(PROFILE_BUILTIN, works_always, NULL);
}
END_TEST

START_TEST(a_builtin_can_do_nothing_else)
{
	static const struct attempt attempts[] = {
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
		{ "sendto MSG_FASTOPEN", send_fastopen, EPERM },
		{ "MSG_FASTOPEN among others", send_fastopen_more, EPERM },
		{ "sendto an address", send_to_address, EPERM },
		{ "sendmsg MSG_FASTOPEN", sendmsg_fastopen, EPERM },
		{ "sendmmsg", sendmmsg_, EPERM },
		{ "clone like vfork", clone_vm, EPERM },
		{ "clone unlike fork", clone_bare, EPERM },
		{ "mmap, executable", mmap_exec, EPERM },
		{ "mprotect, executable", mprotect_exec, EPERM },
		{ .what = NULL },
	};

	expect(PROFILE_BUILTIN, foreign_calls, unknown_calls, attempts, NULL);
}
END_TEST

static void
add(TCase *tc)
{
	const char *lack = inject_lack();

	/* The test itself would not survive it when it is instrumented. */
	if (WIDE_SANDBOX)
		return;
	runner_add(tc, lack, a_builtin_can_do_what_serving_needs);
	runner_add(tc, lack, a_builtin_can_do_nothing_else);
}

int
main(void)
{
	if (!profile_available()) {
		puts("1..0 # SKIP built without libseccomp");
		return 0;
	}
	return runner_main("profile_builtin", add);
}
