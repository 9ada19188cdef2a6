/* SPDX-License-Identifier: ISC */
/* What every profile must let work: what serving needs. */
#include "config.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/sys.h"
#include "sandbox/attempts.h"

long
ended_well(pid_t pid)
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
	return ended_well(pid);
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
	return ended_well((pid_t)pid);
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
	return ended_well(pid);
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

const struct attempt works_always[] = {
	{ "clone", clone_and_wait, 0 },
	{ "fork", fork_and_wait, 0 },
	{ "kill TERM", end_by_term, 0 },
	{ "kill KILL", end_by_kill, 0 },
	{ "waitid", peek_at_a_child, 0 },
	{ "abort", abort_in_a_child, 0 },
	{ "socket input and output", talk, 0 },
	{ "SCM_RIGHTS", pass_a_descriptor, 0 },
	{ "socket names, timeouts", names_and_timeouts, 0 },
	{ "fcntl", descriptor_flags, 0 },
	{ "memory", memory, 0 },
	{ "clock_gettime", the_clock, 0 },
	{ "uname", the_host_name, 0 },
	{ "getrandom", random_bytes, 0 },
	{ "close_range", close_the_rest, 0 },
	{ "accept4", accept_somebody, EINVAL },
	{ "futex", wake_nobody, 0 },
	{ .what = NULL },
};
