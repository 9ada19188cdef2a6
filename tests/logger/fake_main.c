/* SPDX-License-Identifier: ISC */
/* A logger, and all that main and acceptors do to one. */
#include "config.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>
#include <bsd/unistd.h>

#include "base/io.h"
#include "logger/fake_main.h"
#include "runner.h"

#define OUTPUT_MAX   (8u << 20)
#define VALGRINDS_FD 512 /* valgrind has its own at the end of the limit */

pid_t logger;
int control, output;
bool nonblocking;
char seen[OUTPUT_MAX];
struct logline_read got;

struct stderr_limits limits = { .kept = 8, .queue = 16, .few = 4 };

static size_t nseen;

struct log_settings
plain_settings(void)
{
	return (struct log_settings) { .target = TARGET_STDERR,
		.format = FORMAT_TEXT,
		.level = LEVEL_INFO,
		.peer = PEER_FULL,
		.uid = (uint32_t)-1,
		.gid = (uint32_t)-1 };
}

void
start_with(const struct log_settings *settings)
{
	int sv[2], out[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			     sv),
	    0);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	if (nonblocking)
		ck_assert_int_eq(io_nonblock(out[1], 1), 0);
	nseen = 0;
	logger = fork();
	ck_assert_int_ne(logger, -1);
	if (logger == 0) {
		dup2(out[1], STDERR_FILENO);
		logger_run(sv[1], settings);
	}
	close(sv[1]);
	close(out[1]);
	control = sv[0];
	output = out[0];
}

void
start(void)
{
	struct log_settings settings = plain_settings();

	start_with(&settings);
}

void
tell(enum logger_type type, const char *service, int fd)
{
	struct logger_msg msg = { .type = type, .limits = limits };

	strlcpy(msg.service, service, sizeof(msg.service));
	ck_assert_int_eq(io_send_fd(control, &msg, sizeof(msg), fd), 0);
}

int
give_pipe(const char *service)
{
	int fd[2];

	ck_assert_int_eq(pipe2(fd, O_CLOEXEC), 0);
	tell(LOGGER_PIPE, service, fd[0]);
	close(fd[0]);
	return fd[1];
}

int
give_stderrs(const char *service)
{
	int sv[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			     sv),
	    0);
	tell(LOGGER_STDERRS, service, sv[0]);
	close(sv[0]);
	return sv[1];
}

void
give_back(const char *service, uint64_t id, int32_t pid, int fd)
{
	struct logger_msg msg = { .type = LOGGER_STDERR,
		.which = { .id = id, .pid = pid } };

	strlcpy(msg.service, service, sizeof(msg.service));
	ck_assert_int_eq(io_send_fd(control, &msg, sizeof(msg), fd), 0);
}

int
hear(struct logger_report *r)
{
	struct pollfd p = { .fd = control, .events = POLLIN };
	int fd;

	ck_assert_int_eq(poll(&p, 1, 5000), 1);
	ck_assert_int_eq(io_recv_fd(control, r, sizeof(*r), 0, &fd),
	    sizeof(*r));
	return fd;
}

bool
nothing_to_hear(void)
{
	struct pollfd p = { .fd = control, .events = POLLIN };

	return poll(&p, 1, 300) == 0;
}

void
kill_logger(void)
{
	ck_assert_int_eq(kill(logger, SIGKILL), 0);
	ck_assert_int_eq(waitpid(logger, NULL, 0), logger);
	close(control);
	close(output);
}

int
give_stderr(int sock, uint64_t id, int32_t pid)
{
	struct stderr_msg msg = { .id = id, .pid = pid };
	int fd[2];

	ck_assert_int_eq(pipe2(fd, O_CLOEXEC), 0);
	ck_assert_int_eq(io_send_fd(sock, &msg, sizeof(msg), fd[0]), 0);
	close(fd[0]);
	return fd[1];
}

void
say(int fd, const char *text)
{
	ck_assert_int_eq(io_write_all(fd, text, strlen(text)), 0);
}

void
send_event(int fd, enum level level, const char *event, const char *key,
    const char *value)
{
	struct record r;
	struct addr peer;

	record_begin(&r, level, event);
	record_str(&r, "service", "main");
	if (strcmp(key, "peer") == 0) {
		ck_assert_int_eq(addr_from_ip(value, &peer), 0);
		record_peer(&r, &peer);
	} else {
		record_str(&r, key, value);
	}
	ck_assert_int_eq(record_send(&r, fd), 0);
}

struct scoreboard_slot
a_slot(uint64_t id)
{
	struct scoreboard_slot slot = { .id = id, .pid = 42, .until_ms = 3 };

	ck_assert_int_eq(addr_from_ip("192.0.2.77", &slot.peer), 0);
	ck_assert_int_eq(addr_from_ip("192.0.2.1", &slot.local), 0);
	slot.peer.port = 5555;
	slot.local.port = 7;
	return slot;
}

void
send_end(int fd, const struct scoreboard_slot *slot)
{
	char buf[256];
	size_t n = record_end(slot, buf, sizeof(buf));

	ck_assert_int_eq(io_write_all(fd, buf, n), 0);
}

bool
read_some(void)
{
	ssize_t n;

	ck_assert_uint_lt(nseen, sizeof(seen) - 1);
	n = io_read(output, seen + nseen, sizeof(seen) - 1 - nseen);
	ck_assert_int_ge(n, 0);
	nseen += (size_t)n;
	seen[nseen] = '\0';
	return n > 0;
}

void
read_ready(void)
{
	struct pollfd p = { .fd = output, .events = POLLIN };

	while (poll(&p, 1, 0) == 1 && read_some())
		continue;
}

void
wait_for(const char *text)
{
	while (strstr(seen, text) == NULL || nseen == 0)
		ck_assert_msg(read_some(), "no `%s` in: %s", text, seen);
}

void
finish(void)
{
	int status;

	while (read_some())
		continue;
	ck_assert_int_eq(waitpid(logger, &status, 0), logger);
	ck_assert_int_eq(status, 0);
}

void
stop(void)
{
	tell(LOGGER_STOP, "", -1);
	finish();
}

size_t
each_line(void (*f)(const struct logline_read *r))
{
	const char *p, *nl;
	size_t n = 0;

	for (p = seen; *p != '\0'; p = nl + 1, n++) {
		nl = strchr(p, '\n');
		ck_assert_ptr_nonnull(nl);
		ck_assert_msg(logline_read(p, (size_t)(nl - p) + 1, &got),
		    "a bad line: %.*s", (int)(nl - p), p);
		if (f != NULL)
			f(&got);
	}
	return n;
}

size_t
count_descriptors(void)
{
	char path[64];
	struct dirent *entry;
	size_t n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)logger);
	ck_assert_ptr_nonnull(d = opendir(path));
	while ((entry = readdir(d)) != NULL)
		n += entry->d_name[0] != '.' &&
		    strtoul(entry->d_name, NULL, 10) < VALGRINDS_FD;
	closedir(d);
	return n;
}

const char *
descriptors_hidden(void)
{
	return geteuid() == 0 ? NULL : "only root sees what it has open";
}

void
wait_until_heard(void)
{
	static unsigned int n;
	char mark[32];
	int fd;

	snprintf(mark, sizeof(mark), "mark-%u-", n++);
	fd = give_pipe("mark");
	send_event(fd, LEVEL_NOTICE, "test", "msg", mark);
	wait_for(mark);
	close(fd);
}

int
fake_main(int argc, char *argv[], const char *name, void (*add)(TCase *))
{
	setproctitle_init(argc, argv, environ);
	return runner_main(name, add);
}
