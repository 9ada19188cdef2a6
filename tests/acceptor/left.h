/* SPDX-License-Identifier: ISC */
/*
 * Leftovers of an acceptor that has sessions and no sockets: children of the test
 * are what programs have left behind.
 */
#ifndef TINED_TESTS_ACCEPTOR_LEFT_H
#define TINED_TESTS_ACCEPTOR_LEFT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "acceptor/leftovers.h"
#include "ipc/slot.h"

extern struct leftovers l;
extern struct children c;
extern int64_t now;

void left_setup(void);
void left_teardown(void);

/* For programs; false where this kernel lists no children. */
bool left_made(bool end);

/* A child in that group, 0: in one of its own; a stubborn one ignores SIGTERM. */
pid_t left_child(pid_t group);
pid_t left_stubborn(pid_t group);

/* That process is a session's. */
struct child *left_session(pid_t pid);

bool left_has_ended(pid_t pid);

/* Waits for its end; the signal that it was ended by. */
int left_end_of(pid_t pid);

/* A whole look at that time, as ends.c has it; how many are met. */
int64_t left_look(int64_t at);

#endif
