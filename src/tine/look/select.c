/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tine/look/select.h"
#include "tine/units.h"

const char *
select_peer(const char *arg, void *member)
{
	return cidr_parse(arg, member);
}

const char *
select_id(struct selector *s, const char *text)
{
	const char *slash = strrchr(text, '/');
	char *end;

	if (slash == NULL || slash == text)
		return "not SERVICE/NUMBER, as tine list prints it";
	if ((size_t)(slash - text) >= sizeof(s->named))
		return "the name of the service is too long";
	memcpy(s->named, text, (size_t)(slash - text));
	s->named[slash - text] = '\0';
	errno = 0;
	s->id = strtoull(slash + 1, &end, 10);
	if (slash[1] < '0' || slash[1] > '9' || *end != '\0' || errno != 0 ||
	    s->id == 0)
		return "not SERVICE/NUMBER, as tine list prints it";
	s->service = s->named;
	return NULL;
}

struct search {
	const struct selector *s;
	struct rows *rows;
	size_t room;
	int64_t now;
	int error;
};

static bool
matches(const struct selector *s, const struct scoreboard_slot *slot,
    int64_t now)
{
	if (s->id != 0 && slot->id != s->id)
		return false;
	if (s->peer.addr.family != AF_UNSPEC &&
	    !cidr_contains(&s->peer, &slot->peer))
		return false;
	return s->older == 0 || now - slot->start_ms > s->older / NS_PER_MS;
}

static bool
make_room(struct search *q)
{
	struct row *more;

	if (q->rows->n < q->room)
		return true;
	q->room = q->room == 0 ? 256 : 2 * q->room;
	more = reallocarray(q->rows->v, q->room, sizeof(*more));
	if (more == NULL) {
		q->error = errno;
		return false;
	}
	q->rows->v = more;
	return true;
}

static bool
take(void *arg, uint32_t service, const struct scoreboard_slot *slot)
{
	struct search *q = arg;

	if (!matches(q->s, slot, q->now))
		return true;
	if (!make_room(q))
		return false;
	q->rows->v[q->rows->n++] = (struct row) { .service = service,
		.id = slot->id,
		.start_ms = slot->start_ms,
		.until_ms = slot->until_ms,
		.in = atomic_load(&slot->in),
		.out = atomic_load(&slot->out),
		.peer = slot->peer,
		.local = slot->local,
		.pid = atomic_load(&slot->pid),
		.program = slot->program != 0 };
	return true;
}

static int
compare(const void *va, const void *vb)
{
	const struct row *a = va, *b = vb;

	if (a->start_ms != b->start_ms)
		return a->start_ms < b->start_ms ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

int
select_rows(const struct look *l, const struct selector *s, struct rows *rows)
{
	struct search q = { .s = s, .rows = rows, .now = l->now };
	uint32_t i, end = l->view.o->nservices;
	int64_t only = -1;

	*rows = (struct rows) { .n = 0 };
	if (s->service != NULL && (only = look_service(l, s->service)) == -1) {
		errno = ENOENT;
		return -1;
	}
	for (i = 0; i < end; i++)
		if (only == -1 || only == i)
			view_sessions(&l->view, i, take, &q);
	if (q.error == 0) {
		if (rows->n > 1)
			qsort(rows->v, rows->n, sizeof(*rows->v), compare);
		return 0;
	}
	free(rows->v);
	errno = q.error;
	return -1;
}
