/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <bsd/sys/queue.h>

#include "base/clock.h"
#include "base/io.h"
#include "logger/stderrs.h"

#define TAKE_MAX  16   /* messages of a socket in a turn */
#define REFUSE_MS 1000 /* between two errors about invalid pipes */

struct stderr_queue {
	struct watch watch; /* first */
	TAILQ_ENTRY(stderr_queue) entry;
	struct stderrs *all;
	struct log_service *service;
	dev_t dev; /* of the socket */
	ino_t ino;
	struct stderr_pipe_list pipes; /* of the messages seen, in order */
	uint32_t n;                    /* how many they are */
	bool peeking;                  /* the offset of the next peek is set */
	bool peeked;                   /* at the first message */
	bool full;                     /* there are more messages */
	bool again;                    /* a step failed and is tried again */
	bool over;                     /* end of file */
};

static void
complain(const struct stderr_queue *q, const char *msg)
{
	emit_event(q->all->pipes.emit, LEVEL_ERROR, "log", "service",
	    q->service->name, "msg", msg, NULL);
}

/* The next peek is at the message behind those seen. */
static void
set_offset(struct stderr_queue *q)
{
	int offset = (int)(q->n * sizeof(struct stderr_msg));

	q->peeking = setsockopt(q->watch.fd, SOL_SOCKET, SO_PEEK_OFF, &offset,
			 sizeof(offset)) == 0;
}

/* Out of the queue */

static bool
may_leave(struct stderr_queue *q, struct stderr_pipe *p)
{
	if (p->watch.fd == -1 || q->all->pipes.main == -1)
		return true;
	if (q->n <= q->service->most.few && !q->over)
		return false;
	return stderr_pipe_keep(p);
}

/* Receives the first message; the descriptor in it is a duplicate. */
static int
consume(const struct stderr_queue *q)
{
	struct stderr_msg msg;

	return io_recv(q->watch.fd, &msg, sizeof(msg)) == sizeof(msg) ? 0 : -1;
}

/* Removes from the front all messages that may leave. */
static void
advance(struct stderr_queue *q)
{
	struct stderr_pipe *p;

	while ((p = TAILQ_FIRST(&q->pipes)) != NULL && may_leave(q, p)) {
		if (consume(q) == -1) {
			stderr_pipes_retry_later(&q->all->pipes);
			break;
		}
		TAILQ_REMOVE(&q->pipes, p, place);
		q->n--;
		p->queue = NULL;
		if (p->watch.fd == -1)
			stderr_pipe_drop(p);
	}
	if (q->full && q->n < q->service->most.queue) {
		q->full = false;
		watch_edge(&q->watch);
	}
	if (q->over && q->n == 0)
		q->all->over = true;
}

/* What is in the queue stays open as long as this process lives. */
static void
queue_close(struct stderr_queue *q)
{
	struct stderr_pipe *p;

	while ((p = TAILQ_FIRST(&q->pipes)) != NULL) {
		TAILQ_REMOVE(&q->pipes, p, place);
		p->queue = NULL;
		if (p->watch.fd == -1)
			stderr_pipe_free(p);
	}
	TAILQ_REMOVE(&q->all->queues, q, entry);
	watch_close(&q->watch);
	log_service_leave(q->service);
	free(q);
}

/* Into the queue */

static void
peek_again(struct stderr_queue *q)
{
	set_offset(q);
	q->again = true;
	stderr_pipes_retry_later(&q->all->pipes);
}

/* A program whose standard error is not read. */
static void
refuse(const struct stderr_queue *q)
{
	int64_t now = clock_ms(), last = q->all->refused_ms;

	if (last != 0 && now - last < REFUSE_MS)
		return;
	q->all->refused_ms = now;
	complain(q, "a program's standard error cannot be read");
}

/* Whether main keeps that pipe: an earlier logger may have died between telling
 * main and receiving the message. */
static bool
is_kept(const struct stderr_queue *q, int fd)
{
	const struct stderr_pipe *p;
	struct stat st;

	if (fstat(fd, &st) == -1)
		return false;
	TAILQ_FOREACH (p, &q->all->pipes.list, entry)
		if (p->kept && p->service == q->service && p->ino == st.st_ino)
			return true;
	return false;
}

/* Reads a pipe of the queue from now on.  -1: the message is to be peeked at
 * again. */
