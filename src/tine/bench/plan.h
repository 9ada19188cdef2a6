/* SPDX-License-Identifier: ISC */
/*
 * What `tine bench` is to do: made from its options, then only read, except
 * for stop.
 */
#ifndef TINED_BENCH_PLAN_H
#define TINED_BENCH_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "tine/bench/local.h"
#include "tine/peer.h"
#include "tine/request.h"

#define PLAN_THREADS_MAX 256

/* How a connection ends after its last response. */
enum ending {
	ENDING_CLOSE, /* the client closes */
	ENDING_HALF   /* it half-closes after its last request, and waits */
};

struct plan {
	struct peer peer;
	struct endpoint ep; /* the one to load */
	struct request request;
	struct local local;
	struct local idle_local;
	uint64_t size;
	const char *line; /* NULL: echo */
	bool until_eof;
	uint64_t connections;
	uint64_t threads;
	uint64_t total;    /* requests; 0: by duration */
	int64_t duration;  /* ns; 0: by count */
	uint64_t requests; /* for each connection; 0: without end */
	uint64_t rate;     /* requests a second; 0: closed loop */
	uint64_t idle;
	enum ending ending;
	bool json;
	const char *hgrm; /* NULL: none */

	int64_t start; /* units_now */
	int64_t end;   /* 0: none */
	_Atomic bool stop;
};

/* Parses the options; the operands begin at optind.  Wrong usage ends the
 * program. */
void plan_parse(int argc, char **argv, struct plan *p);

/* Chooses the endpoint: of several the first that answers.  0, or -1 after a
 * message. */
int plan_choose(struct plan *p);

/* Chooses the local addresses.  NULL, or the reason why -b cannot be used. */
const char *plan_local(struct plan *p);

#endif
