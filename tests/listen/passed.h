/* SPDX-License-Identifier: ISC */
/*
 * What the tests of inherited listeners share: descriptors that are passed to a
 * process of its own.
 */
#ifndef TINED_TESTS_LISTEN_PASSED_H
#define TINED_TESTS_LISTEN_PASSED_H

#include <stdio.h>
#include <unistd.h>

#include "listen/fixture.h"

/*
 * Descriptor 3 and those after it are Check's own, so each case is a child's,
 * which has them for itself and ends with 0 when all went well.
 */
#define MUST(condition)                                                        \
	do {                                                                   \
		if (!(condition)) {                                            \
			dprintf(2, "%s:%d: %s: %s\n", __FILE__, __LINE__,      \
			    #condition, passed_err.text);                      \
			_exit(1);                                              \
		}                                                              \
	} while (0)

extern struct failure passed_err;
extern struct listener_list passed_out;
extern int passed_nfds; /* passed so far */

/* Puts fd where the next inherited one belongs. */
void pass(int fd);

/* Sockets to pass. */
int tcp(bool listening);
int unix_stream(const char *path);

/* Says in the environment what was passed, and takes it over. */
int passed_init(const char *names);

/* Opens the listeners of that text into out. */
int open_name(const char *text);

bool passed_connects(const struct listener *l);

/* Runs a case in its process. */
void run_case(void (*run)(void));

#endif
