/* SPDX-License-Identifier: ISC */
/*
 * The loop of a worker's thread.  In a closed loop a free connection sends its
 * next request at once; in an open loop requests are due at a fixed rate, and
 * what a stall delays is timed from when it was due.
 */
#ifndef TINED_BENCH_THREAD_H
#define TINED_BENCH_THREAD_H

/* For pthread_create; arg is a struct worker. */
void *thread_run(void *arg);

#endif
