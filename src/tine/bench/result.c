/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "tine/bench/result.h"

/* Requests of an open loop that were due by its end, and never sent. */
static uint64_t
overdue(const struct plan *p, const struct worker *w, int64_t end)
{
	uint64_t due, issued = 0, i;

	if (p->rate == 0)
		return 0;
	if (p->end != 0 && end > p->end)
		end = p->end;
	due = (uint64_t)((double)(end - p->start) * (double)p->rate / 1e9);
	if (p->total != 0 && due > p->total)
		due = p->total;
	for (i = 0; i < p->threads; i++)
		issued += w[i].issued;
	return due > issued ? due - issued : 0;
}

void
result_add_up(struct result *r, const struct plan *p, const struct worker *w)
{
	const struct tally *t;
	int64_t ended = p->start;
	uint64_t i;
	int k;

	for (i = 0; i < p->threads; i++) {
		t = &w[i].tally;
		r->connections += t->connections;
		r->requests += t->requests;
		r->sent += t->sent;
		r->received += t->received;
		r->waits += t->waits;
		r->unanswered += t->unanswered;
		for (k = 0; k < ERROR_KINDS; k++) {
			r->errors[k] += t->errors[k];
			r->nerrors += t->errors[k];
		}
		if (t->other != 0)
			r->other = t->other;
		if (w[i].ended > ended)
			ended = w[i].ended;
		if (i > 0) {
			hist_merge(w[0].connect, w[i].connect);
			hist_merge(w[0].request, w[i].request);
		}
	}
	r->seconds = (double)(ended - p->start) / 1e9;
	r->overdue = overdue(p, w, ended);
	r->connect = w[0].connect;
	r->request = w[0].request;
}
