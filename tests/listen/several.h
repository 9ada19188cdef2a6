/* SPDX-License-Identifier: ISC */
/*
 * What the tests of several services share: what each has, what it is to have by
 * its settings, and what it gets.
 */
#ifndef TINED_TESTS_LISTEN_SEVERAL_H
#define TINED_TESTS_LISTEN_SEVERAL_H

#include "listen/fixture.h"

#define SERVICES 3

extern struct listener_list several_now[SERVICES], several_next[SERVICES];
extern struct service_conf *several_conf[SERVICES];
extern struct listener_request several_request[SERVICES];
extern struct failure several_err;
extern char several_unix_text[SERVICES][96];

/* The checked fixture. */
void several_set_up(void);
void several_tear_down(void);

/* Service i has that address. */
struct listener *has(int i, const char *text);

/* Service i wants it; other may be NULL. */
void wants(int i, const char *text, const char *other);

/* listeners_open for all. */
int reload(void);

/* The first that service i gets. */
struct listener *several_first(int i);

#endif
