/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "acceptor/left.h"
#include "base/clock.h"
#include "runner.h"

#define SLOTS 16

struct leftovers l;
struct children c;
int64_t now;
static void *mem;

void
left_setup(void)
{
	ck_assert_ptr_nonnull(mem = calloc(1, children_size(SLOTS)));
	children_init(&c, mem, SLOTS);
	now = clock_ms();
}

void
left_teardown(void)
{
	free(mem);
}

/* For programs; false where this kernel lists no children. */
bool
left_made(bool end)
{
	leftovers_open(&l, true, end);
	return l.list.fd != -1;
}

/* A child, in a group of its own if it leads. */
pid_t
left_child(pid_t group)
{
	pid_t pid = fork();

	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	ck_assert_int_eq(setpgid(pid, group), 0);
	return pid;
}

/* One that ignores SIGTERM. */
pid_t
left_stubborn(pid_t group)
{
	int fds[2];
	pid_t pid;
	char byte;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGTERM, SIG_IGN);
		if (write(fds[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	ck_assert_int_eq(read(fds[0], &byte, 1), 1);
	close(fds[0]);
	close(fds[1]);
	ck_assert_int_eq(setpgid(pid, group), 0);
	return pid;
}

struct child *
left_session(pid_t pid)
{
	struct child *ch = child_take(&c);

	child_register(&c, ch, pid, 0);
	return ch;
}

bool
left_has_ended(pid_t pid)
{
	siginfo_t si = { .si_pid = 0 };

	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &si,
			     WEXITED | WNOHANG | WNOWAIT),
	    0);
	return si.si_pid == pid;
}

/* How it is ended: the signal. */
int
left_end_of(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	leftovers_reaped(&l, pid, now);
	return WTERMSIG(status);
}

/* A whole look at that time, as reap.c has it; how many are met. */
int64_t
left_look(int64_t at)
{
	int64_t n;
	pid_t pid;

	l.rest = 0;
	leftovers_soon(&l, at, 0);
	ck_assert(leftovers_look(&l, at));
	do {
		offspring_read(&l.list);
		while ((pid = offspring_next(&l.list)) != 0)
			if (!left_has_ended(pid) && child_find(&c, pid) == NULL)
				leftovers_found(&l, &c, pid, at);
		n = leftovers_part(&l, 0);
	} while (!l.list.last);
	return n;
}
