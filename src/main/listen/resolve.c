/* SPDX-License-Identifier: ISC */
/*
 * Looking names up in a forked child.  The child asks the resolver, writes
 * one struct answer into a pipe and ends; main waits on the pipe.  Invariant:
 * when resolve_within returns the child is dead and reaped, and no other child
 * of main was touched.
 */
#include "config.h"

#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <netdb.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "main/listen/resolve.h"

#define RESOLVE_MAX 128
#define RESOLVE_FD  3 /* the pipe, in the child */

struct answer {
	int code;  /* getaddrinfo's */
	int error; /* errno where code is EAI_SYSTEM */
	uint32_t n;
	struct addr addr[RESOLVE_MAX];
};

static void
answer_add(struct answer *a, const struct addr *addr)
{
	uint32_t i;

	if (addr->family != AF_INET && addr->family != AF_INET6)
		return;
	for (i = 0; i < a->n; i++)
		if (addr_equal(&a->addr[i], addr))
			return;
	if (a->n < RESOLVE_MAX)
		a->addr[a->n++] = *addr;
}

static void
answer_find(struct answer *a, const char *host)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *res, *ai;
	struct addr addr;

	memset(a, 0, sizeof(*a));
	a->code = getaddrinfo(host, NULL, &hints, &res);
	if (a->code != 0) {
		a->error = errno;
		return;
	}
	for (ai = res; ai != NULL; ai = ai->ai_next) {
		addr_from_sockaddr(ai->ai_addr, &addr);
		addr.port = 0;
		answer_add(a, &addr);
	}
	freeaddrinfo(res);
}

/* Makes the child a process of no consequence: it keeps nothing of main's
 * open, above all no lock, has no handler, and cannot outlive the deadline. */
static void
child_detach(int fd, int ms)
{
	const struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t none;
	int sig;

	for (sig = 1; sig < NSIG; sig++)
		(void)sigaction(sig, &standard, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm((unsigned int)ms / 1000 + 2);

	if (fd != RESOLVE_FD && dup2(fd, RESOLVE_FD) == -1)
		_exit(1);
	io_close_range(RESOLVE_FD + 1, UINT_MAX);
}

static pid_t
child_start(const char *host, int ms, int *fd)
{
	struct answer answer;
	int pipefd[2];
	pid_t pid;

	if (pipe2(pipefd, O_CLOEXEC) == -1)
		return -1;
	pid = fork();
	if (pid == 0) {
		child_detach(pipefd[1], ms);
		answer_find(&answer, host);
		_exit(io_write_all(RESOLVE_FD, &answer, sizeof(answer)) == 0 ?
			0 :
			1);
	}
	close(pipefd[1]);
	if (pid == -1)
		close(pipefd[0]);
	*fd = pipefd[0];
	return pid;
}

/*
 * Reads size bytes until the deadline.  What came: size when all did, less at
 * the end of file; -1 with errno, ETIMEDOUT when the time was up.
 */
static ssize_t
read_until(int fd, void *buf, size_t size, int64_t deadline)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	size_t got = 0;
	ssize_t n;

	while (got < size) {
		struct timespec ts;
		int ready;

		ready = ppoll(&pfd, 1, clock_timeout(deadline, clock_ms(), &ts),
		    NULL);
		if (ready == -1 && errno == EINTR)
			continue;
		if (ready == -1)
			return -1;
		if (ready == 0) {
			errno = ETIMEDOUT;
			return -1;
		}
		n = io_read(fd, (char *)buf + got, size - got);
		if (n == -1)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

/* Ends the child and waits for it, and for no other. */
static void
child_end(pid_t pid, bool finished)
{
	if (!finished)
		kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		continue;
}

static const char *
answer_failure(const struct answer *a)
{
	return a->code == EAI_SYSTEM ? strerror(a->error) :
				       gai_strerror(a->code);
}

static const char *
wait_failure(ssize_t got, int ms)
{
	static char text[64];

	if (got != -1)
		return "the look-up ended without an answer";
	if (errno != ETIMEDOUT)
		return strerror(errno);
	if (ms % 1000 == 0)
		snprintf(text, sizeof(text), "timed out after %d s", ms / 1000);
	else
		snprintf(text, sizeof(text), "timed out after %d ms", ms);
	return text;
}

/* What localhost is where nothing knows it (RFC 6761, 6.3). */
static int
loopback(struct addr *out, size_t max)
{
	int n = 0;

	if (max > 0 && addr_from_ip("127.0.0.1", &out[0]) == 0)
		n++;
	if (max > 1 && addr_from_ip("::1", &out[1]) == 0)
		n++;
	return n;
}

int
resolve_within(int ms, const char *host, struct addr *out, size_t max,
    const char **why)
{
	const int64_t deadline = clock_ms() + ms;
	struct answer answer;
	ssize_t got;
	size_t n;
	pid_t pid;
	int fd;

	if (max > 0 && addr_from_ip(host, &out[0]) == 0)
		return 1;

	pid = child_start(host, ms, &fd);
	if (pid == -1) {
		*why = strerror(errno);
		return -1;
	}
	got = read_until(fd, &answer, sizeof(answer), deadline);
	*why = got == (ssize_t)sizeof(answer) ? NULL : wait_failure(got, ms);
	close(fd);
	child_end(pid, got != -1);
	if (*why != NULL)
		return -1;

	if (answer.code != 0 && strcasecmp(host, "localhost") == 0)
		return loopback(out, max);
	if (answer.code != 0) {
		*why = answer_failure(&answer);
		return -1;
	}
	if (answer.n == 0) {
		*why = "the name has no IP address";
		return -1;
	}
	n = answer.n < max ? answer.n : max;
	memcpy(out, answer.addr, n * sizeof(*out));
	return (int)n;
}

int
resolve_host(const char *host, struct addr *out, size_t max, const char **why)
{
	return resolve_within(RESOLVE_MS, host, out, max, why);
}
