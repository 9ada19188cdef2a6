/* SPDX-License-Identifier: ISC */
/*
 * What the tests of the profiles have in common: a child of the test that has
 * loaded a profile, lists of what it tries then, and the calls that more than
 * one list is made of.
 */
#ifndef TINED_TESTS_MAIN_ATTEMPTS_H
#define TINED_TESTS_MAIN_ATTEMPTS_H

#include <sys/types.h>

#include <unistd.h>

#include "sandbox/profile.h"
#include "cage.h"

#define HIGH (1UL << 32) /* what an int argument does not show */

/* Ends the attempt with -1 where a step of it fails. */
#define TRY(step)                                                              \
	do {                                                                   \
		if ((step) == -1)                                              \
			return -1;                                             \
	} while (0)

/* An attempt that is one system call; SHARED_CALL: declared below. */
#define CALL(name, ...) static SHARED_CALL(name, __VA_ARGS__)
#define SHARED_CALL(name, ...)                                                 \
	long name(void)                                                        \
	{                                                                      \
		return (long)syscall(__VA_ARGS__);                             \
	}

extern int pair[2]; /* a socketpair, made before the lock */
extern char *page;  /* mapped before the lock */

/* A child with that profile tries these lists, each of which ends with a what
 * of NULL, one after the other; NULL ends the lists. */
void expect(enum profile p, const struct attempt *list, ...)
    __attribute__((sentinel));

/* What must work in every profile. */
extern const struct attempt works_always[];

/* Calls of another architecture, where this one has such; calls that no
 * profile knows, and namespaces. */
extern const struct attempt foreign_calls[];
extern const struct attempt unknown_calls[];

/* What basic and strict leave to a program, and what both take. */
extern const struct attempt programs_can[];
extern const struct attempt programs_cannot[];

/* Waits for a child, which must have ended with 0. */
long ended_well(pid_t pid);

long bpf_(void);
long change_a_mode(void);
long chroot_(void);
long ioctl_(void);
long kill_hup(void);
long mmap_exec(void);
long mmap_wx(void);
long mprotect_exec(void);
long pidfd_(void);
long ptrace_(void);

#endif