static int
join(struct stderr_queue *q, const struct stderr_msg *msg, int fd)
{
	struct stderr_pipe *p;
	bool kept = !q->peeked && fd != -1 && is_kept(q, fd);

	if (kept || (fd != -1 && !stderr_pipe_is_valid(fd))) {
		close(fd);
		fd = -1;
	}
	p = stderr_pipe_new(&q->all->pipes, q->service, msg, fd);
	if (p == NULL)
		return -1;
	if (fd == -1 && !kept)
		refuse(q);
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
	int fd = -1;

	if (q->n >= q->service->most.queue) {
		q->full = true;
		return NOTHING;
	}
	if (!q->peeking) {
		peek_again(q);
		return NOTHING;
	}
	n = io_peek_fd(q->watch.fd, &msg, sizeof(msg), &fd);
	if (n == 0)
		q->over = true;
	else if (n == -1 && errno == EMSGSIZE)
		return INVALID;
	else if (n == -1 && errno != EAGAIN)
		peek_again(q);
	if (n <= 0)
		return NOTHING;
	if (n != sizeof(msg)) {
		if (fd != -1)
			close(fd);
		return INVALID;
	}
	if (join(q, &msg, fd) == 0)
		return TAKEN;
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
		complain(q,
		    "invalid message; stderr capture disabled for this "
		    "service");
		queue_close(q);
		return;
	}
	if (what == TAKEN)
		watch_edge(w);
	advance(q);
}

/* What main hands over */

static struct stderr_queue *
queue_new(struct stderrs *s, struct log_service *service, int sock,
    const struct stat *st)
{
	struct stderr_queue *q;

	if ((q = calloc(1, sizeof(*q))) == NULL) {
		close(sock);
		return NULL;
	}
	q->all = s;
	q->service = service;
	q->dev = st->st_dev;
	q->ino = st->st_ino;
	TAILQ_INIT(&q->pipes);
	if (watch_add(&service->set, &q->watch, sock, ready) == -1) {
		free(q);
		return NULL;
	}
	/* The messages that stay in the queue keep the socket readable. */
	watch_edge(&q->watch);
	set_offset(q);
	log_service_join(service);
	TAILQ_INSERT_TAIL(&s->queues, q, entry);
	return q;
}

void
stderrs_init(struct stderrs *s, struct emit *emit, int main)
{
	*s = (struct stderrs) { .over = false };
	stderr_pipes_init(&s->pipes, emit, main, advance);
	TAILQ_INIT(&s->queues);
}

int
stderrs_add(struct stderrs *s, struct log_service *service, int sock,
    const struct stderr_limits *limits)
{
	struct stderr_queue *q;
	struct stat st;

	service->most = *limits;
	if (fstat(sock, &st) == -1) {
		close(sock);
		return -1;
	}
	TAILQ_FOREACH (q, &s->queues, entry)
		if (q->dev == st.st_dev && q->ino == st.st_ino) {
			close(sock);
			advance(q);
			return 0;
		}
	return queue_new(s, service, sock, &st) == NULL ? -1 : 0;
}

int
stderrs_restore(struct stderrs *s, struct log_service *service,
    const struct stderr_msg *which, int fd)
{
	struct stderr_pipe *p;

	if (!stderr_pipe_is_valid(fd)) {
		close(fd);
		return -1;
	}
	if ((p = stderr_pipe_new(&s->pipes, service, which, fd)) == NULL)
		return -1;
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
	struct stderr_queue *q;

	s->pipes.retry_ms = 0;
	TAILQ_FOREACH (q, &s->queues, entry) {
		if (q->again)
			watch_edge(&q->watch);
		q->again = false;
		advance(q);
	}
	stderr_pipes_retry(&s->pipes);
}

void
stderrs_tick(struct stderrs *s, int64_t now)
{
	struct stderr_queue *q, *next;

	if (s->pipes.retry_ms != 0 && s->pipes.retry_ms <= now)
		retry(s);
	stderr_pipes_report(&s->pipes, now);
	if (!s->over)
		return;
	s->over = false;
	TAILQ_FOREACH_SAFE (q, &s->queues, entry, next)
		if (q->over && q->n == 0)
			queue_close(q);
}

int64_t
stderrs_due(const struct stderrs *s)
{
	return clock_earlier(s->pipes.retry_ms, s->pipes.report_ms);
}
