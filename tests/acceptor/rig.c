/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <netinet/in.h>

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/program.h"
#include "acceptor/ends.h"
#include "acceptor/expire.h"
#include "acceptor/reap.h"
#include "acceptor/rig.h"
#include "base/clock.h"
#include "base/io.h"
#include "ipc/scoreboard_main.h"
#include "ipc/builtin.h"
#include "runner.h"

#define ARGS_MAX 16

struct acceptor *rig;
int rig_log, rig_control, rig_stderrs;
struct addr rig_local;

/* Puts fd in its place; CLOEXEC, as the acceptor's main does. */
static void
put(int fd, int place)
{
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(dup3(fd, place, O_CLOEXEC), place);
	close(fd);
}

static void
make_descriptors(void)
{
	int fds[2];

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	rig_log = fds[0];
	put(fds[1], SETTINGS_FD_LOG);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			     fds),
	    0);
	rig_stderrs = fds[0];
	put(fds[1], SETTINGS_FD_STDERRS);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			     fds),
	    0);
	rig_control = fds[0];
	put(fds[1], SETTINGS_FD_CONTROL);
}

static void
make_listener(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sin, len), 0);
	ck_assert_int_eq(listen(fd, 512), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	addr_from_sockaddr((struct sockaddr *)&sin, &rig_local);
	put(fd, SETTINGS_FD_LISTENER);
}

static struct scoreboard *main_board;

static const struct settings *
make_settings(void (*settings)(struct settings_builder *b))
{
	struct settings_builder *b = settings_new("test");
	struct settings *s = settings_of(b);
	struct scoreboard_place place;
	const struct settings *made;
	const char *why = NULL;
	int fd;

	s->nlisteners = 1;
	s->listener[0].local = rig_local;
	s->listener[0].exact = 1;
	s->builtin = BUILTIN_echo;
	s->log_ends = 1;
	s->instances = 4;
	s->per_source = 64;
	s->prefix_v4 = 32;
	s->prefix_v6 = 64;
	s->access_default = 1;
	s->umask = 022;
	if (settings != NULL)
		settings(b);
	ck_assert_int_eq(scoreboard_take(main_board, settings_of(b)->instances,
			     &place),
	    0);
	fd = settings_seal(b);
	put(settings_copy(fd, &place, false), SETTINGS_FD_SETTINGS);
	close(fd);
	free(place.pages);
	made = settings_map(SETTINGS_FD_SETTINGS, &why);
	ck_assert_msg(made != NULL, "%s", why);
	settings_free(b);
	return made;
}

void
rig_program(struct settings_builder *b, const char *path, ...)
{
	const char *argv[ARGS_MAX] = { path };
	struct settings_ref ref;
	size_t n = 1;
	va_list ap;

	va_start(ap, path);
	while ((argv[n] = va_arg(ap, const char *)) != NULL)
		n++;
	va_end(ap);
	ref = settings_add_list(b, argv, n);
	settings_of(b)->argv = ref;
	settings_of(b)->builtin = BUILTIN_NONE;
}

void
rig_make(void (*settings)(struct settings_builder *b), uint32_t slots)
{
	size_t own = (sizeof(struct acceptor) + 63) & ~(size_t)63;
	size_t size = own + children_size(slots);
	static struct scoreboard *own_board;
	int fd;

	scoreboard_free(own_board); /* of an earlier one */
	scoreboard_free(main_board);

	/* No program is to find what Check has open. */
	for (fd = 3; fd < 256; fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	make_descriptors();
	make_listener();
	ck_assert_ptr_nonnull(main_board = scoreboard_new("test"));
	rig = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(rig, MAP_FAILED);
	ck_assert_int_eq(madvise(rig, size, MADV_DONTFORK), 0);
	rig->settings = make_settings(settings);
	rig->place = settings_place(rig->settings);
	rig->prefix_v4 = rig->settings->prefix_v4;
	rig->prefix_v6 = rig->settings->prefix_v6;
	put(dup(scoreboard_fd(main_board)), SETTINGS_FD_SCOREBOARD);
	own_board = rig->board = scoreboard_map(SETTINGS_FD_SCOREBOARD,
	    &rig->place);
	ck_assert_ptr_nonnull(rig->board);
	rig->section = rig->board->own.section;
	leftovers_open(&rig->left, rig->settings->builtin == BUILTIN_NONE,
	    rig->settings->leftovers == LEFTOVERS_END);
	children_init(&rig->children, (char *)rig + own, slots);
	linger_init(&rig->linger, LINGER_MAX);
	rig->listener[0].fd = SETTINGS_FD_LISTENER;
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &rig->confined.nofile), 0);
	if (rig->settings->builtin == BUILTIN_NONE)
		ck_assert_int_eq(program_init(rig), 0);
}

