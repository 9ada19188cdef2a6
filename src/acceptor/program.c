/* SPDX-License-Identifier: ISC */
/*
 * The child shares the acceptor's memory until its execve (CLONE_VM and
 * CLONE_VFORK: no page is copied, the acceptor waits), but has descriptors,
 * limits, a umask and a stack of its own.  It uses only memory that a fork
 * inherits: under valgrind it is a fork.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "acceptor/events.h"
#include "acceptor/fork/fork.h"
#include "acceptor/program.h"
#include "base/buf.h"
#include "base/io.h"
#include "ipc/record.h"
#include "sandbox/landlock.h"
#include "sandbox/rlimits.h"

#define STACK_SIZE 65536

/* Functions on that stack never return, so they would leave marks in a
 * sanitizer's map of memory, which the acceptor and the next child share. */
#define ON_STACK __attribute__((no_sanitize("address")))

struct launch {
	struct acceptor *acceptor;
	const struct settings *settings;
	struct rlimit nofile; /* the program's, unless one is configured */
	int ruleset;          /* for landlock_session, or 0 */
	struct scoreboard_slot *slot;
	char **argv, **envp;
	int fd;
	int err_fd; /* becomes 2; -1: /dev/null */
	int log_fd; /* the logger's end of it, or -1 */
};

int
program_init(struct acceptor *a)
{
	const struct settings *s = a->settings;
	size_t size = (s->argv.count + 1 + ENV_OWN + s->env.count + 1) *
	    sizeof(char *);
	char *mem;
	uint32_t i;

	mem = mmap(NULL, STACK_SIZE + size + ENV_TEXT_MAX,
	    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mem == MAP_FAILED)
		return -1;
	a->stack = mem + STACK_SIZE; /* it grows down */
	a->argv = (char **)(void *)a->stack;
	for (i = 0; i < s->argv.count; i++)
		a->argv[i] = (char *)settings_item(s, s->argv, i);
	a->envp = a->argv + s->argv.count + 1;
	a->env_text = a->stack + size;
	for (i = 0; i < s->env.count; i++)
		a->envp[ENV_OWN + i] = (char *)settings_item(s, s->env, i);
	return 0;
}

/* The variables of one connection, written from the last to the first so
 * that they end where the service's begin. */
struct writer {
	struct acceptor *a;
	struct buf text;
	unsigned int first;
};

/* Ends a variable; one that does not fit is left out. */
static void
end(struct writer *w, char *variable)
{
	if (buf_char(&w->text, '\0') && w->first > 0)
		w->a->envp[--w->first] = variable;
}

static void
put(struct writer *w, const char *name, const char *value)
{
	char *at = w->text.s + w->text.len;

	buf_str(&w->text, name);
	buf_str(&w->text, value);
	end(w, at);
}

static void
put_number(struct writer *w, const char *name, uint64_t value)
{
	char *at = w->text.s + w->text.len;

	buf_str(&w->text, name);
	buf_uint(&w->text, value);
	end(w, at);
}

static void
put_tcp(struct writer *w, const struct scoreboard_slot *slot)
{
	char peer[ADDR_TEXT_MAX], local[ADDR_TEXT_MAX];

	addr_format_ip(&slot->peer, peer, sizeof(peer));
	addr_format_ip(&slot->local, local, sizeof(local));
	put(w, "PROTO=", "TCP");
	put(w, "TCPLOCALIP=", local);
	put_number(w, "TCPLOCALPORT=", slot->local.port);
	put(w, "TCPREMOTEIP=", peer);
	put_number(w, "TCPREMOTEPORT=", slot->peer.port);
	put_number(w, "TCPCONNNUM=", slot->nth);
	put(w, "REMOTE_ADDR=", peer);
	put_number(w, "REMOTE_PORT=", slot->peer.port);
	put(w, "SERVER_ADDR=", local);
	put_number(w, "SERVER_PORT=", slot->local.port);
}

static void
put_unix(struct writer *w, const struct scoreboard_slot *slot)
{
	const struct settings *s = w->a->settings;

	put(w, "PROTO=", "UNIX");
	put(w, "UNIXLOCALPATH=", s->listener[slot->listener].path);
	put_number(w, "UNIXREMOTEEUID=", slot->peer.cred.uid);
	put_number(w, "UNIXREMOTEEGID=", slot->peer.cred.gid);
	put_number(w, "UNIXREMOTEPID=", (uint32_t)slot->peer.cred.pid);
}

