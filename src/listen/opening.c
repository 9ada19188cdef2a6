/* SPDX-License-Identifier: ISC */
/*
 * What opening any kind of listener needs: time, memory, errors.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "listen/opening.h"

#define RETRY_MS       1000 /* for an address in use, in all */
#define RETRY_FIRST_MS 10   /* then doubled */

bool
opening_retry(struct opening *o)
{
	const int64_t now = clock_ms();
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
	(void)poll(NULL, 0, (int)ms);
	return true;
}

struct listener *
opening_want(struct opening *o, const struct listener_request *r, size_t item,
    const struct addr *asked)
{
	struct listener *l = listener_new(r->sc->listen.v[item].text);

	if (l == NULL) {
		(void)listener_fail(o->err, EX_OSERR, "%s: listen: %s",
		    r->sc->name, strerror(errno));
		return NULL;
	}
	l->item = item;
	l->asked = l->local = *asked;
	l->v6only = r->sc->v6only;
	TAILQ_INSERT_TAIL(r->out, l, entry);
	return l;
}
