/* SPDX-License-Identifier: ISC */
/*
 * What the tests of unixpath share: a path of each test's own with what may
 * stand on it, and what becomes of a listener there.
 */
#ifndef TINED_TESTS_MAIN_OWN_PATH_H
#define TINED_TESTS_MAIN_OWN_PATH_H

#include "listen/fixture.h"
#include "listen/unixpath.h"

/* Of the test that runs: its service, its path and the lock file of that. */
extern struct own {
	struct service_conf *sc;
	struct failure err;
	char path[64];
	char lock[80];
} own;

/* The checked fixture: makes these, and removes what is there. */
void set_up(void);
void tear_down(void);

/* A listener to be opened. */
struct listener *named(const char *name);

/* A listener on own.path, which must be had. */
struct listener *taken(void);

/* own.path cannot be had: whether it is busy, exit status and reason, and
 * no descriptor is left. */
void assert_refused(bool busy, int exit_code, const char *reason);

/* A socket of that type on own.path, of another server. */
int foreign(int type, int backlog);

/* A socket on own.path whose server is dead. */
void leave_stale(void);

/* Somebody accepts there. */
void assert_serves(const char *name);

#endif
