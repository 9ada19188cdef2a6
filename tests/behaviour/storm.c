/* SPDX-License-Identifier: ISC */
/*
 * A program as a service that leaves processes behind.  It reads a line:
 *
 *	leave N [1]             N that sleep, in the session's process group
 *	stray N [1]             N that sleep, each in a session of its own
 *	storm SECONDS WORKERS   WORKERS that all the time make processes which
 *	                        end at once, each a child of whatever process
 *	                        has become the worker's parent
 *
 * and answers with its own pid once all of them are there.  With the 1 it then
 * stays until its client closes.  What it leaves ends by itself in some minutes.
 */
#include "config.h"

#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LIFE 300 /* seconds */

/* A sandbox is in a leak checker's way (sanitizer/lsan_interface.h). */
int __lsan_is_turned_off(void);
int
__lsan_is_turned_off(void)
{
	return 1;
}

static void __attribute__((noreturn)) sleeper(void)
{
	signal(SIGALRM, SIG_DFL);
	alarm(LIFE);
	for (;;)
		pause();
}

/* The kernel's call: the child has the parent of its maker. */
static void __attribute__((noreturn)) worker(int seconds)
{
	const struct timespec pause_1ms = { .tv_nsec = 1000000 };
	const time_t until = time(NULL) + seconds;
	long pid;

	while (time(NULL) < until) {
		pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
		if (pid == 0)
			_exit(0);
		if (pid == -1)
			nanosleep(&pause_1ms, NULL);
	}
	_exit(0);
}

/* Its parent ends before it is seen.  No descriptor stays open. */
static void
leave(int seconds, int apart)
{
	pid_t pid = fork();
	int fd;

	if (pid == -1)
		err(1, "fork");
	if (pid > 0)
		return;
	if (apart)
		setsid();
	for (fd = 0; fd < 3; fd++)
		close(fd);
	if (seconds == 0)
		sleeper();
	worker(seconds);
}

/* By a child that ends: so they are orphans while the session lives on. */
static void
leave_all(int n, int seconds, int apart)
{
	pid_t pid = fork();

	if (pid == -1)
		err(1, "fork");
	if (pid > 0) {
		waitpid(pid, NULL, 0);
		return;
	}
	while (n-- > 0)
		leave(seconds, apart);
	_exit(0);
}

int
main(void)
{
	char line[64], what[16];
	int a = 0, b = 0;

	if (fgets(line, sizeof(line), stdin) == NULL ||
	    sscanf(line, "%15s %d %d", what, &a, &b) < 2)
		errx(1, "what is to be left?");
	if (strcmp(what, "storm") == 0)
		leave_all(b, a, 0);
	else
		leave_all(a, 0, strcmp(what, "stray") == 0);
	printf("%d\n", (int)getpid());
	fflush(stdout);
	while (strcmp(what, "storm") != 0 && b == 1 && getchar() != EOF)
		continue;
	return 0;
}
