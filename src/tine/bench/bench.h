/* SPDX-License-Identifier: ISC */
/*
 * The parts of `tine bench` and what they share.
 *
 * The plan is made from the options and then only read.  Each worker is a
 * thread with connections, histograms and counters of its own; the main thread
 * reads the counters while it shows the progress, and the rest once the
 * threads have ended.
 */
#ifndef TINED_CLIENT_BENCH_H
#define TINED_CLIENT_BENCH_H

#include <sys/queue.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "tine/hist.h"
#include "tine/peer.h"
#include "tine/question.h"

#define BENCH_THREADS_MAX 256
#define BENCH_BUFFER      262144 /* that a worker reads into */

/* How a connection ends once its last answer is there. */
enum ending {
	ENDING_CLOSE, /* the client closes */
	ENDING_HALF   /* it half-closes after its last request, and waits */
};

enum bench_error {
	ERROR_REFUSED,
	ERROR_RESET,
	ERROR_TIMED_OUT,
	ERROR_CORRUPT, /* an answer with wrong bytes, or too many */
	ERROR_SHORT,   /* closed before the answer was whole */
	ERROR_OTHER,
	ERROR_KINDS
};

extern const char *const bench_error_names[ERROR_KINDS];

/* Local addresses to connect from, in turn. */
struct sources {
	struct addr first;
	uint32_t n; /* 0: the kernel chooses */
};

struct plan {
	struct peer peer;
	struct endpoint ep; /* the one that is loaded */
	struct question question;
	struct sources sources;
	struct sources idle_sources;
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

/* Written by one thread, read by another: single steps, never torn. */
struct tally {
	_Atomic uint64_t connections;
	_Atomic uint64_t requests;
	_Atomic uint64_t sent; /* bytes */
	_Atomic uint64_t received;
	_Atomic uint64_t errors[ERROR_KINDS];
	_Atomic uint64_t unanswered; /* of RESET and SHORT: before any byte */
	_Atomic uint64_t waits; /* for a free local port or a place in line */
	_Atomic int other;      /* errno of the last ERROR_OTHER */
};

enum conn_state {
	CONN_FREE,
	CONN_CONNECTING,
	CONN_ASKING,  /* a request is on its way */
	CONN_WAITING, /* connected, its next request is not due */
	CONN_CLOSING  /* answered and half-closed; the peer's turn */
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
	int64_t expiry; /* of the step that it is in */
	int64_t took;   /* of an answer, while CONN_CLOSING */
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
	uint64_t quota;          /* requests that are left to ask */
	uint64_t issued;
	uint64_t opened;
	int64_t paused;      /* no new connection until then; 0 */
	int64_t waits_since; /* no port or place since then; 0 */
	int64_t ended;
	char *buf;
	struct hist *connect;
	struct hist *request;
};

/* What came of it all. */
struct result {
	uint64_t connections, requests, sent, received;
	uint64_t errors[ERROR_KINDS], nerrors;
	uint64_t unanswered;
	uint64_t waits;
	uint64_t overdue; /* due in an open loop, and never asked */
	uint64_t idle_held, idle_failed, idle_lost;
	int other;
	double seconds;
	const struct hist *connect;
	const struct hist *request;
};

static inline void
tally_add(_Atomic uint64_t *counter, uint64_t n)
{
	uint64_t now;

	now = atomic_load_explicit(counter, memory_order_relaxed);
	atomic_store_explicit(counter, now + n, memory_order_relaxed);
}

/* bench.c: the options; wrong usage ends the program.  What is left of argv
 * begins at optind. */
void bench_parse(int argc, char **argv, struct plan *p);

/* bench_run.c: chooses the endpoint; 0, or -1 after saying why. */
int run_choose(struct plan *p);
/* Runs it all; the exit status. */
int run_all(struct plan *p);

/* bench_source.c: chooses the addresses to connect from, when they are
 * needed; NULL, or the reason why -b cannot be had. */
const char *sources_choose(struct plan *p);
/* Binds fd to the address number n.  0, or -1 with errno. */
int sources_bind(const struct sources *s, int fd, uint64_t n);

/* bench_conn.c: the life of a connection in a worker. */
/* Connects and asks; false when that must wait (no free port). */
bool conn_open(struct worker *w, struct conn *c, int64_t due);
/* Asks the next request on an open connection. */
void conn_ask(struct worker *w, struct conn *c, int64_t due);
void conn_event(struct worker *w, struct conn *c, uint32_t events);
void conn_expire(struct worker *w, struct conn *c);
void conn_close(struct worker *w, struct conn *c);

/* bench_worker.c: the loop of a thread. */
int worker_init(struct worker *w, const struct plan *p, unsigned int index);
void worker_free(struct worker *w);
void *worker_run(void *arg);
/* Takes the next request if one is due now, and says since when. */
bool worker_take(struct worker *w, int64_t now, int64_t *due);
/* Gives it back. */
void worker_untake(struct worker *w);

/* bench_idle.c: connections that are held while the others work. */
struct idle;
/* Opens them, in processes of its own; NULL after saying why. */
struct idle *idle_open(const struct plan *p, struct result *r);
/* Closes them, and says how many were lost meanwhile. */
void idle_close(struct idle *h, struct result *r);

/* bench_progress.c: the line that a terminal shows. */
void progress_say(const char *what);
void progress_show(const struct plan *p, const struct worker *w);
void progress_clear(void);

/* bench_text.c, bench_json.c, bench_hgrm.c: the result. */
void text_print(const struct plan *p, const struct result *r);
void json_print(const struct plan *p, const struct result *r);
int hgrm_write(const char *path, const struct hist *h);

#endif
