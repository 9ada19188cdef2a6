/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/io.h"
#include "base/sys.h"

/* More than an acceptor has open: it closes all others before it is confined. */
#define CONFINED_FDS 1024

SYS_HOT ssize_t
io_read(int fd, void *buf, size_t size)
{
	ssize_t n;

	while ((n = sys_read(fd, buf, size)) == -1 && errno == EINTR)
		continue;
	return n;
}

SYS_HOT ssize_t
io_write(int fd, const void *buf, size_t size)
{
	ssize_t n;

	while ((n = sys_write(fd, buf, size)) == -1 && errno == EINTR)
		continue;
	return n;
}

ssize_t
io_pread(int fd, void *buf, size_t size, off_t at)
{
	ssize_t n;

	while ((n = pread(fd, buf, size, at)) == -1 && errno == EINTR)
		continue;
	return n;
}

ssize_t
io_sendmsg(int sock, const struct msghdr *msg, int flags)
{
	ssize_t n;

	while ((n = sendmsg(sock, msg, flags)) == -1 && errno == EINTR)
		continue;
	return n;
}

ssize_t
io_recv(int sock, void *buf, size_t size)
{
	ssize_t n;

	while ((n = recv(sock, buf, size, MSG_DONTWAIT | MSG_TRUNC)) == -1 &&
	    errno == EINTR)
		continue;
	return n;
}

int
io_accept(int fd, int flags)
{
	int conn;

	while ((conn = accept4(fd, NULL, NULL, flags)) == -1 && errno == EINTR)
		continue;
	return conn;
}

pid_t
io_waitpid(pid_t pid, int *status, int options)
{
	pid_t got;

	while ((got = waitpid(pid, status, options)) == -1 && errno == EINTR)
		continue;
	return got;
}

void
io_close(int fd)
{
	const int saved = errno;

	if (fd != -1)
		close(fd);
	errno = saved;
}

int
io_write_all(int fd, const void *buf, size_t size)
{
	const char *p = buf;
	ssize_t n;

	while (size > 0) {
		if ((n = io_write(fd, p, size)) == -1)
			return -1;
		p += n;
		size -= (size_t)n;
	}
	return 0;
}

ssize_t
io_read_all(int fd, void *buf, size_t size)
{
	char *p = buf;
	size_t done = 0;
	ssize_t n;

	while (done < size) {
		if ((n = io_read(fd, p + done, size - done)) == -1)
			return -1;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

int
io_nonblock(int fd, int on)
{
	int old, new;

	if ((old = fcntl(fd, F_GETFL)) == -1)
		return -1;
	new = on ? old | O_NONBLOCK : old & ~O_NONBLOCK;
	return new == old ? 0 : fcntl(fd, F_SETFL, new);
}

int
io_sealed(const char *name, const void *buf, size_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd == -1 ||
	    (io_write_all(fd, buf, size) == 0 &&
		fcntl(fd, F_ADD_SEALS, IO_SEALS) == 0))
		return fd;
	io_close(fd);
	return -1;
}

void
io_sndbuf(int sock, int size)
{
	if (setsockopt(sock, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) ==
	    -1)
		(void)setsockopt(sock, SOL_SOCKET, SO_SNDBUF, &size,
		    sizeof(size));
}

/* The number of an entry; -1 for "." and "..". */
static int
fd_of_name(const char *name)
{
	int n = 0;

	for (; *name >= '0' && *name <= '9'; name++)
		n = n * 10 + (*name - '0');
	return *name == '\0' ? n : -1;
}

/*
 * By getdents64(2), because opendir(3) allocates memory.  To close while reading
 * is safe: a position in /proc/self/fd is the number of a descriptor.
 */
static bool
close_listed(unsigned int first, unsigned int last)
{
	_Alignas(struct dirent64) char buf[2048];
	const struct dirent64 *entry;
	long n, at;
	int dir, fd;

	dir = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir == -1)
		return false;
	while ((n = syscall(SYS_getdents64, dir, buf, sizeof(buf))) > 0) {
		for (at = 0; at < n; at += entry->d_reclen) {
			entry = (const void *)(buf + at);
			fd = fd_of_name(entry->d_name);
			if (fd != -1 && fd != dir &&
			    (unsigned int)fd >= first &&
			    (unsigned int)fd <= last)
				close(fd);
		}
	}
	close(dir);
	return n == 0;
}

SYS_HOT void
io_close_range(unsigned int first, unsigned int last)
{
	struct rlimit limit;
	unsigned int fd;

	if (first > last)
		return;
	if (SYS_CALL(SYS_close_range, first, last, 0, 0, 0, 0) == 0)
		return;
	if (close_listed(first, last))
		return;
	/* Slow, but all must be closed.  The limit fits in an int (nr_open in
	 * proc(5)); the session of a built-in may not ask for it. */
	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		limit.rlim_max = CONFINED_FDS;
	for (fd = first; fd <= last && fd < limit.rlim_max; fd++)
		close((int)fd);
}
