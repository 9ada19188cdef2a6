/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "acceptor/events.h"
#include "base/clock.h"
#include "base/io.h"

/* Records of one kind: at most one a second, the others are counted. */
static const struct rate log_rate = { 1, 1 };

static const char *const resource_names[RESOURCES] = {
	[RESOURCE_ACCEPT] = "accept",
	[RESOURCE_FORK] = "fork",
	[RESOURCE_EXEC] = "exec",
};

void
event_lost(struct acceptor *a)
{
	atomic_fetch_add(&a->section->n.lost, 1);
	atomic_fetch_add(&a->section->unreported, 1);
}

void
event_send(struct acceptor *a, const struct record *r)
{
	if (record_send(r, SETTINGS_FD_LOG) == -1)
		event_lost(a);
}

static void
log_refused(struct acceptor *a, enum refusal why, const struct addr *peer)
{
	struct suppressed *s = &a->refused[why];
	struct record r;

	record_begin(&r, LEVEL_NOTICE, "refused");
	record_str(&r, "reason", refusal_name(why));
	if (peer != NULL)
		record_peer(&r, peer);
	record_int(&r, "not_shown", (int64_t)s->not_shown);
	s->not_shown = 0;
	event_send(a, &r);
}

/* For those who read the scoreboard. */
static void
note_refusal(struct acceptor *a, enum refusal why, const struct addr *peer,
    int64_t now)
{
	const struct refusal_event e = {
		.ms = now, .reason = why, .peer = *peer
	};
	struct addr source = *peer;

	addr_mask(&source, a->prefix_v4, a->prefix_v6);
	refusals_note(a->board->own.refusals, &e, &source,
	    addr_hash(&source, a->board->seed));
	atomic_fetch_add(&recent_now(&a->section->recent, now)->refused, 1);
}

void
event_refused(struct acceptor *a, enum refusal why, const struct addr *peer,
    int64_t now)
{
	atomic_fetch_add_explicit(&a->section->n.refused[why], 1,
	    memory_order_relaxed);
	note_refusal(a, why, peer, now);
	if (rate_take(&a->board->head->refused_us[why], &log_rate,
		now * 1000) == 0)
		log_refused(a, why, peer);
	else
		a->refused[why].not_shown++;
}

void
event_resource(struct acceptor *a, enum resource kind, const char *what,
    const char *limits, int error)
{
	struct suppressed *s = &a->resource[kind];
	struct record r;

	if (rate_take(&s->full_us, &log_rate, clock_us()) != 0) {
		s->not_shown++;
		return;
	}
	record_begin(&r, LEVEL_WARNING, resource_names[kind]);
	record_str(&r, "call", what);
	record_str(&r, "msg", strerror(error));
	if (limits != NULL)
		record_str(&r, "limit", limits);
	record_int(&r, "not_shown", (int64_t)s->not_shown);
	s->not_shown = 0;
	event_send(a, &r);
}

void
event_start(struct acceptor *a, const struct scoreboard_slot *slot)
{
	struct record r;

	if (!a->settings->log_starts)
		return;
	record_begin(&r, LEVEL_DEBUG, "start");
	record_int(&r, "id", (int64_t)slot->id);
	record_peer(&r, &slot->peer);
	record_int(&r, "pid", slot->pid);
	event_send(a, &r);
}

void
event_error(struct acceptor *a, const char *msg)
{
	struct record r;

	record_begin(&r, LEVEL_ERROR, "error");
	record_str(&r, "msg", msg);
	event_send(a, &r);
}

/* Frees the child and its slot. */
static void
forget(struct acceptor *a, struct child *ch)
{
	atomic_store(&acceptor_slot(a, ch)->state, SLOT_FREE);
	child_free(&a->children, ch);
}

/* Fills the batch with records of ended sessions, the oldest first; returns
 * how many.  Their slots stay in use until they are written. */
static unsigned int
fill_batch(struct acceptor *a, size_t *size)
{
	struct child *ch;
	unsigned int n = 0;
	size_t len;

	*size = 0;
	TAILQ_FOREACH (ch, &a->children.queue[CHILD_ENDED], entry) {
		len = record_end(acceptor_slot(a, ch), a->batch + *size,
		    sizeof(a->batch) - *size);
		if (len == 0)
			break;
		*size += len;
		n++;
	}
	return n;
}

/* How many records were lost while the pipe was full. */
static void
log_lost(struct acceptor *a)
{
	struct record r;
	uint32_t lost = atomic_load(&a->section->unreported);

	if (lost == 0)
		return;
	record_begin(&r, LEVEL_WARNING, "lost");
	record_int(&r, "records", lost);
	if (record_send(&r, SETTINGS_FD_LOG) == 0)
		atomic_fetch_sub(&a->section->unreported, lost);
}

void
event_flush(struct acceptor *a)
{
	unsigned int n;
	bool written;
	size_t size;

	a->log_full = false;
	while ((n = fill_batch(a, &size)) > 0) {
		written = io_write(SETTINGS_FD_LOG, a->batch, size) != -1;
		if (!written && errno == EAGAIN) {
			a->log_full = true;
			return;
		}
		for (; n > 0; n--) {
			if (!written)
				event_lost(a);
			forget(a, TAILQ_FIRST(&a->children.queue[CHILD_ENDED]));
		}
	}
	log_lost(a);
}

void
event_end(struct acceptor *a, struct child *ch)
{
	if (!a->settings->log_ends)
		forget(a, ch);
}

int64_t
event_suppressed(struct acceptor *a, int64_t now, bool all)
{
	int64_t next = 0, wait_us;
	unsigned int i;

	for (i = 0; i < REFUSED_REASONS; i++) {
		if (a->refused[i].not_shown == 0)
			continue;
		wait_us = all ? 0 :
				rate_take(&a->board->head->refused_us[i],
				    &log_rate, now * 1000);
		if (wait_us == 0)
			log_refused(a, i, NULL);
		else
			next = clock_earlier(next,
			    now + (wait_us + 999) / 1000);
	}
	return next;
}