int
rig_connect(struct pending *c)
{
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(&rig_local, &ss);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(connect(fd, (struct sockaddr *)&ss, len), 0);
	if (c == NULL)
		return fd;
	memset(c, 0, sizeof(*c));
	len = sizeof(ss);
	c->fd = accept4(SETTINGS_FD_LISTENER, (struct sockaddr *)&ss, &len,
	    SOCK_CLOEXEC);
	ck_assert_int_ne(c->fd, -1);
	addr_from_sockaddr((struct sockaddr *)&ss, &c->peer);
	c->source = c->peer;
	addr_mask(&c->source, 32, 64);
	c->now = clock_ms();
	c->nth = 1;
	return fd;
}

void
rig_clients(int *fd, int n)
{
	int i;

	for (i = 0; i < n; i++)
		fd[i] = rig_connect(NULL);
}

int
rig_start(struct scoreboard_slot **slot)
{
	struct pending c;
	int fd = rig_connect(&c);

	atomic_fetch_add(&rig->section->nsessions, 1);
	ck_assert_int_eq(start_session(rig, &c), 0);
	if (slot != NULL)
		*slot = rig_slot(child_slot(&rig->children,
		    TAILQ_LAST(&rig->children.queue[CHILD_RUNNING],
			child_queue)));
	return fd;
}

uint64_t
rig_accepted(void)
{
	return atomic_load(&rig->section->n.accepted);
}

uint64_t
rig_refused(enum refusal why)
{
	return atomic_load(&rig->section->n.refused[why]);
}

struct scoreboard_slot *
rig_slot(unsigned int i)
{
	return scoreboard_slot(rig->board, &rig->place, i);
}

struct scoreboard_section *
rig_other(void)
{
	struct scoreboard_place place;

	ck_assert_int_eq(scoreboard_take(main_board, 4, &place), 0);
	free(place.pages);
	scoreboard_grown(rig->board, main_board->npages);
	return scoreboard_parts(rig->board, &place).section;
}

struct child *
rig_child(unsigned int i)
{
	return &rig->children.at[i];
}

void
rig_reap(unsigned int n)
{
	uint64_t until = atomic_load(&rig->section->n.ended) + n;
	siginfo_t si;

	while (atomic_load(&rig->section->n.ended) < until) {
		ck_assert_int_eq(waitid(P_ALL, 0, &si,
				     WEXITED | WNOWAIT | __WALL),
		    0);
		ends_sweep(rig, clock_ms());
	}
}

void
rig_kill_one(void)
{
	const struct child *ch = TAILQ_FIRST(&rig->children
						  .queue[CHILD_RUNNING]);

	ck_assert_ptr_nonnull(ch);
	kill(ch->pid, SIGKILL);
	rig_reap(1);
}

void
rig_stop_all(void)
{
	unsigned int n = rig->children.nrunning;

	expire_all(rig, clock_ms());
	rig_reap(n);
}

void
rig_wait_dead(pid_t pid)
{
	siginfo_t si;

	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &si,
			     WEXITED | WNOWAIT | __WALL),
	    0);
}

bool
rig_read_all(int fd, char *buf, size_t size)
{
	ssize_t n = io_read_all(fd, buf, size - 1);

	buf[n < 0 ? 0 : n] = '\0';
	return n >= 0;
}

int
rig_main(const char *name, void (*add)(TCase *))
{
	io_close_range(3, UINT_MAX);
	while (open("/dev/null", O_RDWR | O_CLOEXEC) < SETTINGS_FD_LISTENER + 4)
		continue;
	return runner_main(name, add);
}
