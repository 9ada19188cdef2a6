/* SPDX-License-Identifier: ISC */
#ifndef TINED_BENCH_RECEIVE_H
#define TINED_BENCH_RECEIVE_H

#include <stdint.h>

#include "tine/bench/worker.h"

/* Handles epoll's events of a connection: responses, their end, failures. */
void receive_event(struct worker *w, struct conn *c, uint32_t events);

#endif
