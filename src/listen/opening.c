/* SPDX-License-Identifier: ISC */
/*
 * What opening any kind of listener needs: time, memory, errors.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/clock.h"
#include "listen/opening.h"

#define RETRY_MS       1000 /* for an address in use, in all */
#define RETRY_FIRST_MS 10   /* then doubled */

bool
opening_retry(struct opening *o)
{
	const int64_t now = clock_ms();
	struct timespec ts;
	int64_t ms;

	if (!o->may_wait)
		return false;
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

struct want *
opening_want(struct opening *o, struct listener_request *r, size_t item)
{
	struct want *w = calloc(1, sizeof(*w));

	if (w == NULL) {
		listener_fail(o->err, EX_OSERR, "%s: listen: %s", r->sc->name,
		    strerror(errno));
		return NULL;
	}
	w->r = r;
	w->item = item;
	w->text = r->sc->listen.v[item].text;
	TAILQ_INIT(&w->got);
	TAILQ_INSERT_TAIL(&o->wants, w, entry);
	return w;
}

int
opening_failed(struct opening *o, const struct want *w)
{
	return listener_fail(o->err, EX_OSERR, "%s: listen: %s", w->r->sc->name,
	    strerror(errno));
}
