/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "acceptor/children.h"
#include "base/clock.h"

static uint32_t
places_for(uint32_t n)
{
	uint32_t places = 16;

	while (places < 2 * n)
		places *= 2;
	return places;
}

size_t
children_size(uint32_t n)
{
	return n * sizeof(struct child) + places_for(n) * sizeof(uint32_t);
}

void
children_init(struct children *c, void *mem, uint32_t n)
{
	uint32_t i;

	memset(c, 0, sizeof(*c));
	c->at = mem;
	c->n = n;
	c->pids = (uint32_t *)(void *)(c->at + n);
	c->mask = places_for(n) - 1;
	for (i = 0; i < CHILD_STATES; i++)
		TAILQ_INIT(&c->queue[i]);
	for (i = 0; i < n; i++)
		TAILQ_INSERT_TAIL(&c->queue[CHILD_FREE], &c->at[i], entry);
}

uint32_t
child_slot(const struct children *c, const struct child *ch)
{
	return (uint32_t)(ch - c->at);
}

/* Pids are sequential, so they need no hash. */
static uint32_t
home(const struct children *c, pid_t pid)
{
	return (uint32_t)pid & c->mask;
}

static void
pid_insert(struct children *c, struct child *ch)
{
	uint32_t i = home(c, ch->pid);

	while (c->pids[i] != 0)
		i = (i + 1) & c->mask;
	c->pids[i] = child_slot(c, ch) + 1;
}

/* Removes a pid and moves the rest of its run back: no tombstones. */
static void
pid_remove(struct children *c, const struct child *ch)
{
	uint32_t i = home(c, ch->pid), j, h;

	while (c->pids[i] != child_slot(c, ch) + 1) {
		if (c->pids[i] == 0)
			return;
		i = (i + 1) & c->mask;
	}
	for (j = (i + 1) & c->mask; c->pids[j] != 0; j = (j + 1) & c->mask) {
		h = home(c, c->at[c->pids[j] - 1].pid);
		if (((j - h) & c->mask) >= ((j - i) & c->mask)) {
			c->pids[i] = c->pids[j];
			i = j;
		}
	}
	c->pids[i] = 0;
}

static void
move(struct children *c, struct child *ch, enum child_state state)
{
	TAILQ_REMOVE(&c->queue[ch->state], ch, entry);
	ch->state = state;
	TAILQ_INSERT_TAIL(&c->queue[state], ch, entry);
}

struct child *
child_take(struct children *c)
{
	struct child *ch = TAILQ_FIRST(&c->queue[CHILD_FREE]);

	if (ch == NULL)
		return NULL;
	move(c, ch, CHILD_TAKEN);
	ch->pid = 0;
	ch->due = 0;
	ch->conn = 0;
	ch->halted = false;
	c->nrunning++;
	return ch;
}

void
child_register(struct children *c, struct child *ch, pid_t pid, int64_t due)
{
	ch->pid = pid;
	ch->due = due;
	ch->serial = ++c->serial;
	move(c, ch, CHILD_RUNNING);
	pid_insert(c, ch);
}

struct child *
child_find(const struct children *c, pid_t pid)
{
	uint32_t i;

	for (i = home(c, pid); c->pids[i] != 0; i = (i + 1) & c->mask)
		if (c->at[c->pids[i] - 1].pid == pid)
			return &c->at[c->pids[i] - 1];
	return NULL;
}

void
child_exit(struct children *c, struct child *ch)
{
	pid_remove(c, ch);
	move(c, ch, CHILD_ENDED);
	c->nrunning--;
}

void
child_free(struct children *c, struct child *ch)
{
	if (ch->state == CHILD_TAKEN)
		c->nrunning--;
	TAILQ_REMOVE(&c->queue[ch->state], ch, entry);
	ch->state = CHILD_FREE;
	TAILQ_INSERT_HEAD(&c->queue[CHILD_FREE], ch, entry);
}

void
child_ending(struct children *c, struct child *ch, int64_t kill_due)
{
	ch->due = kill_due;
	move(c, ch, CHILD_ENDING);
}

void
child_killed(struct children *c, struct child *ch)
{
	ch->due = 0;
	move(c, ch, CHILD_KILLED);
}

/* TERM and KILL go to the oldest first, so each queue is ordered. */
uint64_t
children_oldest(const struct children *c)
{
	uint64_t oldest = UINT64_MAX;
	const struct child *ch;
	unsigned int i;

	for (i = CHILD_RUNNING; i <= CHILD_KILLED; i++) {
		ch = TAILQ_FIRST(&c->queue[i]);
		if (ch != NULL && ch->serial < oldest)
			oldest = ch->serial;
	}
	return oldest;
}

int64_t
children_due(const struct children *c)
{
	const struct child *r = TAILQ_FIRST(&c->queue[CHILD_RUNNING]);
	const struct child *e = TAILQ_FIRST(&c->queue[CHILD_ENDING]);

	return clock_earlier(r == NULL ? 0 : r->due, e == NULL ? 0 : e->due);
}
