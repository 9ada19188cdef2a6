/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "acceptor/children.h"
#include "base/clock.h"
#include "base/hashtable.h"

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

static struct child *
child_at(const struct hashtable *t, const void *place)
{
	const struct children *c = t->owner;

	return &c->at[*(const uint32_t *)place - 1];
}

/* Pids are sequential, so they need no hash. */
static uint32_t
home(const struct hashtable *t, const void *place)
{
	return (uint32_t)child_at(t, place)->pid;
}

static bool
has_pid(const struct hashtable *t, const void *place, const void *pid)
{
	return child_at(t, place)->pid == *(const pid_t *)pid;
}

static struct hashtable
table_of(const struct children *c)
{
	return (struct hashtable) { .at = c->pids,
		.size = sizeof(*c->pids),
		.mask = c->mask,
		.run = c->mask + 1,
		.owner = c,
		.home = home,
		.has_key = has_pid };
}

/* The place of a pid, or the free one for it; some are always free. */
static uint32_t *
find_pid(const struct children *c, pid_t pid)
{
	struct hashtable t = table_of(c);

	return hashtable_find(&t, (uint32_t)pid, &pid);
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
	ch->why = 0;
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
	*find_pid(c, pid) = child_slot(c, ch) + 1;
}

struct child *
child_find(const struct children *c, pid_t pid)
{
	const uint32_t *place = find_pid(c, pid);

	return *place == 0 ? NULL : &c->at[*place - 1];
}

void
child_exit(struct children *c, struct child *ch)
{
	struct hashtable t = table_of(c);
	uint32_t *place = find_pid(c, ch->pid);

	if (!hashtable_is_free(place))
		hashtable_remove(&t, place);
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
child_ending(struct children *c, struct child *ch, enum child_state state,
    int64_t due)
{
	ch->due = due;
	move(c, ch, state);
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
