/* SPDX-License-Identifier: ISC */
/*
 * What the tests of log records put into them: a slot, and numbers that are the
 * same in each run.
 */
#ifndef TINED_TESTS_BASE_RECORDED_H
#define TINED_TESTS_BASE_RECORDED_H

#include <stdint.h>

#include "ipc/slot.h"

#define RECORDED_SEED   20240229
#define RECORDED_ROUNDS 200000

/* The next of the pseudo-random numbers, less than below. */
uint32_t recorded_any(uint32_t below);

/* A slot as an acceptor leaves it. */
struct scoreboard_slot recorded_slot(void);

#endif
