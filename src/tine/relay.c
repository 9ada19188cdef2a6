/* SPDX-License-Identifier: ISC */
/*
 * Two threads, two buffers; see relay.h.  The calling thread prints what the
 * peer sends; the other sends what is read, until an eventfd signals that the
 * peer has closed and no input is ready.
 */
#include "config.h"

#include <sys/eventfd.h>
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include "base/io.h"
#include "tine/relay.h"

#define BUFFER (256 * 1024)

struct sender {
	struct relay *relay;
	int closed; /* an eventfd, readable when the peer has closed */
	const char *step;
	int error;
};

/* Waits for input: false when there is none and the peer has closed. */
static bool
wait_for_input(struct sender *s)
{
	struct pollfd pfd[2] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = s->closed, .events = POLLIN },
	};

	while (ppoll(pfd, 2, NULL, NULL) == -1)
		;
	return pfd[0].revents != 0;
}

static int
send_all(int sock, const char *buf, size_t size, _Atomic uint64_t *count)
{
	ssize_t n;

	while (size > 0) {
		n = send(sock, buf, size, MSG_NOSIGNAL);
		if (n == -1)
			return -1;
		*count += (uint64_t)n;
		buf += n;
		size -= (size_t)n;
	}
	return 0;
}

static void *
sender_run(void *arg)
{
	static char buf[BUFFER];
	struct sender *s = arg;
	ssize_t n;

	while (wait_for_input(s)) {
		n = io_read(STDIN_FILENO, buf, sizeof(buf));
		if (n == -1) {
			s->step = "read standard input";
			s->error = errno;
		}
		if (n <= 0)
			break;
		if (send_all(s->relay->sock, buf, (size_t)n, &s->relay->sent) ==
		    -1) {
			s->step = "write";
			s->error = errno;
			return NULL;
		}
	}
	if (s->relay->half_close)
		shutdown(s->relay->sock, SHUT_WR);
	return NULL;
}

static void
receive(struct relay *r)
{
	static char buf[BUFFER];
	ssize_t n;

	while ((n = io_read(r->sock, buf, sizeof(buf))) > 0) {
		r->received += (uint64_t)n;
		if (io_write_all(STDOUT_FILENO, buf, (size_t)n) == -1) {
			r->step = "write standard output";
			r->error = errno;
			return;
		}
	}
	if (n == -1) {
		r->step = "read";
		r->error = errno;
	}
}

/*
 * EPIPE: the peer had closed before, which is not an error.  A reset without
 * that is one, even when the reader, which ran after the sender, saw only an
 * end of file.
 */
static void
take_error(struct relay *r, const struct sender *s)
{
	if (s->step != NULL && s->error != EPIPE) {
		r->step = s->step;
		r->error = s->error;
	}
}

int
relay_run(struct relay *r)
{
	static struct sender s; /* the thread may outlive this function */
	const bool sending = r->input;
	pthread_t thread;

	s.relay = r;
	if ((s.closed = eventfd(0, EFD_CLOEXEC)) == -1 ||
	    (sending &&
		(errno = pthread_create(&thread, NULL, sender_run, &s)) != 0)) {
		r->step = "start";
		r->error = errno;
		return -1;
	}
	receive(r);
	/* after an error the sender may be blocked: it ends with the process */
	if (sending && r->step == NULL) {
		eventfd_write(s.closed, 1);
		pthread_join(thread, NULL);
		take_error(r, &s);
	}
	return r->step == NULL ? 0 : -1;
}
