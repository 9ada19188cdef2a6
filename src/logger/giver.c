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
#include "logger/giver.h"

#define TAKE_MAX 16   /* read ends from one socket in a turn */
#define LOSE_MS  1000 /* between two lines about programs that go without */

static void ready(struct watch *w);

/* The next look is at what follows that part of the queue which is known. */
static void
look_on(struct giver *g)
{
	int offset = (int)(g->n * sizeof(struct stderr_msg));

	g->looks = setsockopt(g->watch.fd, SOL_SOCKET, SO_PEEK_OFF, &offset,
		       sizeof(offset)) == 0;
}

struct giver *
giver_new(struct stderrs *s, struct log_service *service, int sock,
    const struct stat *st)
{
	struct giver *g;

	if ((g = calloc(1, sizeof(*g))) == NULL) {
		close(sock);
		return NULL;
	}
	g->all = s;
	g->service = service;
	g->dev = st->st_dev;
	g->ino = st->st_ino;
	TAILQ_INIT(&g->queue);
	if (watch_add(&service->set, &g->watch, sock, ready) == -1) {
		free(g);
		return NULL;
	}
	/* What is in the queue makes it ready for good. */
	watch_edge(&g->watch);
	look_on(g);
	log_service_join(service);
	return g;
}

void
giver_close(struct giver *g)
{
	struct talker *t;

	while ((t = TAILQ_FIRST(&g->queue)) != NULL) {
		TAILQ_REMOVE(&g->queue, t, place);
		t->giver = NULL;
		if (t->watch.fd == -1)
			talker_free(t);
	}
	TAILQ_REMOVE(&g->all->givers, g, entry);
	watch_close(&g->watch);
	log_service_leave(g->service);
	free(g);
}

/* Out of the queue */

static bool
may_leave(struct giver *g, struct talker *t)
{
	if (t->watch.fd == -1 || g->all->main == -1)
		return true;
	if (g->n <= g->service->most.few && !g->over)
		return false;
	return stderrs_keep(g->all, t);
}

/* Takes the first message for good; its descriptor is thrown away. */
static int
consume(const struct giver *g)
{
	struct stderr_msg msg;
	ssize_t n;

	do {
		n = recv(g->watch.fd, &msg, sizeof(msg), MSG_DONTWAIT);
	} while (n == -1 && errno == EINTR);
	return n == sizeof(msg) ? 0 : -1;
}

void
giver_advance(struct giver *g)
{
	struct talker *t;

	while ((t = TAILQ_FIRST(&g->queue)) != NULL && may_leave(g, t)) {
		if (consume(g) == -1) {
			stderrs_retry_later(g->all);
			break;
		}
		TAILQ_REMOVE(&g->queue, t, place);
		g->n--;
		t->giver = NULL;
		if (t->watch.fd == -1)
			stderrs_let_go(g->all, t);
	}
	if (g->full && g->n < g->service->most.queue) {
		g->full = false;
		watch_edge(&g->watch);
	}
	if (g->over && g->n == 0)
		g->all->over = true;
}

/* Into it */

static void
look_again(struct giver *g)
{
	look_on(g);
	g->again = true;
	stderrs_retry_later(g->all);
}

void
giver_retry(struct giver *g)
{
	if (g->again)
		watch_edge(&g->watch);
	g->again = false;
	giver_advance(g);
}

/* A program without its standard error. */
static void
lose(const struct giver *g)
{
	int64_t now = clock_ms();

	if (g->all->lose_ms != 0 && now - g->all->lose_ms < LOSE_MS)
		return;
	g->all->lose_ms = now;
	stderrs_complain(g->all, g->service, LEVEL_ERROR,
	    "a program's standard error cannot be read");
}

/* Whether main keeps that one: the logger before may have died when it had
 * told main and not yet taken the message. */
static bool
is_kept(const struct giver *g, int fd)
{
	const struct talker *t;
	struct stat st;

	if (fstat(fd, &st) == -1)
		return false;
	TAILQ_FOREACH (t, &g->all->talkers.list, entry)
		if (t->kept && t->service == g->service && t->ino == st.st_ino)
			return true;
	return false;
}

/* Reads one more of the queue; -1: it is to be looked at again. */
static int
join(struct giver *g, const struct stderr_msg *msg, int fd)
{
	struct talker *t;
	bool kept = !g->looked && fd != -1 && is_kept(g, fd);

	if (kept || (fd != -1 && !talker_is_read_end(fd))) {
		close(fd);
		fd = -1;
	}
	t = talker_new(&g->all->talkers, g->service, msg, fd);
	if (t == NULL)
		return -1;
	if (fd == -1 && !kept)
		lose(g);
	g->looked = true;
	t->giver = g;
	TAILQ_INSERT_TAIL(&g->queue, t, place);
	g->n++;
	return 0;
}

enum taken { TAKEN, NOTHING, STRANGE };

static enum taken
take(struct giver *g)
{
	struct stderr_msg msg;
	ssize_t n;
	int fd = -1;

	if (g->n >= g->service->most.queue) {
		g->full = true;
		return NOTHING;
	}
	if (!g->looks) {
		look_again(g);
		return NOTHING;
	}
	n = io_peek_fd(g->watch.fd, &msg, sizeof(msg), &fd);
	if (n == 0)
		g->over = true;
	else if (n == -1 && errno == EMSGSIZE)
		return STRANGE;
	else if (n == -1 && errno != EAGAIN)
		look_again(g);
	if (n <= 0)
		return NOTHING;
	if (n != sizeof(msg)) {
		if (fd != -1)
			close(fd);
		return STRANGE;
	}
	if (join(g, &msg, fd) == 0)
		return TAKEN;
	look_again(g);
	return NOTHING;
}

static void
ready(struct watch *w)
{
	struct giver *g = (struct giver *)w;
	enum taken what = TAKEN;
	int i;

	for (i = 0; i < TAKE_MAX && what == TAKEN; i++)
		what = take(g);
	if (what == STRANGE) {
		stderrs_complain(g->all, g->service, LEVEL_ERROR,
		    "a strange message: its programs' standard errors are "
		    "taken no more");
		giver_close(g);
		return;
	}
	if (what == TAKEN)
		watch_edge(w);
	giver_advance(g);
}
