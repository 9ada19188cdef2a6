/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/stdfds.h"
#include "ipc/control.h"
#include "ipc/scoreboard_main.h"
#include "main/spawn.h"
#include "sandbox/rlimits.h"

#define FDS_MAX (SETTINGS_FD_LISTENER + SETTINGS_LISTENERS)

extern char **environ;

static struct rlimit nofile; /* rlim_max 0: unknown, not raised */

/* The path of this program, symbolic links resolved; NULL: unknown. */
static char *
own_path(void)
{
	const char *started;
	char *path = realpath("/proc/self/exe", NULL);

	if (path != NULL)
		return path;
	/* No /proc: the path that execve(2) was given. */
	started = (const char *)getauxval(AT_EXECFN);
	return started == NULL ? NULL : realpath(started, NULL);
}

int
spawn_open(const char **path)
{
	static char beside[PATH_MAX];
	char *own = own_path(), *slash;
	int fd = -1, n = -1;

	if (own != NULL && (slash = strrchr(own, '/')) != NULL)
		n = snprintf(beside, sizeof(beside), "%.*s/tined-acceptor",
		    (int)(slash - own), own);
	free(own);
	if (n > 0 && (size_t)n < sizeof(beside))
		fd = open(beside, O_PATH | O_CLOEXEC);
	*path = fd != -1 ? beside : LIBEXECDIR "/tined-acceptor";
	return fd != -1 ? fd : open(*path, O_PATH | O_CLOEXEC);
}

void
spawn_raise_nofile(void)
{
	(void)rlimits_nofile(&nofile);
}

/* fd, or a copy of it at end or above, where place() does not overwrite it.
 * F_DUPFD's EINVAL means that end is above the limit. */
static int
beyond(int fd, int end)
{
	int got = fd >= end ? fd : fcntl(fd, F_DUPFD_CLOEXEC, end);

	if (got == -1 && errno == EINVAL)
		errno = EMFILE;
	return got;
}

/* Puts descriptors where the acceptor expects them: first moves all of them out of
 * the way, then each to its place, without FD_CLOEXEC. */
static int
place(int *fd, int n)
{
	int i, away;

	for (i = 0; i < n; i++) {
		away = beyond(fd[i], SETTINGS_FD_SETTINGS + n);
		if (away == -1)
			return -1;
		fd[i] = away;
	}
	for (i = 0; i < n; i++)
		if (dup2(fd[i], SETTINGS_FD_SETTINGS + i) == -1)
			return -1;
	return 0;
}

static int
gather(int *fd, const struct served *s, const struct generation *g,
    int settings, int control)
{
	const struct listener *l;
	int n = 0;

	fd[n++] = settings;
	fd[n++] = scoreboard_fd(s->board);
	fd[n++] = s->log[1];
	fd[n++] = s->stderrs[1];
	fd[n++] = control;
	TAILQ_FOREACH (l, &g->listeners, entry)
		if (n < FDS_MAX)
			fd[n++] = l->fd;
	return n;
}

/*
 * None of main's environment, except in a build with sanitizers.  The process
 * title is written over argv and the environment: one long string makes room.
 */
static char **
environment(void)
{
#if defined(WIDE_SANDBOX) && WIDE_SANDBOX
	return environ;
#else
	static char room[] = "TINED=........................................"
			     "........................................";
	/* With rseq(2) registered the kernel writes to each child's memory,
	 * which copies a page; nothing there uses it. */
	static char rseq[] = "GLIBC_TUNABLES=glibc.pthread.rseq=0";
	static char *none[] = { room, rseq, NULL };

	return none;
#endif
}

/* Reports to main, over fd as place() has left it, why exec failed. */
static void
report_failed(const int *fd)
{
	char text[CONTROL_TEXT_MAX];
	int error = errno;

	(void)snprintf(text, sizeof(text), "executing the acceptor: %s%s",
	    strerror(error), error == EMFILE ? " (RLIMIT_NOFILE)" : "");
	control_send(fd[SETTINGS_FD_CONTROL - SETTINGS_FD_SETTINGS],
	    CONTROL_FAILED, EX_OSERR, text);
}

static void __attribute__((noreturn))
become_acceptor(int acceptor_fd, const struct served *s, int *fd, int n)
{
	char *argv[] = { (char *)"tined-acceptor", (char *)s->name, NULL };
	int exe;

	setsid();
	exe = beyond(acceptor_fd, SETTINGS_FD_SETTINGS + n);
	if (exe != -1 && place(fd, n) == 0 && stdfds_null(STDFDS_UNUSED) == 0 &&
	    (nofile.rlim_max == 0 || setrlimit(RLIMIT_NOFILE, &nofile) == 0))
		syscall(SYS_execveat, exe, "", argv, environment(),
		    AT_EMPTY_PATH);
	report_failed(fd);
	_exit(127);
}

pid_t
spawn_acceptor(int acceptor_fd, const struct served *s,
    const struct generation *g, int settings, int control)
{
	int fd[FDS_MAX], n = gather(fd, s, g, settings, control);
	pid_t pid = fork();

	if (pid == 0)
		become_acceptor(acceptor_fd, s, fd, n);
	return pid;
}
