/* SPDX-License-Identifier: ISC */
/*
 * Runs a list of attempts in a forked child that has locked itself up, and
 * says which of them did not end as expected: what the tests of the sandbox
 * have in common.
 */
#ifndef TINED_TESTS_LIB_CAGE_H
#define TINED_TESTS_LIB_CAGE_H

#include <stddef.h>

/* Something that a caged process tries.  It returns -1 with errno, or not. */
struct attempt {
	const char *what;
	long (*try)(void);
	int error; /* the errno expected; 0: it must work */
};

/* Locks the calling process up: 0, or -1 after printing why not. */
typedef int cage_lock(const void *arg);

/*
 * Forks; the child calls lock(arg), then tries each.  Returns NULL when all
 * went as expected, else a line that says what did not (static).
 */
const char *cage_try(cage_lock *lock, const void *arg,
    const struct attempt *attempts, size_t n);

#endif
