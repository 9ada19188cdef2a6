/* SPDX-License-Identifier: ISC */
/*
 * A session without an acceptor: a built-in service in a forked child, the
 * test at the other end of its connection.
 */
#ifndef TINED_TESTS_SERVICE_HARNESS_H
#define TINED_TESTS_SERVICE_HARNESS_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "ipc/scoreboard.h"
#include "ipc/settings.h"
#include "service/service.h"

enum kind { KIND_TCP4, KIND_TCP6, KIND_UNIX, KIND_COUNT };

struct harness {
	int fd;                    /* the client's end */
	int server;                /* the session's; -1 once it was started */
	pid_t pid;                 /* of the session */
	struct settings *settings; /* zeroed but for service and one listener */
	struct scoreboard_slot *slot; /* shared with the session */
};

/* A connection of that kind, its session not yet started. */
void harness_open(struct harness *h, enum kind kind);

/* The session begins, on what settings and slot say now. */
void harness_start(struct harness *h, enum builtin b);

/* harness_open, idle_ms and harness_start in one. */
void harness_run(struct harness *h, enum kind kind, enum builtin b,
    int64_t idle_ms);

/* Waits for the session's end, which must have been by itself and quiet. */
void harness_end(struct harness *h);

/* Milliseconds since the first call of a test. */
int64_t harness_ms(void);

/* Sends all of buf. */
void harness_send(struct harness *h, const void *buf, size_t size);

/* Reads to the end of file, which must come without a reset; the count. */
size_t harness_read_all(struct harness *h, void *buf, size_t size);

/* Byte n of a long stream that never repeats soon. */
unsigned char harness_byte(uint64_t n);

#endif
