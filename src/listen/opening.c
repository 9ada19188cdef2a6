/* SPDX-License-Identifier: ISC */
/*
 * What opening any kind of listener needs: time and memory.
 */
#include "config.h"

#include <sys/param.h>

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

	if (o->until == 0)
		o->until = now + (o->may_wait ? RETRY_MS : 0);
	if (now >= o->until)
		return false;
	o->pause = o->pause == 0 ? RETRY_FIRST_MS : 2 * o->pause;
	(void)poll(NULL, 0, (int)MIN(o->pause, o->until - now));
	return true;
}

struct listener *
opening_want(struct opening *o, const struct listener_request *r, size_t item,
    const struct addr *asked)
{
	struct listener *l = listener_new(r->sc->listen.v[item].text);

	if (l == NULL) {
		(void)errors_fail(o->err, EX_OSERR, "%s: listen: %s",
		    r->sc->name, strerror(errno));
		return NULL;
	}
	l->item = item;
	l->asked = l->local = *asked;
	l->v6only = r->sc->v6only;
	TAILQ_INSERT_TAIL(r->out, l, entry);
	return l;
}
