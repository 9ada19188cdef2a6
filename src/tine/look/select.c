/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <bsd/stdlib.h>
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
	if (s->service != NULL && strcmp(s->service, s->named) != 0)
		return "not of that service";
	s->service = s->named;
	return NULL;
}

int64_t
select_older_ms(const struct selector *s)
{
	return (s->older + NS_PER_MS - 1) / NS_PER_MS;
}

struct search {
	const struct selector *s;
	struct rows *rows;
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
	return s->older == 0 || now - slot->start_ms > select_older_ms(s);
}

static bool
make_room(struct search *q)
{
	struct rows *rows = q->rows;
	const size_t room = rows->room == 0 ? 256 : 2 * rows->room;
	struct row *more;

	if (rows->n < rows->room)
		return true;
	more = reallocarray(rows->v, room, sizeof(*more));
	if (more == NULL) {
		q->error = errno;
		return false;
	}
	rows->v = more;
	rows->room = room;
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

int
select_rows(const struct look *l, const struct selector *s, struct rows *rows)
{
	struct search q = { .s = s, .rows = rows, .now = l->now };
	uint32_t i, end = l->view.o->nservices;
	int64_t only = -1;

	rows->n = 0;
	if (s->service != NULL && (only = look_service(l, s->service)) == -1) {
		errno = ENOENT;
		return -1;
	}
	for (i = 0; i < end; i++)
		if (only == -1 || only == i)
			view_sessions(&l->view, i, take, &q);
	if (q.error == 0)
		return 0;
	free(rows->v);
	*rows = (struct rows) { .n = 0 };
	errno = q.error;
	return -1;
}

static void
exchange(struct row *a, struct row *b)
{
	const struct row r = *a;

	*a = *b;
	*b = r;
}

size_t
select_text(const struct look *l, struct rows *rows, const char *text)
{
	const struct overview_service *s = overview_services(l->view.o);
	char peer[ADDR_TEXT_MAX];
	size_t i, n = 0;

	if (text[0] == '\0')
		return rows->n;
	for (i = 0; i < rows->n; i++)
		if (strstr(s[rows->v[i].service].name, text) != NULL ||
		    strstr(addr_format(&rows->v[i].peer, peer, sizeof(peer)),
			text) != NULL)
			exchange(&rows->v[i], &rows->v[n++]);
	return n;
}

static int
compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_peers(const struct addr *a, const struct addr *b)
{
	int way;

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (a->family == AF_UNIX)
		return compare_u64(a->cred.uid, b->cred.uid);
	way = memcmp(a->ip, b->ip, a->family == AF_INET ? 4 : sizeof(a->ip));
	return way != 0 ? way : compare_u64(a->port, b->port);
}

int
select_compare(const struct row *a, const struct row *b, enum select_key key)
{
	int way = 0;

	if (key == SELECT_IN)
		way = compare_u64(b->in, a->in);
	else if (key == SELECT_OUT)
		way = compare_u64(b->out, a->out);
	else if (key == SELECT_PEER)
		way = compare_peers(&a->peer, &b->peer);
	if (way == 0 && a->start_ms != b->start_ms)
		return a->start_ms < b->start_ms ? -1 : 1;
	if (way == 0)
		way = compare_u64(a->service, b->service);
	return way != 0 ? way : compare_u64(a->id, b->id);
}

/* Quicksort's step, as Hoare has it, on two at least: none of the rows before the
 * result is above one behind it.  Equal ones divide evenly. */
static size_t
divide(struct row *v, size_t n, enum select_key key)
{
	size_t i = 0, j = n - 1;
	struct row pivot;

	exchange(&v[0], &v[arc4random_uniform((uint32_t)n)]);
	pivot = v[0];
	for (;; i++, j--) {
		while (select_compare(&v[i], &pivot, key) < 0)
			i++;
		while (select_compare(&v[j], &pivot, key) > 0)
			j--;
		if (i >= j)
			return j + 1;
		exchange(&v[i], &v[j]);
	}
}

void
select_order(struct row *v, size_t n, enum select_key key, size_t from,
    size_t to)
{
	size_t split;

	while (n > 1 && from < to && from < n) {
		split = divide(v, n, key);
		if (from < split)
			select_order(v, split, key, from,
			    to < split ? to : split);
		if (to <= split)
			return;
		v += split;
		n -= split;
		to -= split;
		from = from > split ? from - split : 0;
	}
}
