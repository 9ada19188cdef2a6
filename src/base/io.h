/* SPDX-License-Identifier: ISC */
/*
 * System calls on descriptors that go on after EINTR: but for ppoll(2) it is
 * handled here only.
 */
#ifndef TINED_BASE_IO_H
#define TINED_BASE_IO_H

#include <sys/socket.h>
#include <sys/types.h>

#include <fcntl.h>
#include <stddef.h>

#define IO_SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* The calls of that name. */
ssize_t io_read(int fd, void *buf, size_t size);
ssize_t io_pread(int fd, void *buf, size_t size, off_t at);
ssize_t io_write(int fd, const void *buf, size_t size);
ssize_t io_sendmsg(int sock, const struct msghdr *msg, int flags);
int io_accept(int fd, int flags); /* accept4(2) */
pid_t io_waitpid(pid_t pid, int *status, int options);

/* recv(2) of what is there now (MSG_DONTWAIT).  For a message that was cut, the
 * size that it had. */
ssize_t io_recv(int sock, void *buf, size_t size);

/* close(2), keeping errno; -1 is not closed. */
void io_close(int fd);

/* Writes all of buf on a blocking descriptor.  0, or -1 with errno. */
int io_write_all(int fd, const void *buf, size_t size);

/* Reads until size bytes or end of file.  The count, or -1 with errno. */
ssize_t io_read_all(int fd, void *buf, size_t size);

/* Sets or clears O_NONBLOCK, unless it is so.  0, or -1 with errno. */
int io_nonblock(int fd, int on);

/*
 * A memfd with these size bytes, sealed so that nothing can change them.  The
 * descriptor, or -1 with errno.
 */
int io_sealed(const char *name, const void *buf, size_t size);

/* Sets SO_SNDBUF, beyond wmem_max where main may (socket(7)). */
void io_sndbuf(int sock, int size);

/*
 * Sends a message on a Unix socket, with a descriptor when fd is not -1.
 * Never blocks and never raises SIGPIPE.  0, or -1 with errno.
 */
int io_send_fd(int sock, const void *buf, size_t size, int fd);

/*
 * Receives one message; *fd is the first descriptor in it (CLOEXEC) or -1, the
 * others are closed.  Never blocks.  flags are 0, or MSG_PEEK: the message stays
 * in the queue; SO_PEEK_OFF, socket(7), is where the next peek begins.  The count,
 * 0 at end of file, -1 with errno (EMSGSIZE: the message did not fit; EMFILE, of a
 * peek: there was no room for the descriptor).
 */
ssize_t io_recv_fd(int sock, void *buf, size_t size, int flags, int *fd);

/*
 * Closes every descriptor from first to last (UINT_MAX: to the end) with
 * close_range(2); where the kernel lacks it, by /proc/self/fd.
 */
void io_close_range(unsigned int first, unsigned int last);

#endif
