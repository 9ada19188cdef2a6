/* SPDX-License-Identifier: ISC */
/*
 * An acceptor built by hand, with its descriptors where main would have put
 * them and the other ends in the test's hands.  It is not confined and has no
 * loop: a test calls what it is about.
 */
#ifndef TINED_TESTS_ACCEPTOR_RIG_H
#define TINED_TESTS_ACCEPTOR_RIG_H

#include <check.h>
#include <stdbool.h>

#include "acceptor/acceptor.h"
#include "acceptor/start.h"

extern struct acceptor *rig;
extern int rig_log;           /* the logger's end of the log, non-blocking */
extern int rig_control;       /* main's end */
extern int rig_stderrs;       /* the logger's end */
extern struct addr rig_local; /* of its one listener */

/*
 * Makes it: a built-in echo on 127.0.0.1 for 4 instances, unless settings
 * (NULL: none) changes that in the settings; as many slots as slots says.
 */
void rig_make(void (*settings)(struct settings_builder *b), uint32_t slots);

/* For settings: a program with arguments instead of the built-in; NULL ends. */
void rig_program(struct settings_builder *b, const char *path, ...)
    __attribute__((sentinel));

/* A connection over TCP: the client's socket and, in c, the accepted one. */
int rig_connect(struct pending *c);

/* The same, with a session started for it.  Its slot in *slot. */
int rig_start(struct scoreboard_slot **slot);

/* n clients in the kernel's queue: their sockets. */
void rig_clients(int *fd, int n);

/* What the board has counted. */
uint64_t rig_accepted(void);
uint64_t rig_refused(enum refusal why);

struct scoreboard_slot *rig_slot(unsigned int i);

/* The section of another acceptor of the service. */
struct scoreboard_section *rig_other(void);

struct child *rig_child(unsigned int i);

/* Waits until n more sessions have ended and reaps them. */
void rig_reap(unsigned int n);

/* Ends the oldest session by KILL, or all of them by TERM, and reaps. */
void rig_kill_one(void);
void rig_stop_all(void);

/* Waits until pid is a zombie. */
void rig_wait_dead(pid_t pid);

/* Reads all that a peer sends until it closes, a string; false on a reset. */
bool rig_read_all(int fd, char *buf, size_t size);

/* A record from the log. */
struct rig_record {
	int kind; /* enum record_kind; 0: there is none */
	struct record_fields f;
	struct scoreboard_slot slot;
	char bytes[RECORD_MAX];
};
bool rig_record(struct rig_record *r);
const char *rig_value(const struct rig_record *r, const char *key);

/* Leaves no room in the log (whose pipe is made small), or makes all of it. */
void rig_log_fill(void);
void rig_log_empty(void);

/* A Check program's main: keeps the acceptor's descriptors free of Check's. */
int rig_main(const char *name, void (*add)(TCase *));

#endif