char **
program_environment(struct acceptor *a, struct scoreboard_slot *slot, int fd)
{
	struct writer w = { .a = a,
		.text = buf_on(a->env_text, ENV_TEXT_MAX),
		.first = ENV_OWN };

	session_local(slot, fd);
	if (slot->peer.family == AF_UNIX)
		put_unix(&w, slot);
	else
		put_tcp(&w, slot);
	put_number(&w, "TINED_ID=", slot->id);
	return &a->envp[w.first];
}

/* Soft limits; the hard ones are the maximum. */
static int ON_STACK
set_limits(const struct launch *l)
{
	const struct settings *s = l->settings;
	struct rlimit rl;
	unsigned int i;

	if (s->limit[LIMIT_NOFILE].set == 0 &&
	    setrlimit(RLIMIT_NOFILE, &l->nofile) == -1)
		return -1;
	for (i = 0; i < LIMIT_COUNT; i++) {
		if (s->limit[i].set == 0)
			continue;
		if (getrlimit(rlimits_resource(i), &rl) == -1)
			return -1;
		rl.rlim_cur = s->limit[i].value < rl.rlim_max ?
		    s->limit[i].value :
		    rl.rlim_max;
		if (setrlimit(rlimits_resource(i), &rl) == -1)
			return -1;
	}
	return 0;
}

static int ON_STACK
set_up(const struct launch *l)
{
	const struct settings *s = l->settings;
	sigset_t none;

	/* 0 is still /dev/null; 2 may be main's, see STDFDS_UNUSED. */
	if (dup2(l->err_fd != -1 ? l->err_fd : 0, 2) == -1)
		return -1;
	if (setpgid(0, 0) == -1 || dup2(l->fd, 0) == -1 || dup2(l->fd, 1) == -1)
		return -1;
	umask(s->umask);
	if (s->nice != 0 && setpriority(PRIO_PROCESS, 0, s->nice) == -1)
		return -1;
	if (set_limits(l) == -1)
		return -1;
	if (l->ruleset != 0 && landlock_session(l->ruleset) == -1)
		return -1;
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL);
}

/*
 * Sends the logger's end of the pipe before anything is written, and from the
 * child, so that it arrives even if the acceptor is killed meanwhile.  Where
 * that fails (the logger is stuck, or the user has too many descriptors in
 * flight) the program gets /dev/null instead of a pipe without a reader.
 */
static void ON_STACK
hand_over(struct launch *l)
{
	struct stderr_msg msg = { .id = l->slot->id, .pid = l->slot->pid };

	if (io_send_fd(SETTINGS_FD_STDERRS, &msg, sizeof(msg), l->log_fd) == 0)
		return;
	event_lost(l->acceptor);
	l->err_fd = -1;
}

/* The child.  Everything else that is open has FD_CLOEXEC. */
static int ON_STACK
become(void *arg)
{
	struct launch *l = arg;

	if (l->log_fd != -1)
		hand_over(l);
	if (set_up(l) == 0)
		execve(l->argv[0], l->argv, l->envp);
	l->slot->error = (uint16_t)errno;
	_exit(127);
}

/* A pipe for the program's stderr; none if the logger's socket is full. */
static int
stderr_pipe(struct acceptor *a, int pfd[2])
{
	struct pollfd p = { .fd = SETTINGS_FD_STDERRS, .events = POLLOUT };

	if (poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) != 0)
		return pipe2(pfd, O_CLOEXEC);
	event_lost(a);
	return 0;
}

pid_t
program_start(struct acceptor *a, struct scoreboard_slot *slot, int fd)
{
	struct launch l = { .acceptor = a,
		.settings = a->settings,
		.nofile = a->confined.nofile,
		.ruleset = a->confined.ruleset,
		.slot = slot,
		.argv = a->argv,
		.fd = fd,
		.err_fd = -1,
		.log_fd = -1 };
	int pfd[2] = { -1, -1 };
	pid_t pid;

	l.envp = program_environment(a, slot, fd);
	if (a->settings->stderr_to == STDERR_SOCKET)
		l.err_fd = fd;
	else if (a->settings->stderr_to == STDERR_LOG) {
		if (stderr_pipe(a, pfd) == -1)
			return -1;
		l.err_fd = pfd[1];
		l.log_fd = pfd[0];
	}
	pid = clone(become, a->stack,
	    CLONE_VM | CLONE_VFORK | CLONE_PARENT_SETTID | SIGCHLD, &l,
	    &slot->pid);
	if (pfd[0] != -1) {
		close(pfd[0]);
		close(pfd[1]);
	}
	return pid;
}
