/* SPDX-License-Identifier: ISC */
/*
 * What the tests of a single service share: what it has, what it gets, and why
 * it gets nothing.
 */
#ifndef TINED_TESTS_LISTEN_SINGLE_H
#define TINED_TESTS_LISTEN_SINGLE_H

#include "listen/fixture.h"

extern struct listener_list single_held, single_out;
extern struct failure single_err;
/* A path, and the same as an item of `listen`. */
extern char single_path[80], single_unix_text[96];

/* The checked fixture; single_set_up_paths has the paths in a new directory. */
void single_set_up(void);
void single_set_up_paths(void);
void single_tear_down(void);

/* Opens one or two items into list; other may be NULL. */
int open_into(struct listener_list *from, struct listener_list *list,
    const char *text, const char *other);

/* Opens one item into out; what listeners_open returns. */
int open_item(const char *text);

/* Opens it into held. */
void single_hold(const char *text);

/* The first of out. */
struct listener *single_first(void);

/* A port that is free. */
uint16_t free_port(void);

/* A listening socket on a port; what it is goes to *a. */
int hold_port(const char *ip, uint16_t port, struct addr *a);

/* Whether there is a connection to it. */
bool single_connects(const char *ip, uint16_t port);

#endif
