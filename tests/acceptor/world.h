/* SPDX-License-Identifier: ISC */
/*
 * What the tests of Landlock lock a child away from, files, listeners and a
 * process, and the attempts to reach it.
 */
#ifndef TINED_TESTS_ACCEPTOR_WORLD_H
#define TINED_TESTS_ACCEPTOR_WORLD_H

#include <check.h>

#include "cage.h"

#define WORLD_ABI_NET   4
#define WORLD_ABI_SCOPE 6

extern char world_data[96];    /* directory: writable by being set */
extern char world_extra[96];   /* writable by being listed */
extern char world_listed[128]; /* a file that is listed */
extern int world_listener;     /* an abstract one */

/* Makes all of it, and removes it. */
void world_set_up(void);
void world_tear_down(void);

/* Opens, and closes again: 0, or -1 with errno. */
long world_open(const char *path, int flags);

/* For struct attempt. */
long world_read_a_file(void);
long world_list_a_directory(void);
long world_execute(void);
long world_create_elsewhere(void);
long world_create_in_directory(void); /* and rename and remove it there */
long world_write_to_devices(void);
long world_connect_tcp(void);
long world_bind_tcp(void);
long world_connect_abstract(void);
long world_signal_outside(void);
long world_signal_a_child(void);

/* Each attempt of a child that lock(arg) has locked up ends as expected. */
void world_expect(cage_lock *lock, const void *arg,
    const struct attempt *attempts, size_t n);

/* A Check program's main: skips where there is no Landlock. */
int world_main(const char *name, void (*add)(TCase *));

#endif
