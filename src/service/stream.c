/* SPDX-License-Identifier: ISC */
/*
 * Reads block, with SO_RCVTIMEO: one system call for each read, and one
 * setsockopt for each connection.  Writes do not block: a reply nearly always
 * fits into the socket's buffer, and only one that does not has to wait.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <linux/sock_diag.h>

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/sys.h"
#include "service/stream.h"

#define GROW_AFTER  2 /* reads that fill the buffer */
#define GROW_MIDDLE ((size_t)64 << 10)
#define GROW_LAST   ((size_t)1 << 20)

/* The session is the only writer: no locked instruction is needed. */
static void
count(_Atomic uint64_t *c, size_t n)
{
	atomic_store_explicit(c,
	    atomic_load_explicit(c, memory_order_relaxed) + n,
	    memory_order_relaxed);
}

/* How much the peer has not yet taken, as a measure: 0: nothing; -1: unknown. */
static int
unsent(int fd)
{
	uint32_t mem[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(mem);

	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, mem, &len) == -1)
		return -1;
	return (int)(mem[SK_MEMINFO_WMEM_QUEUED] + mem[SK_MEMINFO_WMEM_ALLOC]);
}

/* After a failed read or write.  The kernel reports once that it has dropped
 * the peer, or the last error on the way to it. */
static void
failed(struct session *s)
{
	if (errno == ETIMEDOUT || errno == EHOSTUNREACH || errno == ENETUNREACH)
		s->slot->reason = END_PEER;
}

SYS_HOT void
stream_begin(struct session *s)
{
	int64_t ms = s->idle_ms;
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	if (ms > 0)
		sys_setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
}

SYS_HOT ssize_t
stream_read(struct session *s, void *buf, size_t size)
{
	ssize_t n;

	while ((n = io_read(s->fd, buf, size)) == -1 && errno == EAGAIN) {
		if (unsent(s->fd) <= 0) {
			s->slot->reason = END_IDLE;
			return -1;
		}
		/* It may be reading: wait once more, watching that. */
		if (stream_wait(s, POLLIN) == -1)
			return -1;
	}
	if (n > 0)
		count(&s->slot->in, (size_t)n);
	else if (n == -1)
		failed(s);
	return n;
}

SYS_HOT ssize_t
stream_write_some(struct session *s, const void *buf, size_t size)
{
	ssize_t n = sys_send(s->fd, buf, size, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n == -1) {
		if (errno == EAGAIN)
			return 0;
		failed(s);
		return -1;
	}
	count(&s->slot->out, (size_t)n);
	return n;
}

SYS_HOT int
stream_write(struct session *s, const void *buf, size_t size)
{
	const char *p = buf;
	ssize_t n;

	for (;;) {
		if ((n = stream_write_some(s, p, size)) == -1)
			return -1;
		p += n;
		size -= (size_t)n;
		if (size == 0)
			return 0;
		if (stream_wait(s, POLLOUT) == -1)
			return -1;
	}
}

int
stream_wait(struct session *s, short events)
{
	int64_t ms = s->idle_ms;
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };
	struct pollfd pfd = { .fd = s->fd, .events = events };
	int before = unsent(s->fd), now, n;

	for (;;) {
		n = ppoll(&pfd, 1, ms > 0 ? &ts : NULL, NULL);
		if (n == 1)
			return pfd.revents;
		if (n == -1 && errno != EINTR)
			return -1;
		now = unsent(s->fd);
		if (n == 0 && now >= before) {
			s->slot->reason = END_IDLE;
			return -1;
		}
		before = now;
	}
}

int
stream_discard(struct session *s)
{
	char buf[2048];
	ssize_t n = recv(s->fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (n > 0)
		count(&s->slot->in, (size_t)n);
	if (n != -1 || errno == EAGAIN)
		return n != 0;
	failed(s);
	return 0;
}

void
stream_close(struct session *s)
{
	struct pollfd pfd = { .fd = s->fd, .events = POLLIN };
	struct timespec ts;
	int64_t now = clock_ms(), end = now + STREAM_CLOSE_MS;
	int n;

	if (shutdown(s->fd, SHUT_WR) == -1)
		return;
	for (; now < end; now = clock_ms()) {
		n = ppoll(&pfd, 1, clock_timeout(end, now, &ts), NULL);
		if (n == 0 || (n == -1 && errno != EINTR))
			return;
		if (n == 1 && !stream_discard(s))
			return;
	}
}

SYS_HOT void
stream_grow(struct stream_buf *b, size_t n)
{
	size_t size = b->size < GROW_MIDDLE ? GROW_MIDDLE : GROW_LAST;
	char *p;

	if (n < b->size || b->size == GROW_LAST || ++b->full < GROW_AFTER)
		return;
	b->full = 0;
	p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return;
	if (b->size == GROW_MIDDLE)
		munmap(b->data, b->size);
	b->data = p;
	b->size = size;
}
