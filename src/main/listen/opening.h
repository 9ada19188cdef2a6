/*
 * A listeners_open under way, shared by the files that open listeners of the
 * several kinds.  Invariant: what is new stands in fresh alone, and what came
 * from held is marked as kept, so that all of it can be undone.
 */
#ifndef TINED_MAIN_OPENING_H
#define TINED_MAIN_OPENING_H

#include "main/listen/listener.h"

struct opening {
	const struct service_conf *sc;
	struct listener_list *held;      /* may be NULL */
	const struct listener_list *out; /* what was open before */
	struct listener_list fresh;      /* opened or taken from held */
	struct listener_error *err;
	int64_t until; /* no more retries then; 0: none yet */
	int64_t pause;
};

/* Waits a little for an address in use.  False when the time for that, 1 s in
 * all, is up. */
bool opening_retry(struct opening *o);

/* 0, or -1 with err where l overlaps what is open already. */
int opening_check(struct opening *o, const struct listener *l);

/* Moves l from held to fresh; text is what it is called now. */
void opening_keep(struct opening *o, struct listener *l, const char *text);

/* Fills in err when errno says that something else than an address is in
 * short supply; -1. */
int opening_failed(struct opening *o);

/* What a host and a port stand for: 0, or -1 with err. */
int inet_add(struct opening *o, const char *text, const struct addr_text *at);

#endif
