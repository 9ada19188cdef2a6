/* SPDX-License-Identifier: ISC */
/*
 * A worker: a thread with its own connections, histograms and counters.  The
 * main thread reads the counters to show the progress, and the rest once the
 * thread has ended.
 */
#ifndef TINED_BENCH_WORKER_H
#define TINED_BENCH_WORKER_H

#include <sys/queue.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "tine/bench/plan.h"
#include "tine/hist.h"

#define WORKER_BUFFER 262144 /* that it reads into */

enum bench_error {
	ERROR_REFUSED,
	ERROR_RESET,
	ERROR_TIMED_OUT,
	ERROR_CORRUPT, /* a response with wrong bytes, or too many */
	ERROR_SHORT,   /* closed before the response was complete */
	ERROR_OTHER,
	ERROR_KINDS
};

extern const char *const worker_error_names[ERROR_KINDS];

/* Written by one thread and read by another, each counter for itself. */
struct tally {
	_Atomic uint64_t connections;
	_Atomic uint64_t requests;
	_Atomic uint64_t sent; /* bytes */
	_Atomic uint64_t received;
	_Atomic uint64_t errors[ERROR_KINDS];
	_Atomic uint64_t unanswered; /* of RESET and SHORT: before any byte */
	_Atomic uint64_t waits; /* for a local port or a place in the queue */
	_Atomic int other;      /* errno of the last ERROR_OTHER */
};

enum conn_state {
	CONN_FREE,
	CONN_CONNECTING,
	CONN_ASKING,  /* a request has been sent */
	CONN_WAITING, /* connected, its next request is not due */
	CONN_CLOSING  /* answered and half-closed: the peer is to close */
};

struct conn {
	TAILQ_ENTRY(conn) entry;
	int fd;
	enum conn_state state;
	bool wants_out; /* registered for EPOLLOUT */
	uint32_t offset;
	uint64_t asked; /* requests so far */
	uint64_t sent, received;
	int64_t began;  /* of the connection */
	int64_t due;    /* of the request */
	int64_t expiry; /* of its state */
	int64_t took;   /* to the response, while CONN_CLOSING */
};

TAILQ_HEAD(conn_list, conn);

struct worker {
	struct tally tally;
	const struct plan *plan;
	unsigned int index;
	pthread_t thread;
	int done; /* an eventfd, counts the workers that have ended */
	int epfd;
	int timer;
	struct conn *conns;
	uint64_t nconns;
	struct conn_list unused;
	struct conn_list waiting;
	struct conn_list active; /* in the order of their expiry */
	uint64_t quota;          /* requests that are left to send */
	uint64_t issued;
	uint64_t opened;
	int64_t paused;      /* no new connection until then; 0 */
	int64_t waits_since; /* no port or place since then; 0 */
	int64_t ended;
	char *buf;
	struct hist *connect;
	struct hist *request;
};

static inline void
tally_add(_Atomic uint64_t *counter, uint64_t n)
{
	uint64_t now;

	now = atomic_load_explicit(counter, memory_order_relaxed);
	atomic_store_explicit(counter, now + n, memory_order_relaxed);
}

/* 0, or -1 with errno. */
int worker_init(struct worker *w, const struct plan *p, unsigned int index);
void worker_free(struct worker *w);

/* When the worker's next request is due; without a rate now. */
int64_t worker_due(const struct worker *w, int64_t now);

/* Whether no further request is to be sent. */
bool worker_is_over(const struct worker *w, int64_t now);

/* Takes the next request if it is due, and says since when; or gives it
 * back. */
bool worker_take(struct worker *w, int64_t now, int64_t *due);
void worker_untake(struct worker *w);

#endif
