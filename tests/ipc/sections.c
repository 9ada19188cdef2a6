/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "ipc/sections.h"
#include "runner.h"

struct scoreboard *b;
struct scoreboard_place sections[SCOREBOARD_LIVE];

void
sections_setup(void)
{
	ck_assert_ptr_nonnull(b = scoreboard_new("test"));
}

void
sections_teardown(void)
{
	scoreboard_free(b);
}

struct scoreboard_section *
section_take(unsigned int i, uint32_t instances)
{
	ck_assert_int_eq(scoreboard_take(b, instances, &sections[i]), 0);
	return scoreboard_parts(b, &sections[i]).section;
}

unsigned int
sections_count(void)
{
	struct scoreboard_parts d;
	uint32_t i = 0, n = 0;

	while (scoreboard_next(b, &i, &d))
		n++;
	return n;
}
