/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/fork/fork.h"
#include "acceptor/loop.h"
#include "acceptor/rig.h"
#include "base/io.h"

static struct scoreboard_slot *slot;
static struct pending c;

static void
setup(void)
{
	rig_make(NULL, 4);
	slot = rig_slot(0);
}

/* What the session has to say: a line to its peer. */
static void __attribute__((format(printf, 2, 3)))
tell(const struct session *s, const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (send(s->fd, line, (size_t)n, MSG_NOSIGNAL) != n)
		_exit(99);
}

static pid_t
fork_session(void (*serve)(struct session *))
{
	const struct session s = { .fd = c.fd,
		.settings = rig->settings,
		.idle_ms = rig->settings->idle_ms,
		.slot = slot };

	return session_fork(&s, rig->session_stack, serve);
}

/* Runs serve and returns what it told; its status in *status. */
static const char *
run(void (*serve)(struct session *), int *status)
{
	static char text[1024];
	int fd = rig_connect(&c);
	pid_t pid = fork_session(serve);

	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(atomic_load(&slot->pid), pid);
	close(c.fd);
	ck_assert(rig_read_all(fd, text, sizeof(text)));
	close(fd);
	ck_assert_int_eq(waitpid(pid, status, __WALL), pid);
	return text;
}

/* Every open descriptor above 2. */
static void
list_descriptors(struct session *s)
{
	int fd;

	for (fd = 3; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) != -1 && fd != s->fd)
			tell(s, "%d ", fd);
	tell(s, "and the connection");
}

START_TEST(has_no_descriptor_but_its_connection)
{
	int status;

	ck_assert_str_eq(run(list_descriptors, &status), "and the connection");
	ck_assert_int_eq(status, 0);
}
END_TEST

static void
tell_pids(struct session *s)
{
	tell(s, "%d", getpid() == atomic_load(&s->slot->pid));
}

START_TEST(finds_its_pid_on_the_board)
{
	int status;

	ck_assert_str_eq(run(tell_pids, &status), "1");
}
END_TEST

static void
tell_mask(struct session *s)
{
	sigset_t set;
	int sig, open = 0;

	sigprocmask(SIG_BLOCK, NULL, &set);
	for (sig = 1; sig < NSIG; sig++)
		open += sigismember(&set, sig) == 0;
	tell(s, "%d open, TERM %d, SEGV %d, USR1 %d", open,
	    !sigismember(&set, SIGTERM), !sigismember(&set, SIGSEGV),
	    !sigismember(&set, SIGUSR1));
}

START_TEST(hears_term_and_a_crash_only)
{
	static struct acceptor a;
	int status;

	ck_assert_int_eq(loop_signals(&a), 0);
	/* Seven of a crash, and TERM; KILL and STOP cannot be blocked. */
	ck_assert_str_eq(run(tell_mask, &status),
	    "10 open, TERM 1, SEGV 1, USR1 0");
}
END_TEST

static const volatile char *loop_frame;
static const char *session_stack;

/* Whether this session sees its acceptor's frames, and where its own are.
 * Where they were its stack grows when that is read. */
static void
tell_stack(struct session *s)
{
	const char frame = 'o';
	uintptr_t here = (uintptr_t)&frame, top = (uintptr_t)session_stack;

	tell(s, "%s %s", *loop_frame == 'x' ? "seen" : "unseen",
	    here < top && top - here < 65536 ? "own" : "inherited");
}

static void
fork_below(void *arg)
{
	const volatile char frame = 'x';
	int status;

	loop_frame = &frame;
	session_stack = rig->session_stack;
	(void)arg;
	ck_assert_str_eq(run(tell_stack, &status),
	    session_stack != NULL ? "unseen own" : "seen inherited");
}

START_TEST(does_not_inherit_the_frames_of_the_loop)
{
	stack_run(&rig->session_stack, fork_below, NULL);
}
END_TEST

static void
wait_for_the_end(struct session *s)
{
	tell(s, "here");
	for (;;)
		pause();
}

START_TEST(ends_by_term)
{
	char text[8];
	int fd = rig_connect(&c), status;
	pid_t pid = fork_session(wait_for_the_end);

	close(c.fd);
	ck_assert_int_eq(io_read_all(fd, text, 4), 4);
	kill(pid, SIGTERM);
	ck_assert_int_eq(waitpid(pid, &status, __WALL), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	ck_assert_int_eq(io_read_all(fd, text, 4), 0);
}
END_TEST

static void
crash(struct session *s)
{
	(void)s;
	signal(SIGABRT, SIG_DFL);
	kill(getpid(), SIGKILL);
}

START_TEST(takes_nobody_with_it)
{
	int status;

	run(crash, &status);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	ck_assert_str_eq(run(tell_pids, &status), "1");
}
END_TEST

START_TEST(ends_a_connection_without_a_reset)
{
	char text[8];
	int fd = rig_connect(&c), status;
	pid_t pid;

	ck_assert_int_eq(send(fd, "what nobody reads", 17, 0), 17);
	pid = fork_session(stream_close);
	close(c.fd);
	ck_assert(rig_read_all(fd, text, sizeof(text)));
	ck_assert_str_eq(text, "");
	/* It still reads what we say. */
	ck_assert_int_eq(send(fd, "more", 4, MSG_NOSIGNAL), 4);
	close(fd);
	ck_assert_int_eq(waitpid(pid, &status, __WALL), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

static void
every_address(struct settings_builder *b)
{
	settings_of(b)->listener[0].exact = 0;
	memset(settings_of(b)->listener[0].local.ip, 0, 16);
}

static void
tell_local(struct session *s)
{
	char text[ADDR_TEXT_MAX];

	tell(s, "%s", addr_format(&s->slot->local, text, sizeof(text)));
}

START_TEST(knows_which_address_the_peer_has_chosen)
{
	char text[ADDR_TEXT_MAX];
	int status;

	rig_make(every_address, 4);
	slot = rig_slot(0);
	slot->local.family = AF_UNSPEC;
	addr_format(&rig_local, text, sizeof(text));
	ck_assert_str_eq(run(tell_local, &status), text);
	ck_assert(addr_equal(&slot->local, &rig_local));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, has_no_descriptor_but_its_connection);
	tcase_add_test(tc, finds_its_pid_on_the_board);
	tcase_add_test(tc, hears_term_and_a_crash_only);
	tcase_add_test(tc, does_not_inherit_the_frames_of_the_loop);
	tcase_add_test(tc, ends_by_term);
	tcase_add_test(tc, takes_nobody_with_it);
	tcase_add_test(tc, ends_a_connection_without_a_reset);
	tcase_add_test(tc, knows_which_address_the_peer_has_chosen);
}

int
main(void)
{
	return rig_main("session", add);
}
