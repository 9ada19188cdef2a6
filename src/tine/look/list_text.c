/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>

#include "tine/look/list_text.h"

const char *
list_service(const struct look *l, const struct row *r)
{
	return overview_services(l->view.o)[r->service].name;
}

/* Past max_time a session is being ended. */
const char *
list_state(const struct look *l, const struct row *r)
{
	return r->until_ms != 0 && r->until_ms <= l->now ? "ending" : "running";
}

void
list_titles(struct table *t)
{
	static const char *const titles[] = { "ID", "PEER", "AGE", "IN", "OUT",
		"PID", "STATE" };
	size_t i;

	for (i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		table_cell(t, "%s", titles[i]);
}

void
list_row(const struct look *l, const struct row *r, struct table *t)
{
	char peer[ADDR_TEXT_MAX];

	table_cell(t, "%s/%" PRIu64, list_service(l, r), r->id);
	table_cell(t, "%s", addr_format(&r->peer, peer, sizeof(peer)));
	table_cell(t, "%s", look_age(l->now - r->start_ms).s);
	table_cell(t, "%s", r->program ? "-" : look_amount(r->in).s);
	table_cell(t, "%s", r->program ? "-" : look_amount(r->out).s);
	table_cell(t, "%d", (int)r->pid);
	table_cell(t, "%s", list_state(l, r));
}
