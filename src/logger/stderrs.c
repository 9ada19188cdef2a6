/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <unistd.h>

#include <bsd/sys/queue.h>

#include "base/clock.h"
#include "base/io.h"
#include "logger/stderrs.h"

#define TAKE_MAX 16 /* messages of a socket in a turn */

struct stderr_queue {
	struct log_source source; /* first; the socket */
	TAILQ_ENTRY(stderr_queue) entry;
	struct stderrs *all;
	struct stderr_pipe_list pipes; /* of the messages seen, in order */
	uint32_t n;                    /* how many they are */
	bool peeked;                   /* at the first message */
	bool full;                     /* there are more messages */
	bool again;                    /* a step failed and is tried again */
	bool over;                     /* end of file */
};

/* Out of the queue */

static bool
may_leave(struct stderr_queue *q, struct stderr_pipe *p)
{
	if (p->source.watch.fd == -1 || q->all->pipes.main == -1)
		return true;
	if (q->n <= q->source.service->most.few && !q->over)
		return false;
	return stderr_pipe_keep(p);
}

/* Removes from the front all messages that may leave. */
static void
advance(struct stderr_queue *q)
{
	struct stderr_msg msg;
	struct stderr_pipe *p;

	while ((p = TAILQ_FIRST(&q->pipes)) != NULL && may_leave(q, p)) {
		/* The descriptor in it is a duplicate. */
		if (io_recv(q->source.watch.fd, &msg, sizeof(msg)) !=
		    sizeof(msg)) {
			stderr_pipes_retry_later(&q->all->pipes);
			break;
		}
		TAILQ_REMOVE(&q->pipes, p, place);
		q->n--;
		p->queue = NULL;
		if (p->source.watch.fd == -1)
			stderr_pipe_drop(p);
	}
	if (q->full && q->n < q->source.service->most.queue) {
		q->full = false;
		watch_edge(&q->source.watch);
	}
	/* retry() closes it: here an event of the socket may be pending. */
	if (q->over && q->n == 0)
		q->all->pipes.retry_ms = clock_ms();
}

/* What is in the queue stays open as long as this process lives. */
static void
queue_close(struct stderr_queue *q)
{
	struct stderr_pipe *p;

	while ((p = TAILQ_FIRST(&q->pipes)) != NULL) {
		TAILQ_REMOVE(&q->pipes, p, place);
		p->queue = NULL;
		if (p->source.watch.fd == -1)
			stderr_pipe_free(p);
	}
	TAILQ_REMOVE(&q->all->queues, q, entry);
	log_source_free(&q->source);
}

/* Into the queue */

static void
peek_again(struct stderr_queue *q)
{
	q->again = true;
	stderr_pipes_retry_later(&q->all->pipes);
}

/* At the message behind those seen.  EAGAIN and EMSGSIZE are about the message. */
static ssize_t
peek(const struct stderr_queue *q, struct stderr_msg *msg, int *fd)
{
	const int sock = q->source.watch.fd;
	const int offset = (int)(q->n * sizeof(*msg));

	*fd = -1;
	if (setsockopt(sock, SOL_SOCKET, SO_PEEK_OFF, &offset,
		sizeof(offset)) == -1) {
		errno = EINVAL;
		return -1;
	}
	return io_recv_fd(sock, msg, sizeof(*msg), MSG_PEEK, fd);
}

/* Reads a pipe of the queue from now on.  -1: the message is to be peeked at
 * again. */
static int
join(struct stderr_queue *q, const struct stderr_msg *msg, int fd)
{
	struct log_service *s = q->source.service;
	struct stderr_pipe *p;
	/* By main: an earlier logger may have died between telling main and
	 * receiving the message. */
	bool kept = !q->peeked && log_source_find(s, fd) != NULL;

	if (kept) {
		close(fd);
		fd = -1;
	}
	if ((p = stderr_pipe_new(&q->all->pipes, s, msg, fd)) == NULL)
		return -1;
	if (p->source.watch.fd == -1 && !kept &&
	    log_may_say(&q->all->refused, clock_ms()))
		log_service_say(s, LEVEL_ERROR,
		    "a program's standard error cannot be read", NULL);
	q->peeked = true;
	p->queue = q;
	TAILQ_INSERT_TAIL(&q->pipes, p, place);
	q->n++;
	return 0;
}

