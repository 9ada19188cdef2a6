/* SPDX-License-Identifier: ISC */
/*
 * tine ping: ping.c has the options and the timing, ping_round.c one request
 * and its response, ping_print.c the output.
 */
#ifndef TINED_TINE_PING_H
#define TINED_TINE_PING_H

#include <stdbool.h>
#include <stdint.h>

#include "tine/hist.h"
#include "tine/peer.h"
#include "tine/request.h"
#include "tine/term.h"

enum verdict {
	VERDICT_ANSWERED,
	VERDICT_CORRUPT, /* wrong or short */
	VERDICT_LOST,    /* no connection, or no response in time */
	VERDICT_STOPPED  /* ^C, or the end of the run, came first */
};

struct ping {
	/* from the options */
	struct peer peer;
	uint64_t count; /* 0: without end */
	int64_t interval;
	int64_t duration; /* 0: without end */
	uint64_t size;
	bool anew; /* a new connection for each */
	bool quiet;
	const char *line; /* NULL: echo */
	bool until_eof;

	struct request request;
	struct term term;
	int sock;         /* -1: none */
	int64_t deadline; /* of the whole run */

	uint64_t sent, answered, corrupt, lost;
	struct hist *connect;
	struct hist *answer;
};

/* One request and its response. */
struct round {
	uint64_t number; /* from 1 */
	int64_t connect; /* ns; -1: no connection was made */
	int64_t answer;  /* ns */
	uint64_t received;
	const struct endpoint *ep;
	const char *step; /* what failed, for VERDICT_LOST and CORRUPT */
	int error;        /* errno; 0: none */
};

/* Parses the options; the operands begin at optind.  Wrong usage ends the
 * program. */
void ping_parse(int argc, char **argv, struct ping *p);

/* Sends one request, connecting first where needed. */
enum verdict ping_round(struct ping *p, struct round *r);

/* Shows one round, or with -q on a terminal the state so far. */
void ping_print_round(const struct ping *p, const struct round *r,
    enum verdict v);

/* The summary; took is in ns.  0, or -1 when something could not be written,
 * after a message. */
int ping_print_summary(const struct ping *p, int64_t took);

#endif
