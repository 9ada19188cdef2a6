/* SPDX-License-Identifier: ISC */
/*
 * What opening a listener of any kind needs: time, room, and a way back.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/clock.h"
#include "main/listen/opening.h"
#include "main/listen/overlap.h"

#define RETRY_MS       1000 /* for an address in use, in all */
#define RETRY_FIRST_MS 10   /* then doubled */

bool
opening_retry(struct opening *o)
{
	const int64_t now = clock_ms();
	struct timespec ts;
	int64_t ms;

	if (o->until == 0) {
		o->until = now + RETRY_MS;
		o->pause = RETRY_FIRST_MS;
	}
	if (now >= o->until)
		return false;
	ms = o->pause < o->until - now ? o->pause : o->until - now;
	o->pause *= 2;
	ts.tv_sec = ms / 1000;
	ts.tv_nsec = ms % 1000 * 1000000;
	(void)nanosleep(&ts, NULL);
	return true;
}

static int
overlaps(struct opening *o, const struct listener *l,
    const struct listener *have, const char *which)
{
	char mine[ADDR_TEXT_MAX], other[ADDR_TEXT_MAX];

	return listener_fail(o->err, EX_CONFIG,
	    "%s: listen %s: overlaps %s, which is %s", o->sc->name,
	    listener_format(l, mine, sizeof(mine)),
	    listener_format(have, other, sizeof(other)), which);
}

int
opening_check(struct opening *o, const struct listener *l)
{
	const struct listener_list *lists[] = { o->held, o->out, &o->fresh };
	const struct listener *have;
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (lists[i] == NULL)
			continue;
		TAILQ_FOREACH (have, lists[i], entry) {
			if (overlap_listener(l, have))
				return overlaps(o, l, have,
				    i == 0 ? "held until the reload is done" :
					     "open already");
		}
	}
	have = listener_overlapping(l);
	return have == NULL ? 0 : overlaps(o, l, have, "another service's");
}

void
opening_keep(struct opening *o, struct listener *l, const char *text)
{
	char *copy;

	/* The same address in other words (`*:7`, `:7`); not worth failing. */
	if (strcmp(l->text, text) != 0 && (copy = strdup(text)) != NULL) {
		free(l->text);
		l->text = copy;
	}
	l->kept = true;
	TAILQ_REMOVE(o->held, l, entry);
	TAILQ_INSERT_TAIL(&o->fresh, l, entry);
}

int
opening_failed(struct opening *o)
{
	return listener_fail(o->err, EX_OSERR, "%s: listen: %s", o->sc->name,
	    strerror(errno));
}
