/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "acceptor/world.h"
#include "sandbox/kernel.h"
#include "runner.h"

char world_data[96];
char world_extra[96];
char world_listed[128];
int world_listener = -1;

static char dir[64]; /* of this test, not writable */
static pid_t victim;
static in_port_t port; /* of a TCP listener, network order */
static struct sockaddr_un abstract;
static socklen_t abstract_len;

static void
make_file(const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY, 0666);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	close(fd);
}

static void
listen_on_tcp(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sin);
	int fd;

	ck_assert_int_ne(fd = socket(AF_INET, SOCK_STREAM, 0), -1);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	ck_assert_int_eq(listen(fd, 5), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	port = sin.sin_port;
}

static void
listen_on_abstract(void)
{
	abstract.sun_family = AF_UNIX;
	abstract_len = sizeof(abstract);
	ck_assert_int_ne(world_listener = socket(AF_UNIX, SOCK_STREAM, 0), -1);
	ck_assert_int_eq(bind(world_listener, (struct sockaddr *)&abstract,
			     sizeof(sa_family_t)),
	    0); /* autobind */
	ck_assert_int_eq(getsockname(world_listener,
			     (struct sockaddr *)&abstract, &abstract_len),
	    0);
	ck_assert_int_eq(listen(world_listener, 5), 0);
}

void
world_set_up(void)
{
	snprintf(dir, sizeof(dir), "/tmp/check_landlock.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(world_data, sizeof(world_data), "%s/data", dir);
	snprintf(world_extra, sizeof(world_extra), "%s/extra", dir);
	snprintf(world_listed, sizeof(world_listed), "%s/listed", dir);
	ck_assert_int_eq(mkdir(world_data, 0777), 0);
	ck_assert_int_eq(mkdir(world_extra, 0777), 0);
	make_file(world_listed);
	listen_on_tcp();
	listen_on_abstract();
	if ((victim = fork()) == 0) {
		pause();
		_exit(0);
	}
	ck_assert_int_ne(victim, -1);
}

void
world_tear_down(void)
{
	char command[128];

	kill(victim, SIGKILL);
	waitpid(victim, NULL, 0);
	close(world_listener);
	snprintf(command, sizeof(command), "rm -r '%s'", dir);
	ck_assert_int_eq(system(command), 0);
}

long
world_open(const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	return fd == -1 ? -1 : close(fd);
}

long
world_read_a_file(void)
{
	return world_open("/etc/passwd", O_RDONLY);
}

long
world_list_a_directory(void)
{
	return world_open("/", O_RDONLY | O_DIRECTORY);
}

long
world_execute(void)
{
	int status;
	pid_t pid;

	if ((pid = fork()) == 0) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(errno);
	}
	if (pid == -1 || waitpid(pid, &status, 0) == -1)
		return -1;
	errno = WEXITSTATUS(status);
	return status == 0 ? 0 : -1;
}

long
world_create_elsewhere(void)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/new", dir);
	return world_open(path, O_CREAT | O_WRONLY);
}

long
world_create_in_directory(void)
{
	char path[160], other[160];

	snprintf(path, sizeof(path), "%s/new", world_data);
	snprintf(other, sizeof(other), "%s/newer", world_data);
	if (world_open(path, O_CREAT | O_WRONLY | O_TRUNC) == -1 ||
	    rename(path, other) == -1)
		return -1;
	return unlink(other);
}

long
world_write_to_devices(void)
{
	if (world_open("/dev/null", O_WRONLY | O_TRUNC) == -1 ||
	    world_open("/dev/zero", O_RDWR) == -1)
		return -1;
	return world_open("/dev/urandom", O_RDONLY);
}

long
world_connect_tcp(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_port = port,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&sin,
	    sizeof(sin));
}

long
world_bind_tcp(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return bind(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&sin,
	    sizeof(sin));
}

long
world_connect_abstract(void)
{
	return connect(socket(AF_UNIX, SOCK_STREAM, 0),
	    (struct sockaddr *)&abstract, abstract_len);
}

long
world_signal_outside(void)
{
	return kill(victim, 0);
}

long
world_signal_a_child(void)
{
	pid_t pid;

	if ((pid = fork()) == 0) {
		pause();
		_exit(0);
	}
	if (pid == -1 || kill(pid, SIGKILL) == -1)
		return -1;
	return waitpid(pid, NULL, 0);
}

void
world_expect(cage_lock *lock, const void *arg, const struct attempt *attempts,
    size_t n)
{
	const char *report = cage_try(lock, arg, attempts, n);

	ck_assert_msg(report == NULL, "%s", report);
}

int
world_main(const char *name, void (*add)(TCase *))
{
	if (kernel_landlock() < 1) {
		puts("1..0 # SKIP this kernel has no Landlock");
		return 0;
	}
	return runner_main(name, add);
}
