/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <sys/wait.h>

#include <errno.h>
#include <unistd.h>

#include "acceptor/events.h"
#include "acceptor/fork/fork.h"
#include "acceptor/program.h"
#include "acceptor/start.h"
#include "base/clock.h"
#include "base/io.h"

/*
 * There are more slots than instances, for ended sessions whose records are
 * not written yet; when these run out, the oldest record is dropped.
 */
static struct child *
take(struct acceptor *a)
{
	struct child *ch = TAILQ_FIRST(&a->children.queue[CHILD_ENDED]);

	if (ch != NULL && TAILQ_EMPTY(&a->children.queue[CHILD_FREE])) {
		event_lost(a);
		child_free(&a->children, ch);
	}
	return child_take(&a->children);
}

static void
fill_in(struct acceptor *a, struct scoreboard_slot *slot,
    const struct pending *c)
{
	const struct settings *s = a->settings;

	slot->id = atomic_fetch_add(&a->board->head->next_id, 1);
	slot->start_ms = c->now;
	slot->until_ms = s->max_ms == 0 ? 0 : c->now + s->max_ms;
	atomic_store_explicit(&slot->in, 0, memory_order_relaxed);
	atomic_store_explicit(&slot->out, 0, memory_order_relaxed);
	slot->peer = c->peer;
	slot->local = s->listener[c->listener].local;
	if (s->listener[c->listener].exact == 0)
		slot->local.family = AF_UNSPEC; /* session_local looks it up */
	atomic_store_explicit(&slot->pid, 0, memory_order_relaxed);
	slot->status = 0;
	slot->reason = END_BY_ITSELF;
	slot->listener = (uint16_t)c->listener;
	slot->maxrss_kib = 0;
	slot->nth = c->nth;
	slot->program = s->builtin == BUILTIN_NONE;
	slot->error = 0;
	atomic_store(&slot->state, SLOT_TAKEN);
}

static pid_t
fork_session(const struct acceptor *a, struct scoreboard_slot *slot, int fd,
    service_function *serve)
{
	const struct session s = { .fd = fd,
		.settings = a->settings,
		.idle_ms = a->settings->idle_ms,
		.slot = slot };

	return session_fork(&s, a->session_stack, serve);
}

/* The program could not be executed.  Its child has ended and is reaped here;
 * another session closes the connection without a reset. */
static pid_t
exec_failed(struct acceptor *a, struct scoreboard_slot *slot, int fd, pid_t pid)
{
	int error = slot->error;

	(void)io_waitpid(pid, NULL, 0);
	event_resource(a, RESOURCE_EXEC, a->argv[0], NULL, error);
	slot->program = 0;
	return fork_session(a, slot, fd, stream_close);
}

static pid_t
launch(struct acceptor *a, struct scoreboard_slot *slot, int fd)
{
	service_function *serve = service_get(a->settings->builtin);
	pid_t pid;

	if (serve != NULL)
		return fork_session(a, slot, fd, serve);
	pid = program_start(a, slot, fd);
	if (pid == -1 || slot->error == 0)
		return pid;
	return exec_failed(a, slot, fd, pid);
}

static void
count_start(struct acceptor *a, const struct pending *c)
{
	struct scoreboard_counters *n = &a->section->n;
	const uint32_t sessions = scoreboard_sessions(a->board);
	const int64_t us = clock_us() - c->now_us;

	atomic_fetch_add(&n->started, 1);
	atomic_fetch_add(&recent_now(&a->section->recent, c->now)->started, 1);
	if (sessions >
	    atomic_load_explicit(&a->section->peak, memory_order_relaxed))
		atomic_store_explicit(&a->section->peak, sessions,
		    memory_order_relaxed);
	histogram_add(&n->histogram[HISTOGRAM_SPAWN], HISTOGRAM_SPAWN,
	    us > 0 ? (uint64_t)us : 0);
}

int
start_session(struct acceptor *a, const struct pending *c)
{
	struct child *ch = take(a);
	struct scoreboard_slot *slot;
	pid_t pid = -1;
	int error;

	if (ch == NULL) {
		errno = ENOBUFS;
		return -1;
	}
	ch->peer = c->peer;
	if (child_slot(&a->children, ch) >=
	    atomic_load_explicit(&a->section->nslots, memory_order_relaxed))
		atomic_store(&a->section->nslots,
		    child_slot(&a->children, ch) + 1);
	slot = acceptor_slot(a, ch);
	fill_in(a, slot, c);
	ch->id = slot->id;
	ch->start_ms = slot->start_ms;
	if ((pid = launch(a, slot, c->fd)) == -1) {
		error = errno;
		atomic_store(&slot->state, SLOT_FREE);
		child_free(&a->children, ch);
		errno = error;
		return -1;
	}
	ch->program = slot->program != 0;
	ch->failed = a->settings->builtin == BUILTIN_NONE && !ch->program;
	/* With linger = yes the connection of a program stays open here, too,
	 * until the program has ended (reap.c). */
	if (a->settings->linger != 0 && ch->program)
		ch->conn = c->fd;
	else
		close(c->fd);
	child_register(&a->children, ch, pid, slot->until_ms);
	if (a->left.end)
		leftovers_soon(&a->left, c->now, LEFT_KEEP_MS);
	count_start(a, c);
	event_start(a, slot);
	return 0;
}
