/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/wait.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cage.h"

#define REPORT_MAX 4096

static void
cage_report(int fd, const char *what, int expected, int got)
{
	char line[256];
	int n;

	n = snprintf(line, sizeof(line), "%s: expected %s, got %s; ", what,
	    expected == 0 ? "success" : strerrorname_np(expected),
	    got == 0 ? "success" : strerrorname_np(got));
	if (n > 0)
		(void)!write(fd, line, (size_t)n);
}

static void
cage_child(int fd, cage_lock *lock, const void *arg,
    const struct attempt *attempts, size_t n)
{
	size_t i;
	int got;

	if (lock(arg) == -1) {
		cage_report(fd, "the lock itself", 0, errno);
		_exit(1);
	}
	for (i = 0; i < n; i++) {
		errno = 0;
		got = attempts[i].try() == -1 ? errno : 0;
		if (got != attempts[i].error)
			cage_report(fd, attempts[i].what, attempts[i].error,
			    got);
	}
	_exit(0);
}

const char *
cage_try(cage_lock *lock, const void *arg, const struct attempt *attempts,
    size_t n)
{
	static char report[REPORT_MAX];
	size_t len = 0;
	ssize_t r;
	int fds[2], status;
	pid_t pid;

	if (pipe(fds) == -1 || (pid = fork()) == -1)
		return "pipe or fork failed";
	if (pid == 0)
		cage_child(fds[1], lock, arg, attempts, n);
	close(fds[1]);
	while (len < sizeof(report) - 1 &&
	    (r = read(fds[0], report + len, sizeof(report) - 1 - len)) > 0)
		len += (size_t)r;
	report[len] = '\0';
	close(fds[0]);
	if (waitpid(pid, &status, 0) != pid)
		return "waitpid failed";
	if (WIFSIGNALED(status))
		(void)snprintf(report + len, sizeof(report) - len,
		    "killed by signal %d", WTERMSIG(status));
	else if (status != 0 && len == 0)
		return "the child failed";
	return report[0] == '\0' ? NULL : report;
}