enum taken { TAKEN, NOTHING, INVALID };

static enum taken
take(struct stderr_queue *q)
{
	struct stderr_msg msg;
	ssize_t n;
	int fd;

	if (q->n >= q->source.service->most.queue) {
		q->full = true;
		return NOTHING;
	}
	n = peek(q, &msg, &fd);
	if (n == sizeof(msg)) {
		if (join(q, &msg, fd) == 0)
			return TAKEN;
		peek_again(q);
		return NOTHING;
	}
	io_close(fd);
	if (n > 0 || (n == -1 && errno == EMSGSIZE))
		return INVALID;
	if (n == 0)
		q->over = true;
	else if (errno != EAGAIN)
		peek_again(q);
	return NOTHING;
}

static void
ready(struct watch *w)
{
	struct stderr_queue *q = (struct stderr_queue *)w;
	enum taken what = TAKEN;
	int i;

	for (i = 0; i < TAKE_MAX && what == TAKEN; i++)
		what = take(q);
	if (what == INVALID) {
		log_service_say(q->source.service, LEVEL_ERROR,
		    "invalid message; stderr capture disabled for this service",
		    NULL);
		queue_close(q);
		return;
	}
	if (what == TAKEN)
		watch_edge(w);
	advance(q);
}

/* What main hands over */

void
stderrs_init(struct stderrs *s, int main)
{
	*s = (struct stderrs) { .pipes = { .main = main, .ended = advance } };
	TAILQ_INIT(&s->pipes.list);
	TAILQ_INIT(&s->queues);
}

int
stderrs_add(struct stderrs *s, struct log_service *service, int sock,
    const struct stderr_limits *limits)
{
	struct log_source *known = log_source_find(service, sock);
	struct stderr_queue *q;

	service->most = *limits;
	if (known != NULL) {
		close(sock);
		advance((struct stderr_queue *)known);
		return 0;
	}
	if ((q = log_source_new(service, sizeof(*q), sock, ready)) == NULL)
		return -1;
	q->all = s;
	TAILQ_INIT(&q->pipes);
	/* The messages that stay in the queue keep the socket readable. */
	watch_edge(&q->source.watch);
	TAILQ_INSERT_TAIL(&s->queues, q, entry);
	return 0;
}

int
stderrs_restore(struct stderrs *s, struct log_service *service,
    const struct stderr_msg *which, int fd)
{
	struct stderr_pipe *p = stderr_pipe_new(&s->pipes, service, which, fd);

	if (p == NULL)
		return -1;
	if (p->source.watch.fd == -1) {
		stderr_pipe_free(p);
		errno = EINVAL;
		return -1;
	}
	p->kept = true;
	service->nkept++;
	return 0;
}

void
stderrs_without_main(struct stderrs *s)
{
	struct stderr_queue *q;

	s->pipes.main = -1;
	TAILQ_FOREACH (q, &s->queues, entry)
		advance(q);
}

static void
retry(struct stderrs *s)
{
	struct stderr_queue *q, *next;

	s->pipes.retry_ms = 0;
	TAILQ_FOREACH_SAFE (q, &s->queues, entry, next) {
		if (q->again)
			watch_edge(&q->source.watch);
		q->again = false;
		advance(q);
		if (q->over && q->n == 0)
			queue_close(q);
	}
	stderr_pipes_retry(&s->pipes);
}

void
stderrs_tick(struct stderrs *s, int64_t now)
{
	if (s->pipes.retry_ms != 0 && s->pipes.retry_ms <= now)
		retry(s);
	stderr_pipes_report(&s->pipes, now);
}

int64_t
stderrs_due(const struct stderrs *s)
{
	return clock_earlier(s->pipes.retry_ms, s->pipes.report_ms);
}
