/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "acceptor/leftovers.h"
#include "base/clock.h"
#include "ipc/scoreboard.h"

#define SHARE       2 /* a look takes 1/SHARE of the time */
#define REST_MAX_MS 10000

void
leftovers_open(struct leftovers *l, bool program, bool end)
{
	l->list.fd = -1;
	l->end = end;
	if (program)
		offspring_open(&l->list);
}

bool
leftovers_soon(struct leftovers *l, int64_t now, int64_t ms)
{
	if (l->list.fd == -1)
		return false;
	l->due = clock_earlier(l->due, now + ms);
	return true;
}

static struct left *
find(struct leftovers *l, pid_t pid)
{
	unsigned int i;

	for (i = 0; i < l->n; i++)
		if (l->at[i].pid == pid)
			return &l->at[i];
	return NULL;
}

/* NULL where there is no room: the next look will find it again. */
static struct left *
add(struct leftovers *l, const struct left *new)
{
	if (l->n == LEFT_MAX)
		return NULL;
	l->at[l->n] = *new;
	return &l->at[l->n++];
}

/* Its pid may be reused. */
static void
forget(struct leftovers *l, pid_t pid)
{
	struct left *k = find(l, pid);

	if (k != NULL)
		*k = l->at[--l->n];
}

void
leftovers_gone(struct leftovers *l, pid_t pid, int64_t due, int64_t now)
{
	if (!leftovers_soon(l, now, l->end ? LEFT_END_MS : LEFT_KEEP_MS))
		return;
	forget(l, pid);
	if (l->end || due == 0 || l->ngone == LEFT_GONE)
		return;
	l->gone[l->ngone++] = (struct left_gone) { .pid = pid, .due = due };
	if (l->ngone == LEFT_GONE)
		leftovers_soon(l, now, 0);
}

void
leftovers_reaped(struct leftovers *l, pid_t pid, int64_t now)
{
	if (l->end) {
		forget(l, pid);
		/* Its children are the acceptor's now. */
		leftovers_soon(l, now, LEFT_END_MS);
	}
	l->again = true;
}

bool
leftovers_look(struct leftovers *l, int64_t now)
{
	if (l->rest > now)
		return false;
	if (l->looking)
		return true;
	if (l->due == 0 || l->due > now)
		return false;
	l->due = 0;
	l->looking = true;
	l->again = false;
	l->nfound = 0;
	l->look++;
	l->nold = l->ngone;
	return true;
}

static void
found_to_end(struct leftovers *l, const struct children *c, pid_t pid)
{
	struct left *k = find(l, pid), any = { .youngest = c->serial };

	if (k == NULL)
		k = add(l,
		    &(struct left) { .pid = pid, .youngest = c->serial });
	if (k == NULL)
		k = &any;
	k->look = l->look;
	if (k->youngest >= children_oldest(c))
		return;
	kill(pid, SIGKILL);
	if (!k->signalled)
		l->again = true;
	k->signalled = true;
}

/* The end of max_time of the session of this group, or 0. */
static int64_t
due_of(const struct leftovers *l, pid_t group)
{
	unsigned int i;

	for (i = 0; i < l->ngone; i++)
		if (l->gone[i].pid == group)
			return l->gone[i].due;
	return 0;
}

/* The process is not reaped yet, so its group's id cannot be reused. */
static void
found_to_keep(struct leftovers *l, pid_t group, int64_t now)
{
	struct left *k = find(l, group);
	int64_t due;

	if (k == NULL && (due = due_of(l, group)) != 0)
		k = add(l, &(struct left) { .pid = group, .due = due });
	if (k == NULL)
		return;
	k->look = l->look;
	if (k->due > now)
		return;
	kill(-group, k->signalled ? SIGKILL : SIGTERM);
	if (!k->signalled)
		kill(-group, SIGCONT); /* if it is stopped */
	k->signalled = true;
	k->due = now + SESSION_KILL_MS;
}

void
leftovers_found(struct leftovers *l, const struct children *c, pid_t pid,
    int64_t now)
{
	pid_t group = getpgid(pid);

	l->nfound++;
	/* In the group of a running session it is ended with that. */
	if (child_find(c, group) != NULL)
		return;
	if (l->end)
		found_to_end(l, c, pid);
	else if (l->n + l->ngone > 0)
		found_to_keep(l, group, now);
}

/* Those that were not found have ended. */
static void
forget_unseen(struct leftovers *l)
{
	unsigned int i = 0;

	while (i < l->n)
		if (l->at[i].look == l->look)
			i++;
		else
			l->at[i] = l->at[--l->n];
	l->ngone -= l->nold;
	memmove(l->gone, l->gone + l->nold, l->ngone * sizeof(l->gone[0]));
}

int64_t
leftovers_part(struct leftovers *l, int64_t took_us)
{
	unsigned int i;

	l->rest = clock_rest(took_us, SHARE, REST_MAX_MS);
	if (!l->list.last || offspring_keeps(&l->list))
		return -1;
	l->looking = false;
	if (l->again || l->list.failed || !l->list.whole)
		leftovers_soon(l, clock_ms(), LEFT_END_MS);
	if (l->list.failed || !l->list.whole)
		return -1;
	forget_unseen(l);
	for (i = 0; !l->end && i < l->n; i++)
		l->due = clock_earlier(l->due, l->at[i].due);
	return l->nfound;
}

int64_t
leftovers_due(const struct leftovers *l)
{
	if (l->looking)
		return l->rest;
	return l->due == 0 || l->due > l->rest ? l->due : l->rest;
}

bool
leftovers_pending(const struct leftovers *l)
{
	unsigned int i;

	if (!l->end || l->list.fd == -1)
		return false;
	for (i = 0; i < l->n; i++)
		if (!l->at[i].signalled)
			return true;
	return l->looking || l->due != 0;
}
