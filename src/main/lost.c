/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "logger/log.h"
#include "main/lost.h"

#define AGAIN_MS 200

/* In the service's own pipe, as its acceptors would have. */
static void
report_of(struct served *s)
{
	struct record r;

	record_begin(&r, LEVEL_WARNING, "lost");
	record_int(&r, "records", (int64_t)s->unsaid);
	if (record_send(&r, s->log[1]) == 0)
		s->unsaid = 0;
}

/* What does not fit again is lost again, and stays counted. */
static void
report_own(uint64_t n)
{
	char number[24];

	snprintf(number, sizeof(number), "%" PRIu64, n);
	log_event(LEVEL_WARNING, "lost", "records", number, NULL);
	if (log_lost() != 0)
		log_lose(n);
}

int64_t
lost_report(struct tined *t, int64_t now)
{
	uint64_t own = log_lost();
	bool again = false;
	struct served *s;

	if (own != 0)
		report_own(own);
	TAILQ_FOREACH (s, &t->served, entry) {
		if (s->unsaid != 0)
			report_of(s);
		again = again || s->unsaid != 0;
	}
	return again || own != 0 ? now + AGAIN_MS : 0;
}
