/* SPDX-License-Identifier: ISC */
/*
 * What the tests of adopt share: a service whose acceptor is dead, children of
 * the test as its sessions, and main, which reaps them.
 */
#ifndef TINED_TESTS_MAIN_ADOPTION_H
#define TINED_TESTS_MAIN_ADOPTION_H

#include "main/adopt.h"

extern struct adopted_list list;
extern struct served *served;
extern struct worker dead;
extern struct service_conf conf;
extern bool ends_leftovers; /* leftovers = end */

/* The checked fixture: an empty list, and a section of the dead acceptor. */
void setup(void);

/* Another section for it. */
void start_again(void);

/* Its section, until it is adopted. */
struct scoreboard_section *section(void);

/* Has the calling process killed when the test ends, however it does. */
void die_with_the_test(void);

/* A child that waits for a signal. */
pid_t child(void);

/* The same, in a session of its own. */
pid_t child_apart(void);

/* Fills in slot i of the dead acceptor, as taken by pid for a client from ip; its
 * id is 100 + i. */
struct scoreboard_slot *slot_of(unsigned int i, pid_t pid, const char *ip);

/* Adopts what the dead acceptor has left. */
void adopt(void);

/* Reaps a child as main does: its status. */
int reap(pid_t pid);

/* The id of the next end record in the log; 0 where there is none. */
uint64_t next_end(struct scoreboard_slot *slot);

/* Whether this child has not ended. */
bool is_alive(pid_t pid);

/* The sessions of ip's network. */
uint32_t count_of(const char *ip);

#endif
