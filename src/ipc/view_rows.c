/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdlib.h>

#include "ipc/scoreboard.h"
#include "ipc/view.h"

/* One page of slots, copied; what has changed meanwhile is free in the copy. */
static bool
read_slots(int fd, struct scoreboard_slot *slots, uint32_t page)
{
	struct scoreboard_slot again[SCOREBOARD_SLOTS_PAGE];
	uint32_t i;

	if (!view_read_pages(fd, slots, SCOREBOARD_PAGE, page) ||
	    !view_read_pages(fd, again, SCOREBOARD_PAGE, page))
		return false;
	for (i = 0; i < SCOREBOARD_SLOTS_PAGE; i++)
		if (slots[i].id != again[i].id ||
		    atomic_load(&slots[i].state) !=
			atomic_load(&again[i].state))
			atomic_store(&slots[i].state, SLOT_FREE);
	return true;
}

/* How many slots of a section were ever used. */
static uint32_t
used_slots(int fd, const struct overview_section *section)
{
	struct scoreboard_section sec;
	uint32_t used;

	if (section->page == 0)
		return section->nslots; /* adopted: the pages tell */
	if (!view_read_pages(fd, &sec, sizeof(sec), section->page))
		return 0;
	used = atomic_load(&sec.nslots);
	return used < section->nslots ? used : section->nslots;
}

static bool
section_sessions(const struct view *v, const struct overview_section *section,
    view_row *row, void *arg)
{
	const struct overview_service *o = overview_services(v->o);
	const uint32_t *page = overview_pages(v->o) + section->slots;
	const int fd = view_board(v, o[section->service].number);
	struct scoreboard_slot slots[SCOREBOARD_SLOTS_PAGE];
	uint32_t i, n = used_slots(fd, section);

	for (i = 0; i < n; i++) {
		if (i % SCOREBOARD_SLOTS_PAGE == 0 &&
		    (page[i / SCOREBOARD_SLOTS_PAGE] == 0 ||
			!read_slots(fd, slots,
			    page[i / SCOREBOARD_SLOTS_PAGE]))) {
			i += SCOREBOARD_SLOTS_PAGE - 1;
			continue;
		}
		if (atomic_load(&slots[i % SCOREBOARD_SLOTS_PAGE].state) ==
			SLOT_TAKEN &&
		    !row(arg, section->service,
			&slots[i % SCOREBOARD_SLOTS_PAGE]))
			return false;
	}
	return true;
}

void
view_sessions(const struct view *v, uint32_t service, view_row *row, void *arg)
{
	const struct overview_section *section = overview_sections(v->o);
	uint32_t i;

	for (i = 0; i < v->o->nsections; i++)
		if (section[i].service == service &&
		    !section_sessions(v, &section[i], row, arg))
			return;
}

void
view_refusals(const struct view *v, uint32_t service,
    void (*row)(void *arg, uint32_t service, const struct refusals *r),
    void *arg)
{
	const struct overview_service *o = overview_services(v->o);
	const struct overview_section *section = overview_sections(v->o);
	const int fd = view_board(v, o[service].number);
	struct refusals *r = malloc(sizeof(*r));
	uint32_t i;

	if (r == NULL)
		return;
	for (i = 0; i < v->o->nsections; i++)
		if (section[i].service == service && section[i].page != 0 &&
		    view_read_pages(fd, r, sizeof(*r), section[i].page + 1) &&
		    r->next != 0)
			row(arg, service, r);
	free(r);
}
