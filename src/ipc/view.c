/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "ipc/scoreboard.h"
#include "ipc/view.h"

#define TRIES   100 /* until main has finished its change */
#define TICK_NS 2000000

struct view_board {
	uint64_t number;
	int fd;
};

void
view_init(struct view *v)
{
	*v = (struct view) { .fd = -1 };
}

int
view_add(struct view *v, uint64_t number, int fd)
{
	struct view_board *more;

	more = reallocarray(v->board, v->nboards + 1, sizeof(*more));
	if (more == NULL) {
		io_close(fd);
		return -1;
	}
	v->board = more;
	v->board[v->nboards++] = (struct view_board) { number, fd };
	return 0;
}

int
view_board(const struct view *v, uint64_t number)
{
	size_t i;

	for (i = 0; i < v->nboards; i++)
		if (v->board[i].number == number)
			return v->board[i].fd;
	return -1;
}

bool
view_read_pages(int fd, void *buf, size_t size, uint64_t page)
{
	return io_pread(fd, buf, size, (off_t)(page * SCOREBOARD_PAGE)) ==
	    (ssize_t)size;
}

static int
fail(int error)
{
	errno = error;
	return -1;
}

/* A NUL at the end of each text, and indexes that exist. */
static bool
is_sound(struct overview_head *h)
{
	struct overview_service *s = (void *)(h + 1);
	struct overview_listener *l = (void *)(s + h->nservices);
	const struct overview_section *sec = overview_sections(h);
	uint32_t i;

	for (i = 0; i < h->nservices; i++)
		s[i].name[sizeof(s[i].name) - 1] =
		    s[i].error[sizeof(s[i].error) - 1] = '\0';
	for (i = 0; i < h->nlisteners; i++) {
		l[i].name[sizeof(l[i].name) - 1] = '\0';
		if (l[i].service >= h->nservices)
			return false;
	}
	for (i = 0; i < h->nsections; i++)
		if (sec[i].service >= h->nservices ||
		    sec[i].nslots > SCOREBOARD_SLOTS ||
		    sec[i].slots +
			    (uint64_t)scoreboard_slots_pages(sec[i].nslots) >
			h->npages)
			return false;
	return true;
}

/* Reads a copy of the overview.  0, or -1 with errno; EAGAIN: it was being
 * written. */
static int
read_overview(struct view *v)
{
	struct overview_head head = { .magic = 0 }, *h;
	size_t size;

	if (io_pread(v->fd, &head, sizeof(head), 0) != sizeof(head))
		return fail(EBADMSG);
	head.version[sizeof(head.version) - 1] = '\0';
	if (head.magic == OVERVIEW_MAGIC &&
	    strcmp(head.version, settings_version()) != 0)
		head = (struct overview_head) { .magic = head.magic };
	size = overview_size(&head);
	if (head.magic != OVERVIEW_MAGIC || size == 0)
		return fail(head.magic == 0 ? EAGAIN : EBADMSG);
	if ((h = realloc((void *)(uintptr_t)v->o, size)) == NULL)
		return -1;
	v->o = h;
	if (io_pread(v->fd, h, size, 0) != (ssize_t)size)
		return fail(EAGAIN);
	h->version[sizeof(h->version) - 1] = '\0';
	h->refused[sizeof(h->refused) - 1] = '\0';
	if (strcmp(h->version, settings_version()) != 0)
		return fail(EPROTO);
	/* The counts may have grown since. */
	if (overview_size(h) != size || !is_sound(h))
		return fail(EAGAIN);
	return 0;
}

static void
add_recent(struct view_sums *s, const struct recent *r, int64_t now_ms)
{
	const uint32_t now = (uint32_t)(now_ms / 1000);
	uint32_t i, ago;

	for (i = 0; i < RECENT_SECONDS; i++) {
		ago = now - atomic_load(&r->at[i].second);
		if (ago >= RECENT_SECONDS)
			continue;
		s->recent[ago].started += atomic_load(&r->at[i].started);
		s->recent[ago].refused += atomic_load(&r->at[i].refused);
	}
}

static uint32_t
at_most(uint32_t n, uint32_t most)
{
	return n > most ? most : n;
}

static void
add_section(const struct view *v, const struct overview_section *section,
    int64_t now_ms)
{
	struct view_sums *s = &v->sums[section->service];
	const struct overview_service *o = overview_services(v->o);
	struct scoreboard_section sec;
	uint32_t peak;

	if (s->blind || section->page == 0)
		return;
	if (!view_read_pages(view_board(v, o[section->service].number), &sec,
		sizeof(sec), section->page)) {
		s->blind = true;
		return;
	}
	counters_add(&s->n, &sec.n);
	s->sessions += at_most(atomic_load(&sec.nsessions), SCOREBOARD_SLOTS);
	s->leftovers += at_most(atomic_load(&sec.leftovers), 4u << 20);
	peak = at_most(atomic_load(&sec.peak), SCOREBOARD_SLOTS);
	if (peak > s->peak)
		s->peak = peak;
	add_recent(s, &sec.recent, now_ms);
}

static int
read_sums(struct view *v, int64_t now_ms)
{
	const struct overview_service *o = overview_services(v->o);
	const struct overview_section *section = overview_sections(v->o);
	struct view_sums *sums;
	uint32_t i;

	sums = reallocarray(v->sums, v->o->nservices + 1, sizeof(*sums));
	if (sums == NULL)
		return -1;
	v->sums = sums;
	memset(sums, 0, v->o->nservices * sizeof(*sums));
	for (i = 0; i < v->o->nservices; i++) {
		counters_add(&sums[i].n, &o[i].gone);
		sums[i].peak = o[i].peak;
		sums[i].blind = view_board(v, o[i].number) == -1;
	}
	for (i = 0; i < v->o->nsections; i++)
		add_section(v, &section[i], now_ms);
	return 0;
}

/* Whether main has changed the overview since it was read. */
static bool
is_torn(const struct view *v)
{
	struct overview_head head;

	return (v->o->seq & 1) != 0 ||
	    io_pread(v->fd, &head, sizeof(head), 0) != sizeof(head) ||
	    head.seq != v->o->seq;
}

int
view_read(struct view *v, int64_t now_ms)
{
	static const struct timespec tick = { .tv_nsec = TICK_NS };
	int i, rc = -1;

	for (i = 0; i < TRIES; i++) {
		if (i > 0)
			(void)nanosleep(&tick, NULL);
		rc = read_overview(v);
		if (rc == 0 && (rc = read_sums(v, now_ms)) == 0) {
			v->torn = is_torn(v);
			if (!v->torn)
				return 0;
		} else if (errno != EAGAIN)
			return -1;
	}
	return rc;
}

void
view_end(struct view *v)
{
	size_t i;

	for (i = 0; i < v->nboards; i++)
		close(v->board[i].fd);
	free(v->board);
	free(v->sums);
	free((void *)(uintptr_t)v->o);
	io_close(v->fd);
	view_init(v);
}
