/* SPDX-License-Identifier: ISC */
/*
 * What the floors share: the few system calls of a server that does nothing
 * but what it must.  FLOOR_BARE builds without any libc, by raw calls from a
 * _start of its own; otherwise the same names come from libc.  A floor checks
 * nothing that cannot fail on a benchmark's machine.
 *
 * Each listens on a free port of 127.0.0.1, prints it, and serves until it is
 * killed.
 */
#ifndef FLOOR_H
#define FLOOR_H

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <signal.h>
#include <unistd.h>

#define BACKLOG 4096

#ifdef FLOOR_BARE

static inline long
raw5(long n, long a, long b, long c, long d, long e)
{
#if defined(__x86_64__)
	long result;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return result;
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = n;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
			 : "memory");
	return x0;
#else
#error "the bare floors know x86_64 and aarch64 only"
#endif
}

/* The kernel enters here; what lies on the stack is not needed. */
#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n\tand $-16, %rsp\n\tcall floor_enter\n");
#else
__asm__(".globl _start\n_start:\n\tbl floor_enter\n");
#endif

int main(void);
void floor_enter(void) __attribute__((noreturn, used));

void
floor_enter(void)
{
	raw5(SYS_exit_group, main(), 0, 0, 0, 0);
	__builtin_unreachable();
}

#define floor_socket(domain, type) raw5(SYS_socket, domain, type, 0, 0, 0)
#define floor_setsockopt(fd, level, name, value, len)                          \
	raw5(SYS_setsockopt, fd, level, name, (long)(value), len)
#define floor_bind(fd, sa, len) raw5(SYS_bind, fd, (long)(sa), len, 0, 0)
#define floor_listen_on(fd, n)  raw5(SYS_listen, fd, n, 0, 0, 0)
#define floor_getsockname(fd, sa, len)                                         \
	raw5(SYS_getsockname, fd, (long)(sa), (long)(len), 0, 0)
#define floor_accept(fd)        raw5(SYS_accept4, fd, 0, 0, 0, 0)
#define floor_read(fd, buf, n)  raw5(SYS_read, fd, (long)(buf), n, 0, 0)
#define floor_write(fd, buf, n) raw5(SYS_write, fd, (long)(buf), n, 0, 0)
#define floor_close(fd)         raw5(SYS_close, fd, 0, 0, 0, 0)
#define floor_fork()            raw5(SYS_clone, SIGCHLD, 0, 0, 0, 0)
#define floor_reap()            raw5(SYS_wait4, -1, 0, WNOHANG, 0, 0)
#define floor_exit()            raw5(SYS_exit_group, 0, 0, 0, 0, 0)

#else

#define floor_socket(domain, type) socket(domain, type, 0)
#define floor_setsockopt           setsockopt
#define floor_bind                 bind
#define floor_listen_on            listen
#define floor_getsockname          getsockname
#define floor_accept(fd)           accept4(fd, NULL, NULL, 0)
#define floor_read                 read
#define floor_write                write
#define floor_close                close
#define floor_fork                 fork
#define floor_reap()               waitpid(-1, NULL, WNOHANG)
#define floor_exit()               _exit(0)

#endif

/* The listener; its port is printed. */
static inline int
floor_listen(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	char text[8], *p = text + sizeof(text);
	unsigned int port;
	int fd, on = 1;

	fd = (int)floor_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	floor_setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (floor_bind(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0 ||
	    floor_listen_on(fd, BACKLOG) != 0 ||
	    floor_getsockname(fd, (struct sockaddr *)&sin, &len) != 0)
		return -1;
	*--p = '\n';
	for (port = ntohs(sin.sin_port); port > 0; port /= 10)
		*--p = (char)('0' + port % 10);
	if (floor_write(1, p, text + sizeof(text) - p) <= 0)
		return -1;
	return fd;
}

/* Returns what comes, with a buffer of this size on the stack, to the end. */
#define FLOOR_ECHO(in, out, size)                                              \
	do {                                                                   \
		char echo_buf[size];                                           \
		long echo_n, echo_done, echo_some;                             \
                                                                               \
		while ((echo_n = floor_read(in, echo_buf, size)) > 0)          \
			for (echo_done = 0; echo_done < echo_n;                \
			     echo_done += echo_some)                           \
				if ((echo_some = floor_write(out,              \
					 echo_buf + echo_done,                 \
					 echo_n - echo_done)) <= 0)            \
					floor_exit();                          \
	} while (0)

#endif
