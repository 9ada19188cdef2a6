/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/stdfds.h"
#include "base/sys.h"
#include "base/title.h"
#include "ipc/settings.h"
#include "names/answer.h"
#include "names/lookup.h"

#define LOOKUP_FD 3 /* the pipe, in the process that looks up */

/* The size of the largest answer, and of what is read in a turn. */
#define LOOKUP_ROOM (sizeof(struct answer) + NAME_GROUPS_MAX * sizeof(gid_t))
_Static_assert(NAME_ADDRS_MAX * sizeof(struct addr) <=
	NAME_GROUPS_MAX * sizeof(gid_t),
    "an answer with addresses fits");

/* Of all answers: they become part of settings. */
#define LOOKUP_TOTAL SETTINGS_SIZE_MAX

/* Resets main's handlers, and blocks signals that are sent to all processes of
 * tined.  Those of a crash stay open, and the two that libc needs for threads of
 * a name service. */
static void
reset_signals(void)
{
	const struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t blocked;
	int sig;

	sigfillset(&blocked);
	for (sig = 1; sig < NSIG; sig++) {
		(void)sigaction(sig, &standard, NULL);
		if (sig < 32 && (SYS_FATAL & SYS_SIGNAL(sig)) != 0)
			sigdelset(&blocked, sig);
	}
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}

/* A timer sends SIGKILL, in case that main does not. */
static void
end_after(int64_t ms)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = SIGKILL };
	struct itimerspec due = { 0 };
	timer_t timer;

	due.it_value.tv_sec = (time_t)(ms / 1000) + 2;
	if (timer_create(CLOCK_MONOTONIC, &event, &timer) == -1 ||
	    timer_settime(timer, 0, &due, NULL) == -1)
		_exit(1);
}

/* Isolates the process from main: no descriptor, above all no lock, and no
 * handler of main.  Name services read and write /dev/null, not main's standard
 * streams. */
static void
leave_main(int fd, int64_t ms)
{
	reset_signals();
	end_after(ms);
	if (fd != LOOKUP_FD && dup2(fd, LOOKUP_FD) == -1)
		_exit(1);
	io_close_range(LOOKUP_FD + 1, UINT_MAX);
	(void)stdfds_null(STDFDS_UNUSED);
}

static void __attribute__((noreturn))
look_up(const struct names *names, int fd, int64_t ms, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	leave_main(fd, ms);
	title_set("names");
	answer_all(names, LOOKUP_FD);
	_exit(0);
}

/* NULL, or why nothing more is read: the process is gone, or of no use. */
static const char *
read_answers(struct lookup *l)
{
	ssize_t n, taken;

	if (l->buf == NULL && (l->buf = malloc(LOOKUP_ROOM)) == NULL)
		return "out of memory";
	n = io_read(l->watch.fd, l->buf + l->len, LOOKUP_ROOM - l->len);
	if (n == -1 && errno == EAGAIN)
		return NULL;
	if (n <= 0)
		return "the look-up process ended early";
	l->len += (size_t)n;
	l->total += (size_t)n;
	if (l->total > LOOKUP_TOTAL)
		return "the answers are too large";
	taken = answer_take(l->names, l->buf, l->len);
	if (taken == -1)
		return "invalid answer of the look-up process";
	l->len -= (size_t)taken;
	memmove(l->buf, l->buf + taken, l->len);
	return NULL;
}

static void
answers_ready(struct watch *w)
{
	struct lookup *l = (struct lookup *)w;

	l->why = read_answers(l);
	if (l->why != NULL)
		watch_close(w);
}

int
lookup_start(struct lookup *l, struct watch_set *set, struct names *names,
    int64_t ms)
{
	const pid_t parent = getpid();
	int pipefd[2];
	pid_t pid;

	*l = (struct lookup) { .names = names, .process = -1 };
	l->watch.fd = -1;
	l->due = clock_ms() + ms;
	if (names->nopen == 0)
		return 0;
	if (pipe2(pipefd, O_CLOEXEC) == -1)
		return -1;
	if (io_nonblock(pipefd[0], 1) == -1 || (pid = fork()) == -1) {
		io_close(pipefd[0]);
		io_close(pipefd[1]);
		return -1;
	}
	if (pid == 0)
		look_up(names, pipefd[1], ms, parent);
	close(pipefd[1]);
	l->process = (int)syscall(SYS_pidfd_open, pid, 0);
	if (watch_add(set, &l->watch, pipefd[0], answers_ready) == 0)
		return 0;
	lookup_end(l);
	return -1;
}

bool
lookup_over(const struct lookup *l, int64_t now)
{
	return l->names->nopen == 0 || l->watch.fd == -1 || now >= l->due;
}

void
lookup_end(struct lookup *l)
{
	const int saved = errno;

	watch_close(&l->watch);
	/* By its descriptor: its pid may have been reused.  Without one it ends
	 * by its timer, or when it writes to the closed pipe. */
	if (l->process != -1) {
		syscall(SYS_pidfd_send_signal, l->process, SIGKILL, NULL, 0);
		close(l->process);
	}
	l->process = -1;
	free(l->buf);
	l->buf = NULL;
	l->names = NULL;
	errno = saved;
}

char *
lookup_failure(const struct lookup *l, char *buf, size_t size)
{
	char names[400];

	names_format_open(l->names, names, sizeof(names));
	if (l->why != NULL)
		snprintf(buf, size, "%s: %s", l->why, names);
	else
		snprintf(buf, size, "no answer within %d s: %s",
		    LOOKUP_MS / 1000, names);
	return buf;
}

static int
wait_for(struct lookup *l, const sigset_t *open, bool (*stop)(void))
{
	int64_t now;

	while (!lookup_over(l, now = clock_ms())) {
		watch_wait(l->watch.set, WATCH_MOST, (int)(l->due - now), open);
		if (stop != NULL && stop()) {
			errno = ECANCELED;
			return -1;
		}
	}
	return 0;
}

int
lookup_run(struct names *names, const sigset_t *open, bool (*stop)(void),
    char *buf, size_t size)
{
	struct watch_set set;
	struct lookup l;
	int rc;

	buf[0] = '\0';
	if (names->nopen == 0)
		return 0;
	if (watch_open(&set) == -1)
		return -1;
	rc = lookup_start(&l, &set, names, LOOKUP_MS);
	if (rc == 0) {
		rc = wait_for(&l, open, stop);
		if (names->nopen > 0)
			lookup_failure(&l, buf, size);
		lookup_end(&l);
	}
	io_close(set.epoll);
	return rc;
}
