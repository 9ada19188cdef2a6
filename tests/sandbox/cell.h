/* SPDX-License-Identifier: ISC */
/*
 * What the tests of the whole confinement have in common: the settings of a service
 * that is to be confined, a chroot and a process for it to be kept in and away
 * from, and the child that confines itself.
 */
#ifndef TINED_TESTS_ACCEPTOR_CELL_H
#define TINED_TESTS_ACCEPTOR_CELL_H

#include <sys/types.h>

#include <check.h>
#include <stdint.h>

#include "sandbox/confine.h"
#include "cage.h"

#define CELL_SOMEBODY 65534 /* user and group of the service */
#define CELL_CAP(cap) ((uint64_t)1 << (cap))

extern struct confined *cell_result; /* of the child, in shared memory */
extern char cell_root[64];           /* a chroot: tmp, data, closed, file */
extern int cell_status;              /* the child's own /proc/self/status */
extern pid_t cell_victim;            /* of the same user, outside */

/* Makes chroot and process, and removes them. */
void cell_set_up(void);
void cell_tear_down(void);

/*
 * A service with a built-in, or a program in that sandbox, that runs as
 * CELL_SOMEBODY, with the filter that main gives it.  To be freed.
 */
struct settings_builder *cell_service(int builtin, enum sandbox sandbox);
struct settings_builder *cell_echo(void);
void cell_chroot(struct settings_builder *b, const char *path);
void cell_directory(struct settings_builder *b, const char *path);

/* A cage_lock: confines the child as the settings say. */
int cell_lock(const void *arg);

/* Checks that each attempt of a child confined as b says has the expected
 * result.  Frees b. */
void cell_expect(struct settings_builder *b, const struct attempt *attempts,
    size_t n);

/*
 * The error, "" for none, of a confinement in a child that spoils (NULL:
 * nothing) comes before.  Frees b.
 */
const char *cell_error_of(struct settings_builder *b,
    int (*spoil)(const void *), const void *arg);

/* Attempts that several of the tests make. */
long cell_become_root(void);
long cell_read_outside(void);

/* A Check program's main: skips where nothing can be confined. */
int cell_main(const char *name, void (*add)(TCase *));

#endif
